"""The templates of the site, compiled before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from onrecord.memory import recall
from onrecord.problems import Problem, as_json
from onrecord.project import Project, default_folder


def find_broken_templates(project: Project) -> list[Problem]:
    """Every template that cannot be read or compiled, and every one that is missing; recalled where none changed."""
    folders = (project.site / "templates", default_folder("site") / "templates")
    depends = [part for folder in folders for part in _contents(folder)]
    found = recall("templates", depends, lambda: as_json(_find_broken(project)), still=lambda: True)
    return [Problem(**one) for one in found]


def _contents(folder: Path) -> Iterator[str | bytes]:
    """The names and contents of the files of a folder, those that cannot be read with none."""
    for path in sorted(folder.rglob("*")):
        yield path.relative_to(folder).as_posix()
        with suppress(OSError):
            yield path.read_bytes()


def _find_broken(project: Project) -> list[Problem]:
    # What compiles them takes long to load, and they seldom change.
    found: list[Problem] = import_module("onrecord.template_faults").compile_templates(project)
    return found
