"""The query page in a real browser: with the server, and on a plain file host, where the browser itself answers."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browsers import PHONE, hosting, refusal, visiting
from onrecord.documents import path_of
from onrecord.project import Project, read_project
from onrecord.questions import query_files
from places import ROOT
from served import Server

DISPUTES = "SELECT ?dispute WHERE { ?dispute a rec:Dispute }"
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
WRONG = "SELECT ?s WHERE {\n  ?s a rec:Claim ;\n    foo:bar ?o .\n}"
# What goes wrong, and rightly so: the protocol has a status for what is no query, and cancelling ends a request.
REFUSED = refusal(400)
GIVEN_UP = ("failed: ",)
ROWS, TRIPLES = "application/sparql-results+json", "application/n-triples"
# Beside the record's own questions: each form, and what engines differ in most.
QUERIES = (
    "ASK { :armenia a ?kind }",
    "ASK { :armenia a rec:Dispute }",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?kind (COUNT(?s) AS ?n) WHERE { ?s a ?kind } GROUP BY ?kind ORDER BY DESC(?n) ?kind",
    "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT ?p ?o WHERE { GRAPH <graph/view/armenia> { ?s ?p ?o } }",
    "SELECT (COUNT(*) AS ?n) FROM <graph/derived> WHERE { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) FROM NAMED <graph/derived> WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?kind ?above WHERE { ?kind rdfs:subClassOf+ ?above . FILTER (isIRI(?above)) }",
    "SELECT ?claim ?label WHERE { ?claim rec:about/rdfs:label|rdfs:label ?label . FILTER (LANG(?label) = 'en') }",
    "SELECT ?label WHERE { :armenia rdfs:label ?label . FILTER (LANGMATCHES(LANG(?label), 'hy')) }",
    "SELECT ?speaker ?side WHERE { ?a rec:speaker ?speaker OPTIONAL { ?a rec:onSide ?side } }",
    "SELECT DISTINCT ?speaker WHERE { ?a rec:speaker ?speaker MINUS { ?a rec:onSide ?side } } ORDER BY ?speaker",
    "SELECT ?claim (MAX(?dead) AS ?most) (SUM(?dead) AS ?all) (AVG(?dead) AS ?mean) "
    "WHERE { ?claim a con:CasualtyClaim ; rec:about ?about . ?claim rec:lowerBound ?dead } GROUP BY ?claim",
    "SELECT ?s (GROUP_CONCAT(DISTINCT STR(?kind); separator=' ') AS ?kinds) WHERE { ?s a ?kind } GROUP BY ?s "
    "HAVING (COUNT(?kind) = 1)",
    "SELECT ?s ?upper WHERE { VALUES ?s { :armenia :azerbaijan } ?s rdfs:label ?l BIND (UCASE(STR(?l)) AS ?upper) }",
    "SELECT ?a ?b WHERE { ?a rec:contradicts ?b . FILTER NOT EXISTS { ?a a con:CasualtyClaim } }",
    "PREFIX c: <http://www.w3.org/2004/02/skos/core#>\nSELECT ?s WHERE { ?s a c:ConceptScheme } ORDER BY ?s LIMIT 5",
    "SELECT ?s (STRLEN(STR(?t)) AS ?length) WHERE { ?s rec:exact ?t } ORDER BY DESC(?length) ?s LIMIT 10 OFFSET 3",
    "SELECT ?day WHERE { ?s ?p ?day . FILTER (DATATYPE(?day) = xsd:dateTime && YEAR(?day) > 2000) }",
    "SELECT ?x (1 / 3 AS ?third) (xsd:double('1e3') AS ?d) (CONCAT('é', '😀') AS ?text) WHERE { BIND (BNODE() AS ?x) }",
    "CONSTRUCT { ?s a rec:Dispute } WHERE { ?s a rec:Dispute }",
    "CONSTRUCT { ?who rec:says [ rdfs:label ?text ] } WHERE { ?a rec:speaker ?who ; rec:claim/rdfs:label ?text }",
    "CONSTRUCT WHERE { ?claim a con:InitiationClaim ; con:initiator ?who }",
)


@dataclass(frozen=True)
class Place:
    """Where the site is: its address, who answers there, and what may go wrong when a query is refused."""

    address: str
    by: str
    refused: tuple[str, ...] = ()


def published(server: Server) -> Project:
    """The project that the server serves."""
    return read_project(server.log.parent / "project")


@pytest.fixture(scope="session")
def plain(flagship_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same site in a folder of a plain file host."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copytree(published(flagship_server).public, folder / "sub" / "onrecord")
    with hosting(folder) as address:
        yield f"{address}sub/onrecord/"


@pytest.fixture(params=["server", "plain"])
def place(request: pytest.FixtureRequest, flagship_server: Server, plain: str) -> Place:
    """Each of the two."""
    if request.param == "plain":
        return Place(plain, "in this browser")
    return Place(f"{flagship_server.address}/", "by the server", REFUSED)


def write(page: Page, query: str) -> None:
    """Put a query in the place of what the editor holds, with the keyboard."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(query)


