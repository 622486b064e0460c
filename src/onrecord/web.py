"""The server: the published files, content negotiation from things to documents, and the SPARQL endpoint.

One event loop that computes nothing: files and what was asked before are sent at once, queries go to the workers.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import os
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote

import uvicorn

from onrecord.assets import published_folder
from onrecord.connections import Connection, Exchange
from onrecord.documents import RDF_FORMATS
from onrecord.endpoint import Reply, render_answer
from onrecord.failures import CallError, prefers_html, render_failure
from onrecord.fingerprint import VERSION_FILE
from onrecord.interface import read_interface
from onrecord.limits import LONGEST_ADDRESS, LONGEST_HEADER, MEGABYTE, Limits
from onrecord.pages import load_templates, page_settings
from onrecord.policies import QUERY_POLICY, policy_of
from onrecord.pool import Pool, fits_memory
from onrecord.project import Project
from onrecord.protocol import Call
from onrecord.responses import Files, Found, Headers, Kept, Response, matches, names, render_headers, with_headers
from onrecord.workers import pack_call

HOST = "127.0.0.1"
ENDPOINT = "/sparql"
# What the endpoint shows where it is asked nothing: to a browser, to all others.
QUERY_PAGE, SERVICE = "sparql.html", "service"
# How many bytes of responses are kept.
KEPT = 64 * MEGABYTE
# Every so many seconds the server looks whether another build was published, and writes its log.
LOOK = 0.5
# How many seconds it waits where that build cannot be opened; how many lines wait to be written.
RETRY, MOST_LINES = 5.0, 50_000
# For how many seconds the file of a large answer waits to be sent, and how much of a file is read at a time.
OPEN, PIECE = 60, 65_536
READ = ("GET", "HEAD")
# What stands for itself in the query of an address, or was escaped before (RFC 3986, section 3.4).
QUERY_MARKS = "%/?:@!$&'()*+,;=-._~"
# How many connections may wait to be accepted; how many seconds one that asks nothing is kept; how many all have to
# end when the server must.
BACKLOG, KEEP_ALIVE, PATIENCE = 2_048, 75, 40
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Site:
    """The application: begins the answer to each request, and opens and closes with the server (ASGI 3, lifespan)."""

    def __init__(self, project: Project, base: str | None, limits: Limits, *, log_addresses: bool = False) -> None:
        self.project, self.base, self.limits, self.log_addresses = project, base, limits, log_addresses
        self.templates = load_templates(project, project.site / "templates", read_interface(project))
        self.kept = Kept(KEPT)
        self.moving: set[asyncio.Task[None]] = set()
        self.log = Log()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Open and close with the server."""
        await receive()
        await self._open()
        watch = asyncio.get_running_loop().create_task(self._watch())
        self._hold()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        for task in self.moving:
            task.cancel()
        await asyncio.gather(*self.moving, return_exceptions=True)
        await self.pool.close()
        self.log.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        self.stamp = self._read_stamp()
        stated = json.loads((self.project.public / VERSION_FILE).read_bytes())
        pool = Pool(self.project, self.base, self.limits, asyncio.get_running_loop())
        try:
            await pool.start()
            files = Files(self.project.public, build_of(stated))
        except BaseException:
            await pool.close()
            raise
        self.build, self.files, self.pool, self.kept = build_of(stated), files, pool, Kept(KEPT)

    def _hold(self) -> None:
        """Have a large record held in memory from now on, once it is read."""
        task = asyncio.get_running_loop().create_task(self._move(self.pool))
        self.moving.add(task)
        task.add_done_callback(self.moving.discard)

    async def _move(self, small: Pool) -> None:
        if not fits_memory(self.project.public):
            return
        stamp, pool = self.stamp, Pool(self.project, self.base, self.limits, small.loop, in_memory=True)
        try:
            await pool.start()
        except Exception as error:
            self.log.add(f"The record cannot be held in memory ({error}): it is answered from the disk.\n")
            await pool.close()
            return
        except asyncio.CancelledError:
            await pool.close()
            raise
        # Where another build was published meanwhile, that is opened instead.
        is_same = self.pool is small and stamp == self._read_stamp()
        if is_same:
            self.pool = pool
        await (small if is_same else pool).close()

    async def _watch(self) -> None:
        """Open what is published while the server runs; what cannot be opened is told, and tried again."""
        closing: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(LOOK)
            if self._read_stamp() in (self.stamp, None) and self.pool.is_alive:
                continue
            old = self.pool
            try:
                await self._open()
            except Exception as error:
                self.log.add(f"What was published cannot be opened ({error}). Build it again.\n")
                self.stamp = (0, 0)
                await asyncio.sleep(RETRY)
            else:
                self._hold()
                task = asyncio.create_task(old.close())
                closing.add(task)
                task.add_done_callback(closing.discard)

    def _read_stamp(self) -> tuple[int, int] | None:
        try:
            found = (self.project.public / VERSION_FILE).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def begin(self, exchange: Exchange) -> None:
        """Answer a request; in a task of its own only where something is read or written piece by piece."""
        asked = read_request(exchange.scope)
        fault = find_fault(asked)
        is_usual = asked.method in READ and not asked.ranges and not fault
        if is_usual and (found := self.kept.get(asked.key)):
            self._finish(found, asked, exchange)
        elif fault or not asked.is_query:
            self._finish(self._respond(asked, fault), asked, exchange)
        elif asked.method == "POST":
            exchange.run(self._serve_posted(asked, exchange))
        else:
            self._ask(asked, exchange)

    def _ask(self, asked: Asked, exchange: Exchange) -> None:
        """Answer a query: as it was answered before, if it was, or by a worker."""
        question = self._read_question(asked, b"")
        if found := self._recall(question, asked):
            self._finish(found, asked, exchange)
            return

        def answer(told: Reply | CallError) -> None:
            found = question.take(told) if isinstance(told, Reply) else self._fail(told, asked)
            self._finish(found, asked, exchange)

        gone = partial(wait_gone, exchange.receive)
        self.pool.ask(question.call, gone, lambda told: exchange.attempt(partial(answer, told)))

    async def _serve_posted(self, asked: Asked, exchange: Exchange) -> None:
        try:
            found = await self._answer_posted(asked, exchange.receive)
        except CallError as failure:
            found = self._fail(failure, asked)
        await self._send(found, asked, exchange)

    async def _answer_posted(self, asked: Asked, receive: Receive) -> Found:
        if asked.coding.lower() not in ("", "identity"):
            plain = (("accept-encoding", "identity"),)
            raise CallError(415, f"A body coded as {asked.coding} is not read. Send it plain.", headers=plain)
        question = self._read_question(asked, await read_body(receive, self.limits))
        if found := self._recall(question, asked):
            return found
        return question.take(await self.pool.wait(question.call, partial(wait_gone, receive)))

    def _finish(self, found: Found, asked: Asked, exchange: Exchange) -> None:
        """Send a response at once, if that can be."""
        if found[0].file or exchange.is_held:
            exchange.run(self._send(found, asked, exchange))
            return
        status, head, body = choose_parts(*found, asked)
        exchange.write(exchange.head(status, head) + body, is_last=True)
        self._note(exchange, status, found[0].rows)

    async def _send(self, found: Found, asked: Asked, exchange: Exchange) -> None:
        status, head, body = choose_parts(*found, asked)
        is_file = bool(found[0].file) and status in (200, 206) and asked.method != "HEAD"
        await exchange.send(exchange.head(status, head) + body, is_last=not is_file)
        if is_file:
            await send_file(found[0], exchange)
        self._note(exchange, status, found[0].rows)

    def _respond(self, asked: Asked, fault: CallError | None) -> Found:
        """The response to what is no query."""
        try:
            if fault:
                raise fault
            if asked.method == "OPTIONS":
                return with_headers(answer_preflight(asked.path))
            file = self._find_file(asked)
            found = with_headers(file._replace(headers=keep_query(file.headers, asked.query_string)))
        except CallError as failure:
            return self._fail(failure, asked)
        if not asked.ranges:
            self.kept.put(asked.key, found)
        return found

    def _find_file(self, asked: Asked) -> Response:
        """A published file. The endpoint, asked nothing, shows a browser the query page and describes itself to others
        (SPARQL 1.1 Service Description, section 2)."""
        path = QUERY_PAGE if asked.path == ENDPOINT else asked.path[1:]
        if asked.path == ENDPOINT and not prefers_html(asked.accept):
            return self.files.describe(SERVICE, RDF_FORMATS, asked.accept, asked.encodings)
        found = self.files.respond(path, asked.accept, asked.encodings, asked.ranges)
        if found.part and asked.if_range and not names(found.etag, asked.if_range):
            # The part would be of another file than the client has (RFC 9110, section 13.1.5).
            return self.files.respond(path, asked.accept, asked.encodings, "")
        return found

    def _read_question(self, asked: Asked, body: bytes) -> Question:
        posted = asked.method == "POST"
        kind, method = asked.content_type if posted else "", "POST" if posted else "GET"
        call = pack_call(Call(method, asked.query_string, kind, body, asked.accept, asked.encodings))
        etag = f"{self.build}-{hashlib.sha256(call).hexdigest()[:24]}"
        return Question(call, etag, self.kept, ("POST", etag) if posted else asked.key)

    def _recall(self, question: Question, asked: Asked) -> Found | None:
        """The answer to a query, if it is kept or the client has it."""
        if kept := question.kept.get(question.key):
            return kept
        if names(question.etag, asked.if_none_match):
            return with_headers(Response(200, (), etag=question.etag))
        return None

    def _fail(self, failure: CallError, asked: Asked) -> Found:
        content_type, body = render_failure(failure, asked.accept, lambda: self._page(failure, asked))
        headers = keep_query((("content-type", content_type), *failure.headers), asked.query_string)
        return with_headers(Response(failure.status, headers, body, policy=policy_of(asked.path)))

    def _page(self, failure: CallError, asked: Asked) -> str:
        if asked.path == ENDPOINT:
            query = parse_qs(asked.query_string).get("query", [""])[0]
            return render_answer(self.templates, self.project, query, error=failure)
        settings = page_settings(asked.path[1:], published_folder(self.project.public))
        template = self.templates.get_template("message.html")
        return template.render(**settings, title=failure.title, text=failure.detail)

    def _note(self, exchange: Exchange, status: int, rows: int) -> None:
        """A line for the log: method, path, status, duration, rows; the client's address only if it was asked for."""
        scope, seconds = exchange.scope, time.perf_counter() - exchange.began
        address = "{}:{} ".format(*scope["client"]) if self.log_addresses and scope["client"] else ""
        count = f" {rows} rows" if rows >= 0 else ""
        asked = f"{escape(scope['method'])} {escape(scope['path'])}"
        self.log.add(f"{address}{asked} {status} {1000 * seconds:.1f} ms{count}\n")


