"""What a reader sees on the pages."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from conftest import Edit
from onrecord.build import draft_record
from onrecord.checks import Draft
from onrecord.dumps import STORE_DUMP
from onrecord.project import read_project
from onrecord.publish import render_site
from onrecord.record import Record
from onrecord.store import Store
from places import stay_silent

Site = dict[str, str]


@pytest.fixture(scope="module")
def small(tiny: Draft) -> Site:
    """The pages of the small project, as text without tags."""
    return read_pages(tiny.record)


def read_pages(record: Record) -> Site:
    """The pages of a record, as text without tags."""
    pages = {path: body.decode() for path, body in render_site(record) if path.endswith(".html")}
    return {path: unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))) for path, page in pages.items()}


def test_a_claim_is_shown_with_who_says_so_how_and_in_which_words(small: Site) -> None:
    page = small["claim/mill-closed-sluice.html"]
    assert "Harle Mill denies" in page
    assert "Harle Mill denied that it had closed the sluice" in page
    assert re.search(r"Article 00[12]: [^.]*, sentence \d", page)


def test_who_says_it_is_what_a_claim_shows_first(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["claim/az-dead-50.html"].decode()
    assert page.index("<h2") == page.index('<h2 id="says">')
    assert "<h2>Made up of</h2>" in page


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
    assert "What Harle Mill says" in page
    assert "Spellings in the articles" in page


def test_what_somebody_only_says_is_not_said_of_them(tiny: Draft) -> None:
    page = dict(render_site(tiny.record))["id/harle-mill.html"].decode()
    says, said = (page.partition(f'<section aria-labelledby="{part}">')[2] for part in ("says", "said"))
    assert "claim/drought-killed.html" in says.partition("</section>")[0]
    assert "claim/drought-killed.html" not in said.partition("</section>")[0]
    assert "claim/mill-closed-sluice.html" in said.partition("</section>")[0]


def test_an_agent_says_at_once_for_whom_it_speaks_and_why(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["id/nikol-pashinyan.html"].decode()
    lead = page.partition('<p class="lead">')[2].partition("</p>")[0]
    assert "Speaks for <a" in lead
    assert "Named as Prime Minister" in lead


def test_a_list_of_agents_counts_what_each_says(small: Site) -> None:
    assert re.search(r"Harle Mill \d+ statements?", small["agents.html"])


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("concept/contested", "concept"),
        ("concept/statuses", "concept scheme"),
        ("ontology/record", "ontology"),
        ("id/harle-mill", "organisation"),
    ],
)
def test_a_page_says_in_plain_words_what_it_is_about(tiny: Draft, page: str, kind: str) -> None:
    text = dict(render_site(tiny.record))[f"{page}.html"].decode()
    assert re.search(rf'<p class="types"><a [^>]*>{kind}</a></p>', text)


def test_the_language_of_another_name_is_named(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["id/nikol-pashinyan.html"].decode()
    assert re.search(r'<span lang="hy" dir="auto">[^<]+</span> \(Armenian\)', page)


def test_an_occurrence_shows_its_accounts_side_by_side(small: Site) -> None:
    pages = [page for path, page in small.items() if "The accounts, compared point by point" in page]
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


@pytest.fixture(scope="module")
def queries(flagship: Draft) -> dict[str, str]:
    """Every query that a list of the flagship's pages links to, with a page that does."""
    pages = {path: body.decode() for path, body in render_site(flagship.record) if path.endswith(".html")}
    links = {path: re.findall(r'sparql\.html#query=([^"]+)">See as', page) for path, page in pages.items()}
    return {unquote(unescape(link)): path for path, found in links.items() for link in found}


def test_the_query_behind_every_list_has_answers(flagship: Draft, queries: dict[str, str]) -> None:
    project, store = flagship.record.project, Store()
    store.load_nquads(dict(render_site(flagship.record))[STORE_DUMP])
    assert len(queries) > 2_000
    empty = [query for query in queries if not store.rows(query, project.prefixes, project.base)]
    assert empty == []


def test_every_list_of_things_has_a_query(flagship: Draft, queries: dict[str, str]) -> None:
    pages = {path: body.decode() for path, body in render_site(flagship.record) if path.endswith(".html")}
    things = [page for page in pages.values() if 'class="record-keeping"' in page]
    assert len(things) > 1_000
    assert not [page for page in things if "See as SPARQL" not in page]


def test_a_reader_is_told_how_to_report_an_error(copy: Path, edit: Edit) -> None:
    edit("onrecord.toml", "languages =", 'errors_note = "Write to the weir keeper."\nlanguages =')
    pages = read_pages(draft_record(read_project(copy), stay_silent).record)
    assert not [path for path, page in pages.items() if "Write to the weir keeper." not in page]


def test_an_article_is_shown_whole_only_where_its_publisher_may_allow_it(copy: Path, edit: Edit, small: Site) -> None:
    unused = "It meets at 7 Church Lane."
    assert unused not in small["article/002.html"]
    edit("onrecord.toml", "languages =", 'whole_texts = ["article/002"]\nlanguages =')
    pages = read_pages(draft_record(read_project(copy), stay_silent).record)
    assert unused in pages["article/002.html"]
    assert "Subscribe to the River Gazette" not in pages["article/001.html"]


def test_an_ontology_shows_which_classes_are_kinds_of_which(tiny: Draft) -> None:
    page = dict(render_site(tiny.record))["ontology/record.html"].decode()
    tree = page[page.index('<ul class="tree">') :]
    organisation = tree[tree.index(">organisation</a>") :]
    assert organisation.index(">outlet</a>") < organisation.index("</ul>") < organisation.index(">person</a>")


def test_a_term_is_shown_with_a_thing_of_the_record(small: Site) -> None:
    page = small["ontology/record.html"]
    assert "Example: River Gazette" in page[page.index("rec:Outlet") : page.index("rec:Passage")]
    assert "Example: " in page[page.index("rec:supersedes") : page.index("rec:unit")]


def test_a_concept_is_shown_with_a_thing_of_the_record(small: Site) -> None:
    page = small["concept/statuses.html"]
    assert "Example: The sluice was shut." in page[page.index("partly shared uses:") : page.index("undisputed uses:")]


def test_disputes_show_what_each_side_says_and_how_much_one_alone(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["disputes.html"].decode()
    assert page.count('<div class="sides">') > 3
    assert "<blockquote>" in page
    assert len(re.findall(r'<a href="id/[^"]+#alone">\d+ claims</a>', page)) == 2


def test_what_one_side_alone_says_is_open_and_stands_by_what_it_is_about(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["id/dispute-over-the-clashes.html"].decode()
    alone = page.partition('<section aria-labelledby="alone">')[2].partition("</section>")[0]
    assert "<details>" not in alone
    assert re.search(r"<h4><a [^>]*>Border clashes between", alone)
    assert "Coding note: " in alone


def test_a_question_shows_its_query_without_its_header(flagship: Draft) -> None:
    page = dict(render_site(flagship.record))["questions/armenian-dead.html"].decode()
    assert "# title:" not in unquote(unescape(page))
    assert '<th scope="col" title="?atLeast">at least</th>' in page
