"""What a reader sees on the pages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from onrecord.checks import Draft
from onrecord.publish import render_site

Site = dict[str, str]


@pytest.fixture(scope="module")
def small(tiny: Draft) -> Site:
    """The pages of the small project, as text without tags."""
    pages = {path: body.decode() for path, body in render_site(tiny.record) if path.endswith(".html")}
    return {path: unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))) for path, page in pages.items()}


def test_a_claim_is_shown_with_who_says_so_how_and_in_which_words(small: Site) -> None:
    page = small["claim/mill-closed-sluice.html"]
    assert "Harle Mill denies" in page
    assert "Harle Mill denied that it had closed the sluice" in page
    assert re.search(r"00[12]\.s\d", page)


def test_a_claim_shows_how_the_sides_stand_to_it_and_what_contradicts_it(small: Site) -> None:
    page = small["claim/dead-25.html"]
    assert "How the sides stand to it: contested" in page
    assert "Claims that cannot hold together with it" in page


def test_a_relay_is_named(small: Site) -> None:
    assert any("reported by" in page for path, page in small.items() if path.startswith("attribution/"))


def test_an_article_shows_its_evidence_with_what_each_sentence_carries(small: Site) -> None:
    page = small["article/001.html"]
    assert page.index("001.s") < page.rindex("001.s")
    assert "denies" in page


def test_an_agent_shows_what_it_says_and_what_is_said_of_it(small: Site) -> None:
    page = small["id/harle-mill.html"]
    assert "What it says" in page
    assert "As the articles print it" in page


def test_an_occurrence_shows_its_accounts_side_by_side(small: Site) -> None:
    pages = [page for path, page in small.items() if "Accounts of it, slot by slot" in page]
    assert pages
    assert all("Who tells it" in page for page in pages)


def test_a_derived_statement_says_that_it_is_derived(small: Site) -> None:
    assert re.search(r"is current true derived", small["claim/dead-40.html"])


def test_an_ontology_shows_every_term_with_its_definition(small: Site) -> None:
    page = small["ontology/record.html"]
    assert "A proposition. That it exists in the record says nothing about its truth." in page


def test_a_question_is_shown_with_its_answer_and_its_query(small: Site) -> None:
    page = small["questions/causes.html"]
    assert "SELECT" in page
    assert "Answer" in page


def test_outside_knowledge_says_that_it_is_not_in_the_articles(flagship: Draft) -> None:
    pages = dict(render_site(flagship.record))
    assert b"outside the articles" in pages["id/t-early-tuesday.html"]
    assert b"no article gives year, month or date" in pages["id/t-early-tuesday.html"]
