"""The endpoint's answers: every form in every format, and what is refused before anything is opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread

import pytest
from rdflib import Graph, URIRef
from rdflib.query import Result
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from onrecord.answers import (
    FORMATS,
    MEDIA_TYPES,
    ROWS_JSON,
    TURTLE,
    Dataset,
    NotAcceptableError,
    accepted_media_types,
    answer_query,
)
from onrecord.checks import Draft
from onrecord.project import Project
from onrecord.store import QueryError, RefusedError, Statement, Store
from onrecord.syntax import explain_syntax
from onrecord.tokens import find_keywords

BASE = "https://weir.example/"
EVERYTHING = "SELECT * { ?s ?p ?o }"
PARSERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/n-quads": "nt",
    "application/trig": "turtle",
}


# What asks for what is never done: other endpoints in every disguise, other graphs, changes.
REFUSED = [
    "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "select * { service silent <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { BIND(<http://127.0.0.1:PORT/> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } } }",
    r"SELECT * { S\u0045RVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    r"""SELECT * { FILTER('\u005C' != "x") SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } FILTER('' = "") }""",
    "SELECT * { ?s ?p 'it''s' . #'\n SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:PORT/sparql> SELECT * { SERVICE: { ?x ?y ?z } }",
    "PREFIX s: <http://127.0.0.1:PORT/> SELECT * { SERVICEs:sparql { ?x ?y ?z } }",
    "PREFIX : <http://127.0.0.1:PORT/> SELECT * { SERVICE:sparql { ?x ?y ?z } }",
    "PREFIX : <http://127.0.0.1:PORT/> SELECT * { SERVICESILENT:sparql { ?x ?y ?z } }",
    r"SELECT * { OPTIONAL { ?s :a\#b ?o } SERVICE <http://127.0.0.1:PORT/sparql> { ?x ?y ?z } }",
    r"SELECT * { OPTIONAL { ?s :a\'b ?o } SERVICE <http://127.0.0.1:PORT/s> { ?x ?y ?z } FILTER('' = '') }",
    "PREFIX : <http://127.0.0.1:PORT/> SELECT * { FILTER(1<2)SERVICE:sparql#>\n { ?x ?y ?z } }",
    r"SELECT * { FILTER('\u0027' != 'x') SERVICE <http://127.0.0.1:PORT/> { ?x ?y ?z } FILTER('\u0027\u0027') }",
    "SELECT * FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://127.0.0.1:PORT/> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "ASK FROM <id/nothing> { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:PORT/>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <graph/kb/valley>",
    "INSERT DATA { :a :b :c }",
    "PREFIX x: <http://x/> DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
]


@pytest.fixture(scope="module")
def store(tiny: Draft) -> Store:
    store = Store()
    store.load(tiny.record.statements)
    return store


@pytest.fixture(scope="module")
def project(tiny: Draft) -> Project:
    return tiny.record.project


@pytest.mark.parametrize(
    ("query", "media_type", "start"),
    [
        ("ASK { ?s a rec:Claim }", "application/sparql-results+json", b'{"head":{},"boolean":true}'),
        ("ASK { ?s a rec:Claim }", "application/sparql-results+xml", b"<?xml"),
        ("ASK { ?s a rec:Claim }", "text/csv", b"true"),
        ("ASK { ?s a rec:Claim }", "text/tab-separated-values", b"true"),
        ("SELECT ?s { ?s a rec:Dispute }", "text/csv", b"s\r\nhttps://weir.example/id/"),
        ("SELECT ?s { ?s a rec:Dispute }", "text/tab-separated-values", b"?s\n<https://weir.example/id/"),
        ("SELECT ?s { ?s a rec:Dispute }", "application/sparql-results+xml", b"<?xml"),
    ],
)
def test_rows_and_booleans_come_in_the_form_asked_for(
    store: Store, project: Project, query: str, media_type: str, start: bytes
) -> None:
    answer = answer_query(store, project, query, [media_type])
    assert answer.media_type == media_type
    assert answer.body.startswith(start)


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s rec:stance ?o }", "DESCRIBE claim:dead-40"])
@pytest.mark.parametrize("media_type", sorted(PARSERS))
def test_triples_come_the_same_in_every_form(store: Store, project: Project, query: str, media_type: str) -> None:
    expected = Graph().parse(data=answer_query(store, project, query, [TURTLE]).body, format="turtle")
    found = Graph().parse(data=answer_query(store, project, query, [media_type]).body, format=PARSERS[media_type])
    assert len(expected) > 0
    assert set(found) == set(expected)


def test_a_carriage_return_is_read_from_xml_as_one(store: Store, project: Project) -> None:
    query = 'CONSTRUCT { <https://weir.example/a> rec:statement "one\\r\\ntwo\\r" } {}'
    triples = Graph().parse(data=answer_query(store, project, query, ["application/rdf+xml"]).body, format="xml")
    rows = answer_query(store, project, 'SELECT ("one\\r\\ntwo\\r" AS ?x) {}', ["application/sparql-results+xml"])
    assert [str(value) for value in triples.objects()] == ["one\r\ntwo\r"]
    read = Result.parse(BytesIO(rows.body), format="xml").bindings
    assert [str(value) for row in read for value in row.values()] == ["one\r\ntwo\r"]


# rdflib's own parser of JSON-LD uses a class that rdflib has deprecated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_json_ld_holds_the_same_triples(store: Store, project: Project) -> None:
    query = "CONSTRUCT WHERE { ?s rec:stance ?o }"
    expected = Graph().parse(data=answer_query(store, project, query, [TURTLE]).body, format="turtle")
    found = Graph().parse(data=answer_query(store, project, query, ["application/ld+json"]).body, format="json-ld")
    assert set(found) == set(expected)


def test_a_form_that_cannot_hold_the_answer_is_refused_naming_those_that_can(store: Store, project: Project) -> None:
    with pytest.raises(NotAcceptableError, match="text/csv"):
        answer_query(store, project, EVERYTHING, [TURTLE])


@pytest.mark.parametrize("query", REFUSED)
def test_nothing_is_fetched_or_changed(store: Store, project: Project, canary: Canary, query: str) -> None:
    before = len(store.statements())
    with pytest.raises(RefusedError):
        answer_query(store, project, query.replace("PORT", str(canary.port)), MEDIA_TYPES)
    assert canary.requests == []
    assert len(store.statements()) == before


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://x/>" }',
        "SELECT * { ?s ?p '''FROM <http://x/> it's''' }",
        "SELECT ?service ?from { ?service rec:stance ?from } # SERVICE",
        "SELECT * { ?s <http://x/SERVICE> ?o }",
        "SELECT * FROM <graph/derived> { ?s ?p ?o }",
        "SELECT * FROM NAMED <graph/derived> { GRAPH ?g { ?s ?p ?o } }",
        "PREFIX service: <http://x/> SELECT * { ?s service:from ?o }",
        "SELECT * { ?s rdfs:label ?l FILTER CONTAINS(?l, 'State Border Service') }",
        "SELECT * { :state-border-service ?p ?o }",
    ],
)
def test_what_only_looks_like_it_is_answered(store: Store, project: Project, query: str) -> None:
    assert answer_query(store, project, query, MEDIA_TYPES).media_type == ROWS_JSON


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE claim:dead-40",
        "DESCRIBE <claim/dead-40>",
        "PREFIX x: <https://weir.example/claim/> describe x:dead-40 # DESCRIBE ?x",
        "DESCRIBE ?c { ?c rec:statement ?s . ?c a rec:Claim FILTER(?c = claim:dead-40) }",
        "DESCRIBE $c claim:dead-40 WHERE { VALUES $c { claim:dead-40 } }",
        "DESCRIBE * { BIND(claim:dead-40 AS ?c) } LIMIT 1",
        "DESCRIBE ?c { ?a rec:claim ?c FILTER(?c = claim:dead-40) } GROUP BY ?c",
        "DESCRIBE claim:dead-40 LIMIT 1",
        "DESCRIBE <claim/dead-4\\u0030>",
        "DESCRIBE claim:dead\\-40",
        "DESCRIBE ?c·d { BIND(claim:dead-40 AS ?c·d) }",
        "DESCRIBE claim:dead-40 { ?_described0 ?p ?o }",
    ],
)
def test_a_description_holds_what_is_said_of_a_thing_and_what_names_it(
    store: Store, project: Project, query: str
) -> None:
    thing = URIRef(f"{BASE}claim/dead-40")
    found = Graph().parse(data=answer_query(store, project, query, [TURTLE]).body, format="turtle")
    everything = {statement[:3] for statement in store.statements()}
    assert set(found) == {triple for triple in everything if thing in (triple[0], triple[2])}
    assert any(triple[2] == thing for triple in found)


def test_a_description_goes_on_through_blank_nodes(project: Project) -> None:
    store, chain = Store(), ":a :b [ :c [ :d 1 ] ] . :e :f [ :g :a ] . :h :i 2 ."
    triples = Graph().parse(data=f"@prefix : <{BASE}id/> . {chain}", format="turtle")
    store.load(Statement(*triple, URIRef(f"{BASE}graph/x")) for triple in triples)
    found = Graph().parse(data=answer_query(store, project, "DESCRIBE :a", [TURTLE]).body, format="turtle")
    assert len(found) == len(triples) - 1


def test_a_description_of_a_restricted_dataset_holds_only_what_is_in_it(store: Store, project: Project) -> None:
    query = "DESCRIBE claim:dead-40 FROM <graph/derived>"
    found = Graph().parse(data=answer_query(store, project, query, [TURTLE]).body, format="turtle")
    derived = {s[:3] for s in store.statements() if s.graph == URIRef(f"{BASE}graph/derived")}
    assert len(found) > 0
    assert set(found) <= derived
    named = Dataset(named=(f"{BASE}graph/derived",))
    assert answer_query(store, project, "DESCRIBE claim:dead-40", [TURTLE], named).body.strip() == b""
    asked = answer_query(store, project, "DESCRIBE claim:dead-40", [TURTLE], Dataset(default=(f"{BASE}graph/derived",)))
    assert set(Graph().parse(data=asked.body, format="turtle")) == set(found)


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        ("SELECT * { ?s ?p }", 1, 19, "goes wrong"),
        ("SELEC * {}", 1, 1, "Did you mean SELECT?"),
        ("", 1, 1, "Write a query"),
        ("hello", 1, 1, "begins with SELECT, ASK"),
        ("SELECT * {\n ?s ?p ?o", 2, 10, "The { at line 1, column 10 is never closed."),
        ("SELECT * { ?s ?p ?o ] }", 1, 21, "This ] closes nothing"),
        ("SELECT * { '{' ?s nope:x ?o . ?o other:y 1 }", 1, 19, "PREFIX nope:"),
        ("SELECT ?x ?x {}", 1, 16, "Duplicated variable name"),
        ("SELECT (COUNT(?s) AS ?n) ?p { ?s ?p ?o }", 1, 41, "unbound"),
        ("ASK { <a b> ?p ?o }", 1, 15, "goes wrong"),
    ],
)
def test_a_query_that_is_none_is_explained_with_its_place_and_what_to_do(
    store: Store, project: Project, query: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(QueryError) as raised:
        answer_query(store, project, query, MEDIA_TYPES)
    fault = explain_syntax(project, query, raised.value)
    assert (fault.line, fault.column) == (line, column)
    assert words in str(fault)
    assert fault.source == query.split("\n")[line - 1]


def test_a_query_that_is_none_is_an_error_with_its_place(store: Store, project: Project) -> None:
    with pytest.raises(QueryError, match="1:"):
        answer_query(store, project, "SELECT * { ?s ?p }", MEDIA_TYPES)


def test_a_dataset_restricts_the_query_to_its_graphs(store: Store, project: Project) -> None:
    query = "SELECT DISTINCT ?p { ?s ?p ?o }"
    derived = answer_query(store, project, query, [ROWS_JSON], Dataset(default=(f"{BASE}graph/derived",)))
    properties = {row["p"]["value"] for row in json.loads(derived.body)["results"]["bindings"]}
    assert f"{BASE}ontology/record#status" in properties
    assert f"{BASE}ontology/record#speaker" not in properties


def test_a_dataset_of_named_graphs_leaves_the_default_graph_empty(store: Store, project: Project) -> None:
    named = Dataset(named=(f"{BASE}graph/derived",))
    assert b"false" in answer_query(store, project, "ASK { ?s ?p ?o }", [ROWS_JSON], named).body
    assert b"true" in answer_query(store, project, "ASK { GRAPH ?g { ?s ?p ?o } }", [ROWS_JSON], named).body


def test_a_dataset_of_other_graphs_is_refused(store: Store, project: Project) -> None:
    with pytest.raises(RefusedError, match=r"http://elsewhere\.example/"):
        answer_query(store, project, EVERYTHING, MEDIA_TYPES, Dataset(default=("http://elsewhere.example/",)))


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("", ROWS_JSON),
        ("*/*", ROWS_JSON),
        ("text/csv", "text/csv"),
        ("text/turtle;q=0.5, application/rdf+xml", "application/rdf+xml"),
        ("application/json", ROWS_JSON),
        ("text/*", "text/csv"),
        ("*/*;q=0.1, text/tab-separated-values", "text/tab-separated-values"),
    ],
)
def test_the_best_of_what_a_client_accepts_comes_first(header: str, first: str) -> None:
    assert accepted_media_types(parse_accept_header(header, MIMEAccept))[0] == first


def test_what_a_client_excludes_is_not_among_what_it_accepts() -> None:
    accepted = accepted_media_types(parse_accept_header("*/*, text/csv;q=0", MIMEAccept))
    assert "text/csv" not in accepted
    assert len(accepted) == len(MEDIA_TYPES) - 1


def test_every_format_has_a_name_and_every_name_a_format() -> None:
    assert {media_type for types in FORMATS.values() for media_type in types} == set(MEDIA_TYPES)


def test_keywords_are_found_outside_strings_iris_comments_and_names() -> None:
    query = "SELECT ?from { <http://x/service> x:load \"FROM\"@en , '''LOAD''' # FROM\n}"
    assert list(find_keywords(query)) == ["SELECT"]


class Canary:
    """A server on this machine that nobody may call."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(self.path)
                self.send_error(404)

            def do_POST(self) -> None:
                self.do_GET()

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = Thread(target=self.server.serve_forever, daemon=True)


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    canary.thread.start()
    yield canary
    canary.server.shutdown()
    canary.server.server_close()
