"""Connections: HTTP as uvicorn speaks it, with a limit on what stands before the body of a request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from onrecord.limits import LONGEST_HEADERS

# What a header takes beside its characters; how many seconds the headers of a request may take.
OVERHEAD, HEAD_SECONDS = 32, 30
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b"
)


class Exchange:
    """A request, and where its response is written: as it is, by who knows that it is a response."""

    def __init__(self, connection: Connection, cycle: RequestResponseCycle) -> None:
        self._connection, self._cycle = connection, cycle
        self.began = time.perf_counter()
        self.scope: Mapping[str, Any] = cycle.scope
        self.receive: Callable[[], Awaitable[Mapping[str, Any]]] = cycle.receive

    def attempt(self, work: Callable[[], None]) -> None:
        """Do what answers the request; a fault of the program is told as that of a task would be (500)."""
        try:
            work()
        except Exception as error:
            self.run(_fail(error))

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Do what answers the request, and takes time."""
        self._connection.start_task(self._cycle, work)

    @property
    def is_held(self) -> bool:
        """Whether the client has still to read what was sent before."""
        return self._connection.flow.write_paused

    def head(self, status: int, lines: bytes) -> bytes:
        """The head of a response with these lines."""
        always = b"".join([b"%b: %b\r\n" % line for line in self._cycle.default_headers])
        end = b"\r\n" if self._cycle.keep_alive else b"connection: close\r\n\r\n"
        return STATUS_LINE[status] + always + lines + end

    async def send(self, piece: bytes, *, is_last: bool) -> None:
        """Send a piece of the response, once the client has read what was sent before."""
        if self.is_held and not self._cycle.disconnected:
            await self._connection.flow.drain()
        self.write(piece, is_last=is_last)

    def write(self, piece: bytes, *, is_last: bool) -> None:
        """Send a piece of the response now."""
        cycle, connection = self._cycle, self._connection
        if cycle.disconnected:
            return
        cycle.response_started, cycle.waiting_for_100_continue = True, False
        if not connection.transport.is_closing():
            connection.transport.write(piece)
        if is_last:
            cycle.response_complete = True
            cycle.message_event.set()
            if not cycle.keep_alive:
                connection.transport.close()
            cycle.on_response()


async def _fail(error: Exception) -> None:
    raise error


class Connection(HttpToolsProtocol):
    """A connection that is ended where an address and headers take more than LONGEST_HEADERS bytes."""

    head, is_begun = 0, False
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        """End the connection unless a request begins, and its headers come to an end, in time."""
        self.deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def data_received(self, data: bytes) -> None:
        """Take a piece of the requests."""
        super().data_received(data)
        if self.is_begun and self.deadline is None:
            self._await_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        self.head, self.is_begun = 0, True
        self._stop_waiting()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The headers of a request have come."""
        self.is_begun = False
        self._stop_waiting()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Begin to answer a request; where others wait behind it, not within the answer to the one before it."""
        exchange = Exchange(self, cycle)
        begin = partial(exchange.attempt, partial(app.begin, exchange))
        if self.pipeline:
            self.loop.call_soon(begin)
        elif not self.transport.is_closing():
            begin()

    def start_task(self, cycle: RequestResponseCycle, work: Coroutine[object, object, None]) -> None:
        """Do what answers a request in a task of its own."""
        super()._start_asgi_task(cycle, lambda *_: work)

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