def ask(page: Page, query: str) -> None:
    """Write a query and ask it with the keyboard."""
    write(page, query)
    page.keyboard.press("Control+Enter")


def status(page: Page) -> Locator:
    """What the page says of how it goes."""
    return page.locator("#query-status")


def editor(page: Page) -> Locator:
    """The lines of the editor."""
    return page.locator(".CodeMirror-code")


def test_an_example_is_asked_edited_and_leads_to_a_page(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address) as page:
        page.goto("sparql.html")
        page.get_by_role("link", name="Who began the clashes, according to whom?").click()
        expect(editor(page)).to_contain_text("con:InitiationClaim")
        expect(status(page)).to_contain_text(f"s, answered {place.by}.")
        page.keyboard.press("Control+End")
        page.keyboard.insert_text(" LIMIT 1")
        page.keyboard.press("Control+Enter")
        expect(status(page)).to_contain_text("1 row in ")
        page.locator("#answer").get_by_role("link").first.click()
        expect(page.locator("h1")).not_to_have_text("Query")
        assert page.url.startswith(f"{place.address}id/")
        assert page.url.endswith(".html")


def test_a_link_to_a_part_keeps_its_fragment(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address) as page:
        page.goto("sparql.html")
        ask(page, "SELECT ?p { ?p rec:inArticle article:003 } ORDER BY ?p LIMIT 1")
        link = page.locator("#answer tbody a")
        expect(link).to_have_attribute("href", re.compile(rf"^{place.address}article/003\.html#char=\d+,\d+$"))
        link.click()
        expect(page).to_have_url(re.compile(r"article/003\.html#char="))


