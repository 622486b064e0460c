"""Long lists come in pages, and nothing of them is lost."""

from __future__ import annotations

from rdflib import URIRef

from onrecord.catalogue import Name
from onrecord.checks import Draft
from onrecord.paging import Part, split_list
from onrecord.publish import render_site

RIVERS, LAKES = Name("river", "en"), Name("lake", "en")


def things(count: int, name: str) -> list[URIRef]:
    return [URIRef(f"https://weir.example/id/{name}-{number}") for number in range(count)]


def split(rivers: int, lakes: int, most: int) -> list[Part]:
    return list(split_list("places", [(RIVERS, things(rivers, "river")), (LAKES, things(lakes, "lake"))], most))


def test_every_thing_is_on_one_page_in_the_order_of_the_list() -> None:
    shown = [thing for part in split(7, 5, 4) for group in part.groups for thing in group.things]
    assert shown == [*things(7, "river"), *things(5, "lake")]


def test_a_page_holds_no_more_than_it_may() -> None:
    assert [sum(len(group.things) for group in part.groups) for part in split(7, 5, 5)] == [5, 5, 2]


def test_a_kind_that_goes_on_says_so_and_how_many_there_are_in_all() -> None:
    groups = split(7, 5, 4)[1].groups
    assert [(group.kind, group.total, group.is_continued) for group in groups] == [(RIVERS, 7, True), (LAKES, 5, False)]


def test_a_kind_that_begins_a_page_is_not_continued() -> None:
    assert [group.is_continued for group in split(4, 4, 4)[1].groups] == [False]


def test_the_first_page_has_the_lists_own_path() -> None:
    assert [part.path for part in split(3, 0, 2)] == ["places.html", "places/2.html"]


def test_an_empty_list_is_a_page() -> None:
    assert [(part.path, part.groups) for part in split(0, 0, 2)] == [("places.html", [])]


def test_the_first_the_last_and_the_nearest_pages_are_linked() -> None:
    assert [part.numbers for part in split(10, 0, 1)][5] == [1, 0, 4, 5, 6, 7, 8, 0, 10]


def test_there_is_nothing_before_the_first_and_after_the_last_page() -> None:
    first, last = split(2, 0, 1)
    assert (first.link(0), first.link(2)) == ("", "places/2.html")
    assert (last.link(1), last.link(3)) == ("places.html", "")


def test_every_claim_is_linked_from_a_page_of_the_claims(flagship: Draft) -> None:
    pages = {path: body.decode() for path, body in render_site(flagship.record) if path.endswith(".html")}
    lists = [page for path, page in pages.items() if path == "claims.html" or path.startswith("claims/")]
    assert len(lists) > 1
    claims = [path.removesuffix(".html") for path in pages if path.startswith("claim/")]
    assert not [claim for claim in claims if not any(f"{claim}.html" in page for page in lists)]
