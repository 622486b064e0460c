"""A quote is found character for character, or the curator is told why not."""

from __future__ import annotations

from onrecord.articles import Article, Corrections, Span, cut_sentences
from onrecord.problems import Fault
from onrecord.quotes import find_quote

TEXT = "“Shut,” he said. “Shut,” she said.\u00a0Closed."
ARTICLE = Article("http://x/article/1", "seeds/1.txt", TEXT, cut_sentences(TEXT, Corrections(), "body"))


def code_of(found: Span | Fault) -> str:
    return found.code if isinstance(found, Fault) else "found"


def test_a_quote_printed_once_is_found_by_its_offsets() -> None:
    assert find_quote(ARTICLE, "Closed.") == Span(35, 42)


def test_the_second_printing_is_found_if_asked_for() -> None:
    assert find_quote(ARTICLE, "“Shut,”", "2") == Span(17, 24)


def test_words_printed_twice_need_an_occurrence() -> None:
    assert code_of(find_quote(ARTICLE, "“Shut,”")) == "quote-ambiguous"


def test_an_occurrence_beyond_the_last_is_a_fault() -> None:
    assert [code_of(find_quote(ARTICLE, "“Shut,”", n)) for n in ("0", "3", "two")] == ["quote-occurrence"] * 3


def test_straight_quotation_marks_are_not_curly_ones() -> None:
    assert code_of(find_quote(ARTICLE, '"Shut," he said')) == "quote-not-found"


def test_a_space_is_not_a_no_break_space() -> None:
    assert code_of(find_quote(ARTICLE, "said. Closed")) == "quote-not-found"


def test_no_closest_passage_is_named_where_nothing_is_close() -> None:
    found = find_quote(ARTICLE, "Something else entirely was printed")
    assert isinstance(found, Fault)
    assert "closest" not in found.message
