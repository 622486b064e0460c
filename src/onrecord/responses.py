"""Responses: what is sent for a request, and the published files as such."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from werkzeug.http import parse_range_header, unquote_etag
from werkzeug.security import safe_join

from onrecord.documents import FORMATS as DOCUMENT_FORMATS
from onrecord.documents import Format
from onrecord.endpoint import with_charset
from onrecord.failures import CallError, read_accept
from onrecord.outlets import SMALL, compress
from onrecord.policies import HEADER_ONLY, POLICY, policy_of
from onrecord.protocol import choose_coding
from onrecord.signposts import GONE

Headers = tuple[tuple[str, str], ...]
# What stands on every response.
COMMON: Headers = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "ETag, Link, Location, Retry-After"),
    ("vary", "Accept, Accept-Encoding"),
)
FILE_TYPES: Mapping[str, str] = {
    **{f".{form.extension}": form.media_type for form in DOCUMENT_FORMATS},
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".css": "text/css",
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".js": "text/javascript",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
}
PACKED = (".gz", ".parquet", ".png")
# A larger file is sent from the disk, as it is or as it was compressed when it was built.
LARGEST_KEPT = 1024 * 1024
# The path of what pages load says what it holds: it never changes.
LASTING, FOR_GOOD = "assets/", ("cache-control", "public, max-age=31536000, immutable")
# Other addresses of documents: RFC 8615 and VoID, section 7.2.
ALIASES: Mapping[str, str] = {".well-known/void": "void"}


class Response(NamedTuple):
    """What is sent: status, headers, and the body or the file that holds it.

    ``etag`` is empty where the same request may be answered differently; ``part`` are the first byte and the one after
    the last of a file, where not all of it is sent. ``rows`` is -1 where none are told.
    """

    status: int
    headers: Headers
    body: bytes = b""
    file: str = ""
    etag: str = ""
    rows: int = -1
    size: int = 0
    part: tuple[int, int] | None = None
    policy: str = POLICY

    def all_headers(self) -> Headers:
        """The headers with those that every response has."""
        asked_again = () if FOR_GOOD in self.headers else (("cache-control", "no-cache"),)
        validators = (("etag", f'"{self.etag}"'), *asked_again) if self.etag else ()
        length = self.part[1] - self.part[0] if self.part else self.size if self.file else len(self.body)
        counted = (("content-length", str(length)),) if self.status != 204 else ()
        policy = ("content-security-policy", f"{self.policy}{HEADER_ONLY}")
        return (*self.headers, *validators, *counted, policy, *COMMON)


# A response and its headers as they are sent.
Found = tuple[Response, bytes]


def render_headers(headers: Headers) -> bytes:
    """Headers as they are sent (RFC 9112, section 5). Raises ValueError where one could be taken for several."""
    if not "".join([value for _, value in headers]).isprintable():
        raise ValueError(f"A header holds what none may: {headers}")
    return "".join([f"{name}: {value}\r\n" for name, value in headers]).encode("latin-1")


def with_headers(response: Response) -> Found:
    """A response, and its headers as they are sent."""
    return response, render_headers(response.all_headers())


class Kept:
    """The responses that were sent last, no more than so many bytes of them."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[tuple[str, ...], Found] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> Found | None:
        """A response that is kept, or None."""
        found = self._held.get(key)
        if found:
            self._held.move_to_end(key)
        return found

    def put(self, key: tuple[str, ...], found: Found) -> None:
        """Keep a response, and let go of those that were not asked for longest."""
        response = found[0]
        if response.file or len(response.body) > LARGEST_KEPT or key in self._held:
            return
        self._held[key] = found
        self._size += _size_of(key, response)
        while self._size > self._most:
            old, (sent, _) = self._held.popitem(last=False)
            self._size -= _size_of(old, sent)


def _size_of(key: tuple[str, ...], response: Response) -> int:
    return len(response.body) + sum(map(len, key)) + SMALL


def names(etag: str, if_none_match: str) -> bool:
    """Whether an If-None-Match header names an entity tag itself (RFC 9110, section 13.1.2)."""
    if not etag or not if_none_match:
        return False
    return etag in [unquote_etag(one.strip())[0] for one in if_none_match.split(",")]


def matches(etag: str, if_none_match: str) -> bool:
    """Whether an If-None-Match header is met by what there is, which has an entity tag."""
    return bool(etag) and (if_none_match.strip() == "*" or names(etag, if_none_match))


