"""The gate holds: of mistakes made on purpose in the record, `check` finds what it must, and benign edits pass.

A sample; bench/mutations.py makes them all, and holds the shares against their targets. docs/gate.md has the figures,
and lists the kinds of which some survive.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from mutations import KINDS, ROOT, Kind, Score, Workshop, make_edits, read_texts, score_all

from conftest import stay_silent
from onrecord.build import check_record, draft_record
from onrecord.checks import CHECKS
from onrecord.project import read_project

SEED = 7
GATE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
SURVIVING = set(re.findall(r"^\| ([a-z ]+) \| \d+ \| \d+ \|", GATE.partition("## What survives")[2], re.MULTILINE))
CAUGHT = [kind for kind in KINDS if kind.name not in SURVIVING]


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    """One edit of every third kind of which none survives; the same ones each time."""
    return score_all(CAUGHT[::3], each=1, seed=SEED)


def test_there_are_enough_kinds_of_each_group() -> None:
    groups = [kind.group for kind in KINDS]
    assert groups.count("form") + groups.count("meaning") >= 25
    assert groups.count("benign") >= 10


def test_the_kinds_of_which_some_survive_are_among_those_that_are_made() -> None:
    assert len(SURVIVING) == 10
    assert {kind.name for kind in KINDS} >= SURVIVING


def test_the_same_seed_makes_the_same_mistakes() -> None:
    texts = read_texts(ROOT)
    first, second = ([edit.text for edit in make_edits(kind, texts, 2, SEED)] for kind in (KINDS[0], KINDS[0]))
    assert first == second
    assert len(first) == 2


def test_mistakes_are_found(scores: list[Score]) -> None:
    made = [score for score in scores if score.group != "benign"]
    assert len(made) > 10
    assert [(score.name, score.survivors) for score in made if not score.made or score.caught < score.made] == []


def test_benign_edits_raise_nothing(scores: list[Score]) -> None:
    benign = [score for score in scores if score.group == "benign"]
    assert len(benign) > 1
    assert [(score.name, score.survivors) for score in benign if score.caught or score.warned] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.group == "form"][::7], ids=lambda kind: kind.name)
def test_a_check_finds_what_one_in_full_finds(kind: Kind, tmp_path: Path) -> None:
    (edit,) = make_edits(kind, read_texts(ROOT), 1, SEED)
    root = Workshop(tmp_path).root
    (root / edit.file).write_text(edit.text, encoding="utf-8")
    draft = draft_record(read_project(root), stay_silent)
    checks = [check for check in CHECKS if check.name in ("shapes", "logic")]
    assert check_record(draft, stay_silent, checks) == check_record(replace(draft, full=True), stay_silent, checks)
