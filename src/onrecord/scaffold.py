"""A new project: the core vocabulary, rules, shapes and site, and one small example to replace."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from onrecord.project import ProjectError, default_folder
from onrecord.texts import describe

EXAMPLE = Path(__file__).resolve().parent / "example"
# What a project gets of the package's own folders, each with the pattern of its core files.
CORE = (
    ("ontology", "record*.ttl"),
    ("ontology/rules", "*.rq"),
    ("shapes", "record*.ttl"),
    ("site/templates", "**/*"),
    ("site/assets", "**/*"),
    ("site/locale", "**/*"),
)


def create_project(target: Path) -> None:
    """Make a project in a folder that is new or empty.

    Raises ProjectError, and leaves nothing half made, if it is neither or cannot be written.
    """
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise ProjectError(f"{target} exists and is not an empty folder. Name a new one.")
        _copy_files(target)
    except OSError as error:
        raise ProjectError(f"{target} cannot be made: {describe(error)}. Name another place.") from error


def _copy_files(target: Path) -> None:
    """Copy every file, or remove again what was copied."""
    with ExitStack() as undo:
        undo.callback(_empty, target, keep=target.exists())
        for source, file in _files():
            destination = target / file
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination)
        undo.pop_all()


def _empty(folder: Path, *, keep: bool) -> None:
    for path in folder.glob("*") if keep else [folder]:
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)


def _files() -> Iterator[tuple[Path, Path]]:
    """Every file to copy, and its path in the project."""
    places = [(default_folder(name), Path(name), pattern) for name, pattern in CORE]
    for folder, name, pattern in [*places, (EXAMPLE, Path(), "**/*")]:
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, name / path.relative_to(folder)
