"""What must not change when something that must not matter does: names of the sides, order, another article."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest

from conftest import ROOT, stay_silent
from onrecord.build import draft_record
from onrecord.checks import Draft
from onrecord.project import read_project
from onrecord.questions import ask, read_questions
from onrecord.store import Quads, Statement, Store

# New names, as long as the old ones so that every offset stays, and in the other alphabetical order.
NAMES = {"Armenia": "Zubrowi", "armenia": "zubrowi", "Azerbaijan": "Belgravian", "azerbaijan": "belgravian"}
FOLDERS = ("kb", "seeds", "ontology", "shapes")


def rename(text: str) -> str:
    return re.sub("|".join(NAMES), lambda found: NAMES[found[0]], text)


def copy_tree(target: Path, change: Callable[[str, str], str]) -> Path:
    """A copy of the flagship under the same file names."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file():
                file = path.relative_to(ROOT).as_posix()
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                (target / file).write_text(change(file, path.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.copyfile(ROOT / "onrecord.toml", target / "onrecord.toml")
    return target


def draft(folder: Path) -> Draft:
    return draft_record(read_project(folder), stay_silent)


def shape_of(statements: Iterable[Statement], change: Callable[[str], str]) -> list[str]:
    """The statements with every hash of content left out, which a renaming changes, and names changed."""
    text = Quads(statements).write("application/n-quads", {}).decode()
    plain = re.sub(r"(?<=-)[0-9a-f]{8}(?=[->])", "", text)
    return sorted(change(line) for line in plain.splitlines() if "/record#sha256>" not in line)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """The record with its two sides renamed throughout, articles included."""
    folder = copy_tree(tmp_path_factory.mktemp("renamed"), lambda file, text: rename(text))
    described = folder / "seeds" / "articles.ttl"
    text = described.read_text(encoding="utf-8")
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        old = hashlib.sha256(path.read_bytes()).hexdigest()
        text = text.replace(old, hashlib.sha256((folder / "seeds" / path.name).read_bytes()).hexdigest())
    described.write_text(text, encoding="utf-8")
    return draft(folder)


def test_renaming_the_sides_raises_no_problem(renamed: Draft) -> None:
    assert [str(problem) for problem in renamed.problems] == []


def test_renaming_the_sides_changes_nothing_but_their_names(flagship: Draft, renamed: Draft) -> None:
    expected = shape_of(flagship.record.statements, rename)
    found = shape_of(renamed.record.statements, str)
    assert set(expected) ^ set(found) == set()
    assert len(expected) == len(found)


def test_renaming_the_sides_changes_no_answer_but_their_names(flagship: Draft, renamed: Draft) -> None:
    questions = read_questions(flagship.record.project)[0]
    answers = []
    for record, change in ((flagship.record, rename), (renamed.record, str)):
        store = Store()
        store.load(record.statements)
        own = {question.slug: question for question in read_questions(record.project)[0]}
        asked = {rename(slug): ask(record.project, store, question) for slug, question in own.items()}
        answers.append({slug: sorted(tuple(map(change, row)) for row in rows) for slug, rows in asked.items()})
    assert len(questions) > 40
    assert answers[0] == answers[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_what_is_written_does_not_matter(flagship: Draft, tmp_path: Path, seed: int) -> None:
    random = Random(seed)

    def shuffle(file: str, text: str) -> str:
        if not file.startswith("kb/") or not file.endswith(".ttl"):
            return text
        head, *blocks = re.split(r"\n\n(?=:|claim:)", text.rstrip("\n"))
        random.shuffle(blocks)
        return "\n\n".join([head, *blocks]) + "\n"

    shuffled = draft(copy_tree(tmp_path / "shuffled", shuffle))
    written = [Quads(one.record.statements).write("application/n-quads", {}) for one in (shuffled, flagship)]
    assert written[0] == written[1]


@pytest.fixture(scope="module")
def without_003(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """The record without what article 003 says."""

    def drop(file: str, text: str) -> str:
        return "" if file == "kb/articles/003.ttl" else text

    return draft(copy_tree(tmp_path_factory.mktemp("without"), drop))


def test_without_an_article_s_file_exactly_its_attributions_are_gone(flagship: Draft, without_003: Draft) -> None:
    def stated(one: Draft) -> set[Statement]:
        return {s for s in one.record.statements if not s.graph.endswith(("/graph/derived", "/graph/evidence"))}

    gone, new = stated(flagship) - stated(without_003), stated(without_003) - stated(flagship)
    assert new == set()
    assert {s.graph.rpartition("/graph/")[2] for s in gone} == {"kb/articles/003"}


def test_without_an_article_what_only_it_carried_has_no_status(flagship: Draft, without_003: Draft) -> None:
    def status_of(one: Draft, claim: str) -> set[str]:
        found = {
            s.object
            for s in one.record.statements
            if str(s.subject).endswith(f"/{claim}") and str(s.predicate).endswith("#status")
        }
        return {str(status).rpartition("/")[2] for status in found}

    assert status_of(flagship, "claim/az-dead-50") == {"unilateral"}
    assert status_of(without_003, "claim/az-dead-50") == set()
    assert status_of(without_003, "claim/az-losses") == status_of(flagship, "claim/az-losses")
