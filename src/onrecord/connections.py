"""Connections: HTTP as uvicorn speaks it, with a limit on what stands before the body of a request."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from onrecord.limits import LONGEST_HEADERS

# A piece of this size is not held back for others.
LARGE = 16_384
# What a header takes beside its characters; how many seconds the headers of a request may take.
OVERHEAD, HEAD_SECONDS = 32, 30
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
        held, self._held = b"".join(self._held), []
        if held and not self._transport.is_closing():
            self._transport.write(held)


class Connection(HttpToolsProtocol):
    """A connection that is ended where an address and headers take more than LONGEST_HEADERS bytes."""

    head = 0
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        super().connection_made(cast(asyncio.Transport, Corked(cast(asyncio.Transport, transport), self.loop)))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        """End the connection unless a request begins, and its headers come to an end, in time."""
        self._stop_waiting()
        self.deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self.deadline:
            self.deadline.cancel()

    def on_headers_complete(self) -> None:
        """The headers of a request have come."""
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_begin(self) -> None:
        """A request begins."""
        self.head = 0
        self._await_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count(len(name) + len(value) + OVERHEAD)
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
