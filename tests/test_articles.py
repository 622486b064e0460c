"""Sentences: by line, then by the splitter, then as the curator corrects, with offsets into the untouched text."""

from __future__ import annotations

from itertools import pairwise

from onrecord.articles import Corrections, Span, cut_sentences, find_all
from onrecord.checks import Draft


def cut(text: str, corrections: Corrections | None = None) -> list[str]:
    sentences = cut_sentences(text, corrections or Corrections(), "body")
    return [text[sentence.span.start : sentence.span.end] for sentence in sentences]


def test_each_line_is_cut_into_sentences() -> None:
    assert cut("One fell. Two rose.\nThree") == ["One fell.", "Two rose.", "Three"]


def test_blank_lines_and_spaces_at_the_ends_belong_to_no_sentence() -> None:
    assert cut("\n  One fell.\u00a0\n\u00a0\n") == ["One fell."]


def test_spaces_inside_a_sentence_stay_as_printed() -> None:
    assert cut("One\u00a0thousand  fell.") == ["One\u00a0thousand  fell."]


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert cut("Mr. Smith came at 5 p.m. on Friday.") == ["Mr. Smith came at 5 p.m. on Friday."]


def test_a_repeated_sentence_is_found_at_each_of_its_places() -> None:
    spans = [sentence.span for sentence in cut_sentences("No. No. No.", Corrections(), "body")]
    assert spans == [Span(0, 3), Span(4, 7), Span(8, 11)]


def test_a_join_undoes_a_cut() -> None:
    assert cut("He, in turn. said no.", Corrections(joins=("in turn. said",))) == ["He, in turn. said no."]


def test_a_break_begins_a_sentence() -> None:
    assert cut("He left responsible for it", Corrections(breaks=("responsible",))) == ["He left", "responsible for it"]


def test_a_line_gets_the_kind_that_the_curator_names() -> None:
    kinds = (("World", 2, "section-name"),)
    sentences = cut_sentences("World\nNews\nWorld", Corrections(kinds=kinds), "body")
    assert [sentence.kind for sentence in sentences] == ["body", "body", "section-name"]


def test_sentences_are_numbered_in_printed_order() -> None:
    sentences = cut_sentences("A b.\n\nC d. E f.", Corrections(), "body")
    assert [sentence.number for sentence in sentences] == [1, 2, 3]


def test_overlapping_printings_are_all_found() -> None:
    assert find_all("ababa", "aba") == [Span(0, 3), Span(2, 5)]


def test_no_word_of_an_article_is_outside_its_sentences(flagship: Draft) -> None:
    for article in flagship.record.articles:
        covered = "".join(article.words(sentence.span) for sentence in article.sentences)
        assert "".join(covered.split()) == "".join(article.text.split())


def test_sentences_follow_one_another_without_overlap(flagship: Draft) -> None:
    for article in flagship.record.articles:
        spans = [sentence.span for sentence in article.sentences]
        assert all(one.end <= other.start for one, other in pairwise(spans))
