"""Every sentence is carried or declared, and every word to model is modelled or waived."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Edit, find_problems
from onrecord.articles import Span
from onrecord.checks import Draft, measure
from onrecord.lexicon import Lexicon, is_title_case, number_of

WEIR = frozenset({"http://x/weir"})
LEXICON = Lexicon({"Harle": frozenset({"http://x/harle"}), "Harle weir": WEIR})


def found(text: str) -> list[tuple[str, str]]:
    return [(word.kind, word.text) for word in LEXICON.find(text, [])]


def test_the_longest_spelling_is_the_one_that_counts() -> None:
    assert found("below Harle weir") == [("name", "Harle weir")]


def test_a_spelling_inside_another_word_is_none() -> None:
    assert found("they had seen the Harlequin") == [("unknown name", "Harlequin")]


@pytest.mark.parametrize("text", ["00:05", "20:05 GMT", "Tuesday", "August", "1991", "1980s", "midnight", "last week"])
def test_times_are_found(text: str) -> None:
    assert {kind for kind, _ in found(f"it was {text} there")} == {"time"}


@pytest.mark.parametrize("text", ["50", "6,500", "eight", "half", "several", "thousands", "dozen"])
def test_numbers_are_found(text: str) -> None:
    assert found(f"it was {text} there") == [("number", text)]


@pytest.mark.parametrize(("text", "number"), [("6,500", 6500), ("Eight", 8), ("forty", 40), ("several", None)])
def test_a_number_is_known_in_digits_and_in_words(text: str, number: int | None) -> None:
    assert number_of(text) == number


def test_a_capital_at_the_beginning_of_a_sentence_marks_no_name() -> None:
    assert found("Drought killed them") == []


def test_capitals_of_a_headline_mark_no_names() -> None:
    assert is_title_case("Dead Trout Divide Whole Valley")
    assert not is_title_case("Dead trout divide the valley")


def test_masked_words_are_not_found() -> None:
    assert LEXICON.find("it was 50 there", [Span(7, 9)]) == []


def test_a_record_without_names_still_finds_numbers() -> None:
    assert [word.kind for word in Lexicon({}).find("it was 50", [])] == ["number"]


def test_the_small_project_is_covered_but_for_its_boilerplate(tiny: Draft) -> None:
    states = [coverage.state for sentences in measure(tiny).values() for coverage in sentences]
    assert (states.count("carried"), states.count("boilerplate"), states.count("uncarried")) == (11, 2, 0)


def test_how_much_of_a_sentence_is_quoted_is_measured(tiny: Draft) -> None:
    shares = [coverage.share for coverage in measure(tiny)["https://weir.example/article/001"]]
    assert shares[0] == 1.0
    assert 0.9 < shares[3] < 1.0


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("kb/valley.ttl", "rec:hasTime :thursday-night ;", "", "time “Thursday”"),
        ("kb/valley.ttl", "rec:hasRole [ rec:roleKind c:actor ; rec:player :harle-mill ] ;", "", "name “Harle Mill”"),
        ("kb/valley.ttl", "rec:quantity 25", "rec:lowerBound 1", "number “25”"),
        (
            "kb/valley.ttl",
            "rec:unit c:dead-trout ;\n    rec:quantity 25",
            "rec:unit c:shut ; rec:quantity 25",
            "“dead trout”",
        ),
        ("kb/articles/002.ttl", 'rec:exact "dead trout"', 'rec:exact "trout"', "name “dead trout”"),
    ],
)
def test_a_word_that_nothing_attributed_contains_is_found(
    edit: Edit, copy: Path, file: str, old: str, new: str, word: str
) -> None:
    edit(file, old, new)
    messages = [problem.message for problem in find_problems(copy) if problem.code == "word-unmodelled"]
    assert any(word in message for message in messages)
