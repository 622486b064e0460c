"""Whether what is published still stands for its sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from onrecord import __version__
from onrecord.graph import QUERIES, RULES, SHAPES, folder_files, source_files
from onrecord.interface import locale_folders
from onrecord.project import Project, default_folder
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
    return hash_together(project, hash_files(project))


def hash_together(project: Project, files: Mapping[str, str]) -> str:
    """SHA-256 over some of the files, by the hash of each, and over the base and the version."""
    lines = [__version__, project.base, *(f"{name}\0{digest}" for name, digest in sorted(files.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def hash_files(project: Project) -> dict[str, str]:
    """The SHA-256 of every file that the build reads, by its path in the project, and of the program's."""
    return dict(_hash_file(name, path) for name, path in [*_program(), *_files(project)])


def _hash_file(name: str, path: Path) -> tuple[str, str]:
    data = read_bytes(path)
    return name, hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def is_published(project: Project) -> bool:
    """Whether the published site was built from the sources as they are now."""
    try:
        stated = json.loads((project.public / VERSION_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stated, dict) and stated.get("source_hash") == hash_sources(project)


def _program() -> list[tuple[str, Path]]:
    return [(f"program/{path.name}", path) for path in sorted(PROGRAM.glob("*.py"))]


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
        *((_name(project, path), path) for path in sorted(own)),
    ]


def _name(project: Project, path: Path) -> str:
    """The path of a file in the project, or in the package's own site; nothing of where these lie."""
    for folder in (project.root, default_folder("site").parent):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name