def test_a_link_opens_with_the_query_and_its_answer(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("sparql.html")
        ask(page, DISPUTES)
        expect(status(page)).to_contain_text(place.by)
        address = page.url
        page.get_by_role("button", name="Copy link").click()
        expect(status(page)).to_have_text("The link is copied.")
        assert page.evaluate("navigator.clipboard.readText()") == address
        other = page.context.new_page()
        other.goto(address)
        expect(editor(other)).to_contain_text("?dispute a rec:Dispute")
        expect(other.locator("#answer tbody")).to_contain_text("Dispute between Armenia and Azerbaijan")


def test_an_error_is_shown_at_its_line(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address, expected=place.refused) as page:
        page.goto("sparql.html")
        ask(page, WRONG)
        fault = "Nothing declares the prefix foo: at line 3, column 5."
        expect(page.locator("#query-fault")).to_contain_text(fault)
        # What is announced, which is more than that there is no answer.
        expect(status(page)).to_contain_text(f"There is no answer. {fault}")
        expect(page.locator(".fault-line .CodeMirror-line")).to_have_text("    foo:bar ?o .")
        expect(page.locator(".fault-line .fault-sign")).to_be_visible()
        write(page, DISPUTES)
        expect(page.locator(".fault-line")).to_have_count(0)


def test_a_long_query_is_cancelled_and_the_next_is_answered(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address, expected=GIVEN_UP) as page:
        page.goto("sparql.html")
        ask(page, ENDLESS)
        expect(page.locator("#query-clock")).to_have_text(re.compile(r"\d s"))
        page.get_by_role("button", name="Cancel").click()
        expect(status(page)).to_have_text("Cancelled.")
        expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
        ask(page, DISPUTES)
        expect(status(page)).to_contain_text("1 row in ")


def test_what_is_begun_is_completed_by_name(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto("sparql.html")
        write(page, "SELECT ?a { ?a rec:speaker pashin")
        assert not any("completions.json" in url for url in requests)
        page.keyboard.press("Control+Space")
        expect(page.get_by_role("option").first).to_contain_text("Nikol Pashinyan")
        page.keyboard.press("Enter")
        expect(editor(page)).to_have_text(re.compile(r"rec:speaker :nikol-pashinyan$"))
        page.keyboard.insert_text(" ; a attrib")
        page.keyboard.press("Control+Space")
        expect(page.get_by_role("option").first).to_contain_text("rec:Attribution")


def test_answers_can_be_saved(browser: Browser, place: Place, flagship_server: Server) -> None:
    with visiting(browser, place.address) as page:
        page.goto("sparql.html")
        ask(page, DISPUTES)
        with page.expect_download() as saved:
            page.get_by_role("button", name="CSV").click()
        assert saved.value.suggested_filename == "answer.csv"
        assert Path(saved.value.path()).read_bytes() == flagship_server.query(DISPUTES, "text/csv").body
        page.locator("#answer summary").click()
        expect(page.get_by_role("region", name="The answer as it was sent")).to_contain_text('"bindings"')


def test_yes_or_no_and_triples_are_shown(browser: Browser, place: Place) -> None:
    with visiting(browser, place.address) as page:
        page.goto("sparql.html")
        ask(page, "ASK { ?s a rec:Dispute }")
        expect(page.locator(".verdict")).to_have_text("Yes")
        ask(page, "DESCRIBE :armenia")
        expect(page.get_by_role("region", name="Triples")).to_contain_text("Armenia")


def test_the_keyboard_leaves_the_editor(browser: Browser, plain: str) -> None:
    with visiting(browser, plain) as page:
        page.goto("sparql.html")
        page.locator(".CodeMirror").click()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Ask")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("textbox", name="SPARQL query")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("textbox", name="SPARQL query")).not_to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, plain: str, scheme: str) -> None:
    with visiting(browser, plain, viewport=PHONE, color_scheme=scheme) as page:
        page.goto("sparql.html")
        page.get_by_role("button", name="Ask").click()
        expect(status(page)).to_contain_text("20 rows")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_without_scripts_the_form_asks_the_server(browser: Browser, flagship_server: Server) -> None:
    with visiting(browser, f"{flagship_server.address}/", java_script_enabled=False) as page:
        page.goto("sparql.html")
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Answer")
        assert page.get_by_role("link", name="Open it in the editor").get_attribute("href")


def test_the_browser_answers_as_the_server_does(browser: Browser, plain: str, flagship_server: Server) -> None:
    questions = [file.read_text() for _, file in query_files(read_project(ROOT))]
    assert len(questions) > 60
    with visiting(browser, plain) as page:
        page.goto("sparql.html")
        script = page.locator("script[src*='query.js']").get_attribute("src")
        answers = page.evaluate(ASK_ALL, [f"{plain}{script}", [*questions, *QUERIES]])
    for query, (is_graph, text) in zip([*questions, *QUERIES], answers, strict=True):
        served = flagship_server.query(query, TRIPLES if is_graph else ROWS)
        assert served.status == 200, query
        assert read(is_graph, text) == read(is_graph, served.text), query


# The module that asks lies beside the one that the page loads.
ASK_ALL = """async ([script, queries]) => {
  const { Engines } = await import(new URL("./query-engines.js", script));
  const engines = new Engines(JSON.parse(document.getElementById("query-settings").textContent));
  const { signal } = new AbortController();
  const answers = [];
  for (const query of queries) {
    const { isGraph, text } = await engines.ask(query, { signal });
    answers.push([isGraph, isGraph ? (await engines.ask(query, { signal, format: "nt" })).text : text]);
  }
  return answers;
}"""


def read(is_graph: bool, text: str) -> object:
    """An answer without the order of its rows and the names of its blank nodes."""
    if is_graph:
        return Counter(re.sub(r"_:\w+", "_:", line) for line in set(text.splitlines()) if line)
    found = json.loads(text)
    if "boolean" in found:
        return bool(found["boolean"])
    rows = ({name: _plain(term) for name, term in row.items()} for row in found["results"]["bindings"])
    return sorted(found["head"]["vars"]), Counter(json.dumps(row, sort_keys=True) for row in rows)


def _plain(term: dict[str, object]) -> dict[str, object]:
    return {**term, "value": ""} if term["type"] == "bnode" else term


def test_the_names_on_the_page_are_those_of_the_record(flagship_server: Server) -> None:
    project = published(flagship_server)
    rows = {
        short: (label, kind) for short, label, kind in json.loads((project.public / "completions.json").read_text())
    }
    assert rows[":armenia"][0] == "Armenia"
    assert rows["rec:Claim"] == ("claim", "class")
    assert rows["rec:speaker"][1] == rows["rdf:type"][1] == "property"
    pages = [path_of(project, project.expand(short)) for short in rows]
    own = [path.partition("#")[0] for path in pages if not path.startswith("http")]
    assert own
    assert all((project.public / path).is_file() for path in own)
