"""Where documents lie, and which IRIs can have none."""

from __future__ import annotations

import pytest

from conftest import TINY
from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.documents import RESERVED, find_unpublishable, path_of, relative_link, render_rdf
from onrecord.pages import LISTS, MISSING, SEARCH
from onrecord.project import read_project

TINY_PROJECT = read_project(TINY)
BASE = TINY_PROJECT.base


@pytest.mark.parametrize(
    "path",
    ["", "sparql", "dumps/record", "assets/x", "../x", "id/../../x", "id//x", "id/.", f"id/{'a' * 241}", "id/x.html/y"],
)
def test_an_iri_whose_document_would_lie_elsewhere_or_nowhere_cannot_be_published(path: str) -> None:
    assert find_unpublishable(TINY_PROJECT, BASE + path)


@pytest.mark.parametrize(
    "path", ["id/drought", "claim/dead-40", "graph/kb/valley", "ontology/record/0.1.0", f"id/{'a' * 240}"]
)
def test_a_plain_iri_can_be_published(path: str) -> None:
    assert find_unpublishable(TINY_PROJECT, BASE + path) is None


def test_every_page_that_lists_things_keeps_its_place() -> None:
    assert {slug for slug, *_ in (*LISTS, SEARCH)} | {MISSING.removesuffix(".html")} <= RESERVED


def test_a_thing_has_a_page_and_a_part_of_it_an_anchor_there() -> None:
    assert path_of(TINY_PROJECT, f"{BASE}article/001#char=1,2") == "article/001.html#char=1,2"


def test_a_document_begins_with_the_thing_itself_and_goes_on_with_its_parts(tiny: Draft) -> None:
    catalogue = Catalogue(tiny.record)
    iri = f"{BASE}article/001"
    bodies = {form.extension: body.decode() for form, body in render_rdf(catalogue, iri)}
    subjects = list(dict.fromkeys(line.split()[0] for line in bodies["nt"].splitlines()))
    assert subjects[0] == f"<{iri}>"
    parts = [subject.startswith(f"<{iri}#") for subject in subjects[1:]]
    assert parts == sorted(parts, reverse=True)
    assert any(parts)
    statements = [line for line in bodies["ttl"].splitlines() if not line.startswith("@prefix")]
    assert statements[0].startswith("article:001 ")


@pytest.mark.parametrize(
    ("start", "target", "link"),
    [
        ("index.html", "id/a.html", "id/a.html"),
        ("id/a.html", "claim/b.html#c", "../claim/b.html#c"),
        ("attribution/1/b/c.html", "index.html", "../../../index.html"),
    ],
)
def test_a_link_leads_from_page_to_page_wherever_the_site_lies(start: str, target: str, link: str) -> None:
    assert relative_link(start, target) == link
