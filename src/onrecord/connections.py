"""Connections: HTTP as uvicorn speaks it, with a limit on what stands before the body of a request."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from onrecord.limits import LONGEST_HEADERS

# A piece of this size is not held back for others.
LARGE = 16_384
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
)


class Corked:
    """A transport that sends at once what is written at once: a response's head and body need not be two packets."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send a piece, with those that follow it in the same turn of the loop."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        if len(data) > LARGE:
            self._send()

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held = b"".join(self._held), []
            self._transport.write(held)


class Connection(HttpToolsProtocol):
    """A connection that is ended where an address and headers take more than LONGEST_HEADERS bytes."""

    head = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        super().connection_made(cast(asyncio.Transport, Corked(cast(asyncio.Transport, transport), self.loop)))

    def on_message_begin(self) -> None:
        """A request begins."""
        self.head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, more: int) -> None:
        self.head += more
        if self.head > LONGEST_HEADERS:
            raise OverflowError

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a request that cannot be read."""
        if self.head <= LONGEST_HEADERS:
            super().send_400_response(msg)
            return
        told = b"The address and the headers have more than %d bytes. POST the query.\n" % LONGEST_HEADERS
        self.transport.write(TOO_LONG % (len(told), told))
        self.transport.close()