def build_of(stated: Mapping[str, str]) -> str:
    """A build in few characters: the record, and the program and the look that it was built with."""
    return f"{stated['dataset_hash'][:16]}-{stated['source_hash'][:8]}"


class Log:
    """Lines on stderr, written by a thread of their own: who reads them slowly, or not at all, holds nothing up."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def add(self, line: str) -> None:
        """A line to be written; where too many wait, the oldest is lost."""
        self._lines.append(line)

    def close(self) -> None:
        """Write what waits, if that takes no longer than a moment."""
        self._ended.set()
        self._thread.join(1)

    def _write(self) -> None:
        with suppress(OSError, ValueError):
            while not self._ended.wait(LOOK) or self._lines:
                lines = [self._lines.popleft() for _ in range(len(self._lines))]
                os.write(2, "".join(lines).encode())


class Asked(NamedTuple):
    """What the server reads of a request."""

    method: str
    path: str
    query_string: str
    version: str
    accept: str
    encodings: str
    content_type: str
    if_none_match: str
    ranges: str
    if_range: str
    coding: str
    host: str

    @property
    def is_addressed(self) -> bool:
        """Whether the request says to which host it goes, as it must since HTTP/1.1."""
        return self.version == "1.0" or ("," not in self.host and bool(self.host))

    @property
    def longest_header(self) -> int:
        """The length of the longest header that is read."""
        return max(map(len, self[4:]))

    @property
    def is_query(self) -> bool:
        """Whether the endpoint is asked something."""
        return self.path == ENDPOINT and (self.method == "POST" or (self.method in READ and bool(self.query_string)))

    @property
    def key(self) -> tuple[str, ...]:
        """What decides how a request that reads is answered."""
        return self.path, self.query_string, self.accept, self.encodings

    @property
    def length(self) -> int:
        """The length of the address."""
        return len(self.path) + len(self.query_string)


class Question(NamedTuple):
    """A query: the call as workers read it, the entity tag of its answer, where that is kept, and by which key."""

    call: bytes
    etag: str
    kept: Kept
    key: tuple[str, ...]

    def take(self, reply: Reply) -> Found:
        """The response that a reply is; it is kept where it would be the same again."""
        lasting = reply.status == 200 and reply.lasting
        response = Response(
            reply.status,
            reply.headers if lasting else (*reply.headers, ("cache-control", "no-store")),
            reply.body,
            file=reply.file,
            size=Path(reply.file).stat().st_size if reply.file else 0,
            etag=self.etag if lasting else "",
            rows=reply.rows,
            policy=QUERY_POLICY,
        )
        found = with_headers(response)
        if reply.file:
            asyncio.get_running_loop().call_later(OPEN, _remove, reply.file)
        elif lasting:
            self.kept.put(self.key, found)
        return found


# The headers that the server reads, in the order of their fields, which stand last.
HEADERS = (
    *(b"accept", b"accept-encoding", b"content-type", b"if-none-match", b"range", b"if-range", b"content-encoding"),
    b"host",
)


def read_request(scope: Message) -> Asked:
    """What the server reads of a request; a header that stands several times is one list (RFC 9110, section 5.3)."""
    values = dict.fromkeys(HEADERS, "")
    for name, value in scope["headers"]:
        if name in values:
            text, before = value.decode("latin-1"), values[name]
            values[name] = f"{before}, {text}" if before else text
    if scope["method"] != "GET":
        values[b"range"] = ""
    query_string = scope["query_string"].decode("utf-8", "replace")
    return Asked(scope["method"], scope["path"], query_string, scope["http_version"], *values.values())


@lru_cache(maxsize=1024)
def escape(text: str) -> str:
    """A text of the request in a line of the log: nothing in it ends the line or colours it."""
    return quote(text, safe="/.:,;=@~-_")


def keep_query(headers: Headers, query_string: str) -> Headers:
    """Headers that lead elsewhere with what was asked here: a client does not carry it over (RFC 9110, section
    10.2.2)."""
    if not query_string:
        return headers
    asked = quote(query_string, safe=QUERY_MARKS)
    return tuple((name, f"{value}?{asked}" if name == "location" else value) for name, value in headers)


def methods_of(path: str) -> tuple[str, ...]:
    """The methods that a path has."""
    return (*READ, "POST", "OPTIONS") if path == ENDPOINT else (*READ, "OPTIONS")


def find_fault(asked: Asked) -> CallError | None:
    """Why a request is not looked at any further, if it is not."""
    if asked.longest_header > LONGEST_HEADER:
        return CallError(431, f"A header has more than {LONGEST_HEADER} characters. Send less.")
    if not asked.is_addressed:
        return CallError(400, "Say in one header Host which host you ask (RFC 9112, section 3.2).")
    if asked.length > LONGEST_ADDRESS:
        return CallError(414, f"The address is longer than {LONGEST_ADDRESS} bytes. POST the query.")
    if asked.method not in methods_of(asked.path):
        # RFC 9110, section 15.5.6
        allowed = ", ".join(methods_of(asked.path))
        return CallError(405, f"{asked.method} is not done here. There are: {allowed}.", headers=(("allow", allowed),))
    return None


def answer_preflight(path: str) -> Response:
    """What a browser may send from the page of another host (Fetch Standard, section 3.2)."""
    methods, headers = ", ".join(methods_of(path)), "Accept, Content-Type, If-None-Match, Range"
    return Response(
        204,
        (
            ("allow", methods),
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", headers),
            ("access-control-max-age", "86400"),
        ),
    )


async def read_body(receive: Receive, limits: Limits) -> bytes:
    """The body of a request. Raises CallError where it is too long, or too long on its way."""
    read = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise CallError(499, "The client went away.")
                read += message.get("body", b"")
                if len(read) > limits.body * MEGABYTE:
                    raise CallError(413, f"The request has more than {limits.body} MB. Send less.", {"limit": "body"})
                if not message.get("more_body"):
                    return bytes(read)
    except TimeoutError:
        raise CallError(408, f"The request was not sent within {limits.seconds:g} s. Send it again.") from None


async def wait_gone(receive: Receive) -> None:
    """Wait until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def choose_parts(response: Response, lines: bytes, asked: Asked) -> tuple[int, bytes, bytes]:
    """What the request wants of a response: status, headers and body (RFC 9110, sections 9.3.2 and 13.2.2)."""
    if response.status in (200, 206) and matches(response.etag, asked.if_none_match):
        headers = response.all_headers()
        return 304, render_headers(tuple(header for header in headers if not header[0].startswith("content-"))), b""
    has_body = asked.method != "HEAD" and response.status != 204
    return response.status, lines, response.body if has_body else b""


async def send_file(response: Response, exchange: Exchange) -> None:
    """Send a file, or a part of it, as fast as the client reads it and as long as there is a client."""
    first, end = response.part or (0, response.size)
    gone = asyncio.ensure_future(wait_gone(exchange.receive))
    with Path(response.file).open("rb") as file:
        file.seek(first)
        while first < end and not gone.done():
            piece = file.read(min(PIECE, end - first))
            if not piece:
                raise EOFError(f"{response.file} is shorter than it was")
            first += len(piece)
            await exchange.send(piece, is_last=False)
    gone.cancel()
    await exchange.send(b"", is_last=True)


def _remove(file: str) -> None:
    Path(file).unlink(missing_ok=True)


def serve_site(site: Site, port: int) -> None:
    """Serve until the process is told to stop."""
    config = uvicorn.Config(
        site,
        host=HOST,
        port=port,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=PATIENCE,
    )
    # What is there by now is no garbage, and need not be looked at again and again.
    gc.freeze()
    uvicorn.Server(config).run()
