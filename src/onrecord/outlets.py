"""Outlets: where an answer is written, compressed as the client reads it and no larger than it may be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from io import BufferedWriter, BytesIO, FileIO
from pathlib import Path
from typing import IO, Protocol

import brotli

# What is smaller than this is not worth compressing; what is larger than that is written to a file.
SMALL, LARGE = 1024, 262_144


class AnswerTooLargeError(Exception):
    """An answer has more bytes than it may."""


class Compressor(Protocol):
    """What compresses piece by piece."""

    def process(self, data: bytes) -> bytes:
        """The bytes that are ready after these."""

    def finish(self) -> bytes:
        """The rest."""


class Gzip:
    """The gzip format (RFC 1952), without a time in it."""

    def __init__(self, level: int) -> None:
        self._held = BytesIO()
        self._file = gzip.GzipFile(fileobj=self._held, mode="wb", compresslevel=level, mtime=0)

    def process(self, data: bytes) -> bytes:
        """The bytes that are ready after these."""
        self._file.write(data)
        return self._take()

    def finish(self) -> bytes:
        """The rest."""
        self._file.close()
        return self._take()

    def _take(self) -> bytes:
        data = self._held.getvalue()
        self._held.seek(0)
        self._held.truncate()
        return data


# The content codings in the order in which they are preferred where a client accepts several equally.
CODINGS: dict[str, Callable[[], Compressor]] = {
    "br": lambda: brotli.Compressor(quality=4),
    "gzip": lambda: Gzip(5),
}


class Outlet:
    """A file-like thing that an answer is written to: held in memory while it is small, then in a file.

    ``coding`` is how it is compressed, empty if it is not.
    """

    def __init__(self, spool: str, coding: str, limit: int) -> None:
        self.limit = limit
        self._spool, self._wanted = spool, coding
        self._file: IO[bytes] | None = None
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what was written."""
        self.coding, self.exceeded = "", False
        self._count = self._size = 0
        self._compressor: Compressor | None = None
        self._small, self._pieces = b"", list[bytes]()
        if self._file:
            self._file.close()
            Path(self._spool).unlink(missing_ok=True)
        self._file = None

    def write(self, piece: bytes) -> int:
        """Take a piece. Raises AnswerTooLargeError."""
        self._count += len(piece)
        if self._count > self.limit:
            self.exceeded = True
            raise AnswerTooLargeError
        self._compress(piece)
        return len(piece)

    def _compress(self, piece: bytes) -> None:
        if self._compressor is not None:
            self._keep(self._compressor.process(piece))
        elif self._wanted and self._count > SMALL:
            self.coding, self._compressor = self._wanted, CODINGS[self._wanted]()
            self._keep(self._compressor.process(self._small + piece))
        elif self._wanted:
            self._small += piece
        else:
            self._keep(piece)

    def flush(self) -> None:
        """Nothing waits to be written that could be."""

    def finish(self) -> tuple[bytes, str]:
        """The whole of it, or the name of the file that it is in."""
        self._keep(self._compressor.finish() if self._compressor else self._small)
        if self._file is None:
            return b"".join(self._pieces), ""
        self._file.close()
        return b"", self._spool

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._file is not None:
            self._file.write(piece)
            return
        self._pieces.append(piece)
        if self._size > LARGE:
            self._file = BufferedWriter(FileIO(self._spool, "wb"))
            self._file.writelines(self._pieces)


def compress(data: bytes, coding: str) -> bytes:
    """The whole of it in a content coding."""
    compressor = CODINGS[coding]()
    return compressor.process(data) + compressor.finish()
