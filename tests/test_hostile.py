"""Hostile content stays inert: a record whose every text attacks its reader is shown as the text that it is."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from browsers import PHONE, hosting, refusal, visiting
from conftest import find_problems
from onrecord.build import draft_record
from onrecord.project import read_project
from onrecord.publish import publish
from places import TINY, stay_silent
from served import Server

RUN = "document.documentElement.dataset.hit = 1"
# Ends of elements and attributes, events, a comment, a template of Jinja, an override of direction, and a long word.
TEXT = (
    f"</script></title></style><script>{RUN}</script><img src=x onerror='{RUN}'><svg/onload=\"{RUN}\">"
    f"' onfocus={RUN} autofocus \" onmouseover={RUN} <!-- ]]> {{{{ 7 * 7 }}}} \u202egnol \u2066{'word' * 150}"
)
# Texts of every kind, each with the beginning of a hostile one: labels, statements, bases, definitions, words printed.
ATTACKED = (
    ("kb/valley.ttl", '"Harle Mill"@en ;\n'),
    ("kb/valley.ttl", '"Harle weir"@en ;\n'),
    ("kb/valley.ttl", '"25 trout died."@en'),
    ("kb/valley.ttl", '"Reported drought"@en'),
    ("kb/valley.ttl", '"The only closing that the articles speak of."@en'),
    ("kb/valley.ttl", '"below Harle weir"'),
    ("kb/valley.ttl", '"on Thursday night"'),
    ("kb/articles/001.ttl", '"the club" ; rec:stance c:asserts ; rec:voice c:indirect'),
    ("seeds/articles.ttl", '"Drought blamed for dead trout"@en ;\n    rdfs:label'),
    ("onrecord.toml", '"The trout of Harle"'),
    ("onrecord.toml", '"Who said what'),
)
LINKS = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
<id/harle-mill> rdfs:seeAlso <javascript:document.documentElement.dataset.hit=1> ;
    schema:sameAs <data:text/html,%3Cscript%3E> , <vbscript:hit> , <https://mill.example/'onclick=hit> .
"""


EVERYTHING = "SELECT ?s ?o { ?s rdfs:label|rdfs:seeAlso|<https://schema.org/sameAs> ?o }"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with hostile texts and links."""
    folder = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))
    quoted = TEXT.replace('"', '\\"')
    for name, text in ATTACKED:
        file = folder / name
        words = file.read_text(encoding="utf-8")
        assert text in words
        file.write_text(words.replace(text, text.replace('"', f'"{quoted} ', 1)), encoding="utf-8")
    printed = folder / "seeds" / "002_radio.txt"
    before = printed.read_bytes()
    printed.write_bytes(before.replace(b"The drought killed", f"{TEXT} The drought killed".encode()))
    described = folder / "seeds" / "articles.ttl"
    old, new = (hashlib.sha256(one).hexdigest() for one in (before, printed.read_bytes()))
    described.write_text(described.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    (folder / "kb" / "links.ttl").write_text(LINKS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(attacked: Path) -> Iterator[tuple[Path, str]]:
    """What would be published if the checks let it through: the folder, and its address on a plain file host."""
    public = publish(draft_record(read_project(attacked), stay_silent).record)
    with hosting(public) as address:
        yield public, address


@pytest.mark.parametrize("address", ["vbscript:hit", "data:text/html"])
def test_the_checks_refuse_an_identifier_that_runs(attacked: Path, address: str) -> None:
    refused = [one.message for one in find_problems(attacked) if one.code == "identifier-outside"]
    assert any(address in message for message in refused)


def test_hostile_content_stays_inert_on_every_page(browser: Browser, site: tuple[Path, str]) -> None:
    public, address = site
    paths = [path.relative_to(public).as_posix() for path in sorted(public.rglob("*.html"))]
    assert len(paths) > 80
    attacked = 0
    with visiting(browser, address, viewport=PHONE) as page:
        for path in paths:
            page.goto(quote(path))
            assert page.evaluate("document.documentElement.dataset.hit") is None, path
            assert page.locator("img, a[href^='javascript:'], a[href^='data:'], a[href^='vbscript:']").count() == 0, (
                path
            )
            assert page.locator("[onerror], [onload], [onfocus], [onclick], [onmouseover]").count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
            attacked += "gnol" in page.locator("main").inner_text()
    assert attacked > 20


def test_hostile_content_stays_inert_in_search_and_in_answers(browser: Browser, site: tuple[Path, str]) -> None:
    with visiting(browser, site[1], viewport=PHONE) as page:
        page.goto("search.html?q=Harle")
        expect(page.locator("#results")).to_contain_text("<script>")
        page.goto(f"sparql.html#query={quote(EVERYTHING)}")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("table")).to_contain_text("<script>", timeout=60_000)
        assert page.locator("main a[href^='javascript:'], main a[href^='data:']").count() == 0
        assert page.evaluate("document.documentElement.dataset.hit") is None
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("query", [TEXT, f"# {TEXT}\nSELECT * {{ ?s ?p ?o }} LIMIT 1"])
def test_a_hostile_query_stays_inert(browser: Browser, flagship_server: Server, query: str) -> None:
    with visiting(browser, f"{flagship_server.address}/", expected=refusal(400), viewport=PHONE) as page:
        page.goto(f"sparql?query={quote(query)}")
        expect(page.get_by_label("SPARQL query", exact=True)).to_have_value(query)
        assert page.evaluate("document.documentElement.dataset.hit") is None
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_an_answer_links_only_to_the_web(browser: Browser, flagship_server: Server) -> None:
    query = "SELECT (<javascript:alert(1)> AS ?a) (<https://other.example/> AS ?b) { }"
    with visiting(browser, f"{flagship_server.address}/") as page:
        page.goto(f"sparql?query={quote(query)}")
        expect(page.get_by_role("table")).to_contain_text("javascript:alert(1)")
        assert page.locator("td a").evaluate_all("links => links.map(link => link.href)") == ["https://other.example/"]
