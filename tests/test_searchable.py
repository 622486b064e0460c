"""Pages tell search engines what they are about, in schema.org's words."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from onrecord.checks import Draft
from onrecord.publish import render_site

Described = dict[str, Any]


@pytest.fixture(scope="module")
def pages(flagship: Draft) -> dict[str, str]:
    return {path: body.decode() for path, body in render_site(flagship.record) if path.endswith(".html")}


def read_described(pages: dict[str, str], path: str) -> list[Described]:
    """The JSON-LD objects of a page."""
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', pages[path], re.DOTALL)
    return [json.loads(script) for script in scripts]


def read_only(pages: dict[str, str], path: str) -> Described:
    (one,) = read_described(pages, path)
    return one


def test_every_page_is_described(pages: dict[str, str]) -> None:
    assert len(pages) > 1_000
    # That there is nothing at an address is no page.
    assert [path for path in pages if not read_described(pages, path)] == ["404.html"]


def test_the_home_page_is_that_of_a_site_with_a_dataset(pages: dict[str, str]) -> None:
    site = read_only(pages, "index.html")
    assert (site["@type"], site["name"], site["url"]) == ("WebSite", "onrecord", "https://onrecord.example/")
    assert site["inLanguage"][0] == "en"
    assert site["license"].startswith("https://")
    dataset = next(one for one in read_described(pages, "data.html") if one["@type"] == "Dataset")
    assert site["hasPart"]["@id"] == dataset["@id"]


@pytest.mark.parametrize(
    ("path", "kind", "count"),
    [
        ("claims.html", "CollectionPage", 284),
        ("claims/2.html", "CollectionPage", 284),
        ("disputes.html", "CollectionPage", 1),
        ("articles.html", "CollectionPage", 5),
        ("vocabulary.html", "CollectionPage", None),
        ("sparql.html", "WebPage", None),
        ("search.html", "SearchResultsPage", None),
    ],
)
def test_a_list_says_how_many_things_it_has(pages: dict[str, str], path: str, kind: str, count: int | None) -> None:
    page = read_only(pages, path)
    assert page["@type"] == kind
    assert page["isPartOf"]["@type"] == "WebSite"
    assert page.get("mainEntity", {}).get("numberOfItems") == count


def test_a_question_is_told_as_one(pages: dict[str, str]) -> None:
    asked = read_only(pages, "questions/who-began-it.html")["mainEntity"]
    assert (asked["@type"], asked["text"]) == ("Question", "Who began the clashes, according to whom?")


def test_a_concept_is_a_term_of_its_scheme(pages: dict[str, str]) -> None:
    concept, scheme = (read_only(pages, f"concept/{name}.html") for name in ("contested", "statuses"))
    assert (concept["@type"], scheme["@type"]) == ("DefinedTerm", "DefinedTermSet")
    assert [one["@id"] for one in concept["inDefinedTermSet"]] == [scheme["@id"]]
    assert concept["description"].startswith("Asserted by one side")
    assert read_only(pages, "ontology/record.html")["@type"] == "DefinedTermSet"


def test_an_event_is_told_with_how_the_sides_stand_to_it_and_where(pages: dict[str, str]) -> None:
    event = read_only(pages, "id/border-clashes.html")
    assert event["description"] == "undisputed: Asserted by all sides, and denied by none."
    assert [one["@type"] for one in event["subjectOf"]] == ["NewsArticle"] * 5


def test_an_article_has_the_headline_that_it_prints(pages: dict[str, str]) -> None:
    article = read_only(pages, "article/003.html")
    assert article["headline"] == "Baku Reports 50 Soldiers Dead in Border Clashes With Armenia"
    assert article["name"] == f"Article 003: {article['headline']}"
