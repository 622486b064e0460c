"""The text of source files, or why a file gives none."""

from __future__ import annotations

import codecs
from pathlib import Path

from onrecord.problems import Problem

SAVE = "Save it as UTF-8."
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(file: str, path: Path) -> str | Problem:
    """The text of a file, line ends as \\n and without a byte order mark; or the problem that keeps it from being read.

    ``file`` is the path in the project.
    """
    data = read_bytes(path)
    if isinstance(data, str):
        return unreadable(file, data, "Put a file there that can be read, or remove it.")
    if data.startswith(UTF_16):
        return unreadable(file, "it is UTF-16", SAVE)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        return unreadable(file, "it holds NUL bytes, which no text does", SAVE, line)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return unreadable(file, f"not UTF-8, {error.reason}", SAVE, data.count(b"\n", 0, error.start) + 1)


def read_bytes(path: Path) -> bytes | str:
    """What a file holds, or in words why it cannot be read."""
    try:
        return path.read_bytes() if path.is_file() else _what_is_there(path)
    except OSError as error:
        return describe(error)
    except ValueError as error:
        return str(error)


def read_garbled(path: Path) -> str:
    """What can be made out of the text of a file that cannot be read or parsed."""
    data = read_bytes(path)
    return "" if isinstance(data, str) else data.decode("utf-8", errors="replace").replace("\0", "")


def _what_is_there(path: Path) -> str:
    if path.is_symlink() and not path.exists():
        return "it is a link that leads nowhere"
    return "it is a folder" if path.is_dir() else "it is not there" if not path.exists() else "it is no ordinary file"


def describe(error: OSError) -> str:
    """What went wrong with a file, without its path on this machine."""
    return error.strerror or str(error)


def unreadable(file: str, why: str, remedy: str, line: int | None = None) -> Problem:
    """A file that cannot be read, or that holds no text."""
    return Problem(file, line, "", "unreadable-file", f"The file cannot be read: {why}.", remedy)
