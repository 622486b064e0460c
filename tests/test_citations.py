"""A citation says who makes the claim, in which sentence of which article, and in which version of the record."""

from __future__ import annotations

import json
import re

import pytest
from rdflib import URIRef

from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.citations import Citation, Words, cite, escape
from onrecord.interface import Interface


@pytest.fixture(scope="module")
def catalogue(flagship: Draft) -> Catalogue:
    return Catalogue(flagship.record)


def cite_claim(catalogue: Catalogue, slug: str) -> Citation:
    return cite(catalogue, Interface(), URIRef(f"{catalogue.project.base}claim/{slug}"))


def test_a_citation_names_the_speakers_before_what_they_say(catalogue: Catalogue) -> None:
    text = cite_claim(catalogue, "az-dead-50").text
    assert text.startswith(
        "Government of Azerbaijan and Ministry of Defence of Azerbaijan assert: 50 Azerbaijani servicemen were killed. "
        "As carried by Article 003: "
    )
    assert f"In: onrecord, version {catalogue.project.version}. {catalogue.project.base}claim/az-dead-50" in text


def test_a_paraphrase_stands_in_no_quotation_marks(catalogue: Catalogue) -> None:
    assert not re.search('[“”"]', cite_claim(catalogue, "az-dead-50").text)


def test_a_citation_names_the_sentences_once_and_in_order(catalogue: Catalogue) -> None:
    assert ", sentences 003.s2, 003.s3 and 003.s9. In:" in cite_claim(catalogue, "az-dead-50").text


def test_who_denies_a_claim_is_not_said_to_assert_it(tiny: Draft) -> None:
    catalogue = Catalogue(tiny.record)
    assert "Harle Mill denies" in cite_claim(catalogue, "mill-closed-sluice").text.partition(": ")[0]


def test_of_many_speakers_the_first_are_named_and_the_others_counted(catalogue: Catalogue) -> None:
    words = Words(catalogue, Interface())
    joined = [words.join([*"abcdefg"][:count]) for count in (1, 2, 4, 5, 7)]
    assert joined == ["a", "a and b", "a, b, c and d", "a, b, c and 2 more", "a, b, c and 4 more"]


def test_the_record_is_the_publisher_of_a_claim_and_not_its_author(catalogue: Catalogue) -> None:
    citation = cite_claim(catalogue, "az-dead-50")
    (item,) = json.loads(citation.csl)
    assert item["publisher"] == "onrecord"
    assert item["title"].endswith(" assert: 50 Azerbaijani servicemen were killed.")
    assert item["note"].startswith("As carried by Article 003: ")
    assert "author" not in item
    assert "author =" not in citation.bibtex
    assert "  howpublished = {onrecord},\n" in citation.bibtex


def test_a_citation_names_no_day_on_which_it_was_made(catalogue: Catalogue) -> None:
    citation = cite_claim(catalogue, "az-dead-50")
    assert not any("access" in form for form in (citation.text, citation.bibtex, citation.csl))


def test_bibtex_is_escaped_once() -> None:
    assert escape(r"a\b~c^d") == r"a\textbackslash{}b\~{}c\^{}d"
    assert escape("50% of {them} & more.") == r"50\% of \{them\} \& more."
