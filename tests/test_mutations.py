"""The gate holds: of mistakes made on purpose in the record, `check` finds what it must, and benign edits pass.

A sample; bench/mutations.py makes them all. docs/gate.md has the figures and the survivors.
"""

from __future__ import annotations

import pytest
from mutations import KINDS, ROOT, Score, make_edits, read_texts, score_all, share

SEED = 7


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    """One edit of every second kind; together with the seed, the same ones each time."""
    return score_all(KINDS[::2], each=1, seed=SEED)


def test_there_are_enough_kinds_of_each_group() -> None:
    groups = [kind.group for kind in KINDS]
    assert groups.count("form") + groups.count("meaning") >= 25
    assert groups.count("benign") >= 10


def test_every_kind_can_be_made(scores: list[Score]) -> None:
    assert [score.name for score in scores if not score.made] == []


def test_the_same_seed_makes_the_same_mistakes() -> None:
    texts = read_texts(ROOT)
    first, second = ([edit.text for edit in make_edits(kind, texts, 2, SEED)] for kind in (KINDS[0], KINDS[0]))
    assert first == second
    assert len(first) == 2


def test_mistakes_of_form_are_found(scores: list[Score]) -> None:
    assert share(scores, "form") >= 0.98


def test_mistakes_of_meaning_are_found(scores: list[Score]) -> None:
    assert share(scores, "meaning") >= 0.8


def test_benign_edits_raise_nothing(scores: list[Score]) -> None:
    raised = [score for score in scores if score.group == "benign" and (score.caught or score.warned)]
    assert [(score.name, score.survivors) for score in raised] == []