class Files:
    """The published files of a site."""

    def __init__(self, public: Path, build: str) -> None:
        self.public, self._build = public, build
        self._gone: Mapping[str, Mapping[str, str]] = json.loads((public / GONE).read_bytes())

    def respond(self, path: str, accept: str, encodings: str, ranges: str) -> Response:
        """A published file; or, for a thing, the way (303) to the document that the client prefers.

        Raises CallError.
        """
        wanted = ALIASES.get(path, path or "index.html")
        if posixpath.normpath(wanted) != wanted:
            raise CallError(404, f"There is nothing at /{path}.")
        self._tell_gone(wanted)
        file = self._find(wanted)
        if file is not None:
            return self._send(file, "" if ranges else choose_coding(encodings), ranges)
        documents = [form for form in DOCUMENT_FORMATS if self._find(f"{wanted}.{form.extension}")]
        if not documents:
            raise CallError(404, f"There is nothing at /{path}.")
        chosen = choose_format(documents, accept)
        if chosen is None:
            names = ", ".join(form.media_type for form in documents)
            raise CallError(406, f"/{path} can be had as {names}.")
        return Response(303, (("location", f"/{quote(wanted)}.{chosen.extension}"),))

    def describe(self, stem: str, documents: tuple[Format, ...], accept: str, encodings: str) -> Response:
        """The document of a stem that the client prefers, as the answer itself. Raises CallError."""
        chosen = choose_format(list(documents), accept)
        if chosen is None:
            names = ", ".join(form.media_type for form in documents)
            raise CallError(406, f"The description can be had as {names}.")
        path = f"{stem}.{chosen.extension}"
        found = self.respond(path, accept, encodings, "")
        return found._replace(headers=(*found.headers, ("content-location", f"/{path}")))

    def _tell_gone(self, path: str) -> None:
        """Raise CallError where what was at a path was withdrawn (410), or has another name (301)."""
        stem, dot, extension = path.rpartition(".")
        is_document = bool(dot) and extension in {form.extension for form in DOCUMENT_FORMATS}
        told = self._gone.get(stem if is_document else path)
        if told is None:
            return
        if "reason" in told:
            raise CallError(410, told["reason"])
        target = f"/{quote(told['path'])}{f'.{extension}' if is_document else ''}"
        raise CallError(301, f"This goes by another name now: {target}", headers=(("location", target),))

    def _find(self, path: str) -> Path | None:
        """The file at a path; None for one that no file can have."""
        found = safe_join(str(self.public), path)
        try:
            return Path(found) if found is not None and Path(found).is_file() else None
        except (OSError, ValueError):
            return None

    def _send(self, file: Path, coding: str, ranges: str) -> Response:
        media_type = FILE_TYPES.get(file.suffix, "text/plain")
        lasting = (FOR_GOOD,) if file.is_relative_to(self.public / LASTING) else ()
        headers: Headers = (("content-type", with_charset(media_type)), ("accept-ranges", "bytes"), *lasting)
        found = file.stat()
        if file.suffix in PACKED:
            coding = ""
        # What the file holds or, where that would take long to tell, when it was written.
        body = file.read_bytes() if found.st_size <= LARGEST_KEPT else b""
        mark = hashlib.sha256(body).hexdigest()[:16] if body else f"{found.st_mtime_ns:x}"
        etag, policy = f"{self._build}-{mark}-{coding or 'plain'}", policy_of(file.relative_to(self.public).as_posix())
        whole = Response(200, headers, etag=etag, size=found.st_size, policy=policy)
        if ranges:
            return _cut(whole._replace(file=str(file)), ranges)
        if whole.size <= LARGEST_KEPT:
            return _pack(whole._replace(body=body), coding)
        packed = file.with_name(f"{file.name}.gz")
        if coding and packed.is_file():
            size, headers = packed.stat().st_size, (*headers, ("content-encoding", "gzip"))
            return whole._replace(headers=headers, file=str(packed), size=size, etag=f"{self._build}-{mark}-gz")
        return whole._replace(file=str(file), etag=f"{self._build}-{mark}-plain")


def _pack(whole: Response, coding: str) -> Response:
    if not coding or whole.size <= SMALL:
        return whole
    return whole._replace(headers=(*whole.headers, ("content-encoding", coding)), body=compress(whole.body, coding))


def _cut(whole: Response, ranges: str) -> Response:
    """The part of a file that a Range header names, if it names one; otherwise the whole (RFC 9110, section 14.2)."""
    asked = parse_range_header(ranges)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return whole
    start, end = asked.ranges[0]
    first = max(whole.size + start, 0) if start < 0 else start
    part = first, min(whole.size if end is None else end, whole.size)
    if part[0] >= part[1]:
        size = ("content-range", f"bytes */{whole.size}")
        raise CallError(416, f"The file has {whole.size} bytes. Ask for some of these.", headers=(size,))
    told = ("content-range", f"bytes {part[0]}-{part[1] - 1}/{whole.size}")
    return whole._replace(status=206, headers=(*whole.headers, told), part=part)


def choose_format(documents: list[Format], accept: str) -> Format | None:
    """The document that the client prefers; where it prefers none, the first (RFC 9110, section 12.5.1)."""
    if not accept:
        return documents[0]
    accepted = read_accept(accept)
    quality = {form: max(accepted.quality(name) for name in (form.media_type, *form.aliases)) for form in documents}
    best = max(documents, key=quality.__getitem__)
    return best if quality[best] > 0 else None
