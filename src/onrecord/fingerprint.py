"""Whether what is published still stands for its sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from onrecord import __version__
from onrecord.graph import QUERIES, RULES, SHAPES, folder_files, source_files
from onrecord.interface import locale_folders
from onrecord.project import Project
from onrecord.questions import query_files
from onrecord.reference import FILE as REFERENCE
from onrecord.settings import CONFIG
from onrecord.texts import read_bytes, read_garbled

# The file of the site that says from which sources it was built.
VERSION_FILE = "version.json"
# The folder of the program itself: when it changes, what it published is stale.
PROGRAM = Path(__file__).resolve().parent
NAMED_FILE = re.compile(r""":file\s+["']+([^"'\n\\]+)""")


def hash_sources(project: Project) -> str:
    """SHA-256 over every file that the build reads, over the base, and over the program itself."""
    digest = hashlib.sha256(f"{__version__}\0{project.base}".encode())
    for name, path in [*_program(), *_files(project)]:
        data = read_bytes(path)
        digest.update(f"\0{name}\0".encode() + (data.encode() if isinstance(data, str) else data))
    return digest.hexdigest()


def is_published(project: Project) -> bool:
    """Whether the published site was built from the sources as they are now."""
    try:
        stated = json.loads((project.public / VERSION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stated, dict) and stated.get("source_hash") == hash_sources(project)


def _program() -> list[tuple[str, Path]]:
    return [(path.name, path) for path in sorted(PROGRAM.glob("*.py"))]


def _named_files(project: Project) -> Iterator[Path]:
    """The files that a source names with rec:file, wherever they lie."""
    for _, path in source_files(project):
        for name in NAMED_FILE.findall(read_garbled(path)):
            yield project.root / name


def _files(project: Project) -> list[tuple[str, Path]]:
    folders = (project.site / "templates", project.site / "assets", *locale_folders(project))
    look = {path for folder in folders for path in folder.rglob("*")}
    own = [
        *(project.root / "seeds").glob("*.txt"),
        *_named_files(project),
        *(project.root / QUERIES).glob("*.csv"),
        *look,
        project.root / CONFIG,
        *(path for path in [project.root / REFERENCE] if path.exists()),
    ]
    return [
        *source_files(project),
        *folder_files(project, SHAPES, "*.ttl"),
        *folder_files(project, RULES, "*.rq"),
        *query_files(project),
        *((path.name, path) for path in sorted(own)),
    ]
