"""What was found before is recalled only where nothing that it depends on has changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import Edit, stay_silent
from onrecord import build, memory
from onrecord.build import find_problems
from onrecord.checks import Draft, Found, Progress
from onrecord.memory import recall
from onrecord.project import Project, read_project

VALLEY, REFERENCE = "kb/valley.ttl", "kb/outside/reference.tsv"


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def count(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """A list that grows with each check that is not recalled."""
    runs: list[None] = []
    find_anew, examine = build.find_anew, build.examine

    def counted(project: Project, progress: Progress, files: Mapping[str, str]) -> Found:
        runs.append(None)
        return find_anew(project, progress, files)

    def counted_in_full(project: Project, progress: Progress, *, full: bool = False) -> tuple[Draft, Found]:
        runs.append(None)
        return examine(project, progress, full=full)

    monkeypatch.setattr(build, "find_anew", counted)
    monkeypatch.setattr(build, "examine", counted_in_full)
    return runs


def test_the_same_sources_are_checked_once(copy: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(VALLEY, ":drought a", ":drought a :Nonsense , ")
    runs = count(monkeypatch)
    first, again = (find_problems(read_project(copy), stay_silent) for _ in range(2))
    assert first == again != []
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (VALLEY, ":drought a", "# a comment\n:drought a"),
        ("kb/articles/001.ttl", "@prefix", "# a comment\n@prefix"),
        ("kb/queries/new.rq", "", "SELECT * { ?s ?p ?o } LIMIT 1"),
        ("shapes/new.ttl", "", "<urn:x> a <urn:y> ."),
        ("ontology/rules/99-new.rq", "", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
        (REFERENCE, "", "name\tvalue\n"),
        ("onrecord.toml", "title", "# a comment\ntitle"),
    ],
)
def test_a_change_of_any_source_is_checked(
    file: str, old: str, new: str, copy: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_problems(read_project(copy), stay_silent)
    runs = count(monkeypatch)
    edit(file, old, new)
    find_problems(read_project(copy), stay_silent)
    assert len(runs) == 1


def test_a_check_in_full_recalls_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = count(monkeypatch)
    partly, whole = (find_problems(read_project(copy), stay_silent, full=full) for full in (False, True))
    assert partly == whole
    assert len(runs) == 2


def test_what_changes_while_it_is_found_is_not_kept() -> None:
    found = iter([1, 2, 3])
    holds = iter([False, True])
    kept = [recall("kind", ["same"], lambda: next(found), still=lambda: next(holds)) for _ in range(3)]
    assert kept == [1, 2, 2]


def test_what_was_damaged_is_found_again() -> None:
    recall("kind", ["same"], lambda: 1, still=lambda: True)
    (path,) = memory.folder().iterdir()
    path.write_text('{"cut', encoding="utf-8")
    assert recall("kind", ["same"], lambda: 2, still=lambda: True) == 2


def test_where_nothing_can_be_kept_it_is_found_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    found = iter([1, 2])
    assert [recall("kind", ["same"], lambda: next(found), still=lambda: True) for _ in range(2)] == [1, 2]


def test_who_has_no_home_finds_it_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(memory, "folder", nowhere)
    found = iter([1, 2])
    assert [recall("kind", ["same"], lambda: next(found), still=lambda: True) for _ in range(2)] == [1, 2]


def test_nothing_half_written_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.memory.Path.replace", fail)
    assert recall("kind", ["same"], lambda: 1, still=lambda: True) == 1
    assert list(memory.folder().iterdir()) == []


def fail(*_: object) -> None:
    raise OSError("full")


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KEPT", 2)
    for number in range(4):
        recall("kind", [str(number)], int, still=lambda: True)
    assert len(list(memory.folder().iterdir())) == 2


def test_parts_that_join_to_the_same_text_are_told_apart() -> None:
    assert recall("kind", ["ab", "c"], lambda: 1, still=lambda: True) == 1
    assert recall("kind", ["a", "bc"], lambda: 2, still=lambda: True) == 2
