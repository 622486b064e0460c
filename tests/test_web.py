"""The server, asked as browsers and programs ask it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef, Variable
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from werkzeug.test import TestResponse

from conftest import TINY, stay_silent
from onrecord.answers import FORMATS
from onrecord.build import gather
from onrecord.project import read_project
from onrecord.publish import publish
from onrecord.web import create_app

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SELECT = "SELECT ?claim { ?claim a rec:Claim } ORDER BY ?claim"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small project, published."""
    folder = tmp_path_factory.mktemp("web") / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))
    record, problems = gather(read_project(folder), stay_silent)
    assert problems == []
    assert record is not None
    publish(record)
    return folder


class Client(FlaskClient):
    """A client that reads every answer to its end, as those over a network do."""

    def open(self, *args: Any, buffered: bool = True, follow_redirects: bool = False, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=True, follow_redirects=follow_redirects, **kwargs)


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    app = create_app(read_project(folder))
    app.test_client_class = Client
    return app.test_client()


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, "/claim/dead-40.html"),
        ("*/*", "/claim/dead-40.html"),
        ("", "/claim/dead-40.html"),
        ("text/turtle", "/claim/dead-40.ttl"),
        ("application/ld+json", "/claim/dead-40.jsonld"),
        ("application/n-triples", "/claim/dead-40.nt"),
        ("application/rdf+xml", "/claim/dead-40.rdf"),
        ("text/html;q=0.5, text/turtle", "/claim/dead-40.ttl"),
        ("text/turtle;q=0.2, application/rdf+xml;q=0.9, */*;q=0.1", "/claim/dead-40.rdf"),
        ("*/*, text/html;q=0", "/claim/dead-40.ttl"),
        ("application/json", "/claim/dead-40.jsonld"),
    ],
)
def test_a_thing_is_answered_with_303_to_the_document_asked_for(
    client: FlaskClient, accept: str, location: str
) -> None:
    answer = client.get("/claim/dead-40", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, location)
    assert "Accept" in answer.headers["Vary"]


def test_a_thing_in_a_form_that_there_is_not_is_answered_with_406_and_what_there_is(client: FlaskClient) -> None:
    answer = client.get("/claim/dead-40", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html"),
        ("/claim/dead-40.html", "text/html"),
        ("/claim/dead-40.ttl", "text/turtle"),
        ("/claim/dead-40.jsonld", "application/ld+json"),
        ("/claim/dead-40.nt", "application/n-triples"),
        ("/claim/dead-40.rdf", "application/rdf+xml"),
        ("/dumps/record.ttl", "text/turtle"),
        ("/dumps/record.trig", "application/trig"),
        ("/dumps/record.nq", "application/n-quads"),
        ("/assets/style.css", "text/css"),
    ],
)
def test_a_document_is_answered_with_its_media_type(client: FlaskClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert len(answer.data) > 100


@pytest.mark.parametrize("path", ["/claim/none", "/../onrecord.toml", "/%2e%2e/onrecord.toml", "/id/", "/claim"])
def test_what_there_is_not_is_answered_with_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert "<h1>Not Found</h1>" in client.get(path, headers={"Accept": BROWSER}).text


def test_the_endpoint_takes_a_query_in_the_three_ways_of_the_protocol(client: FlaskClient) -> None:
    answers = [
        client.get("/sparql", query_string={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", data=SELECT, content_type="application/sparql-query"),
    ]
    assert {answer.mimetype for answer in answers} == {"application/sparql-results+json"}
    assert len({answer.data for answer in answers}) == 1
    assert b"/claim/dead-40" in answers[0].data


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv", "text/csv"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv, text/html;q=0.5", "text/csv"),
        (BROWSER, "text/html"),
    ],
)
def test_the_endpoint_answers_in_the_form_asked_for(client: FlaskClient, accept: str, media_type: str) -> None:
    answer = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, media_type)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_browser_can_ask_for_a_form_in_the_address(client: FlaskClient, form: str) -> None:
    answer = client.get("/sparql", query_string={"query": SELECT, "format": form}, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert answer.mimetype in FORMATS[form]


@pytest.mark.parametrize(
    ("request_of", "status", "words"),
    [
        ({"query": "SELECT * {"}, 400, "not a SPARQL query"),
        ({"query": "SELECT * { ?s nope:p ?o }"}, 400, "the prefix nope:."),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, 403, "SERVICE is refused"),
        ({"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"}, 403, "file:///etc/passwd"),
        ({"query": "INSERT DATA { :a :b :c }"}, 403, "read-only"),
        ({"query": SELECT, "format": "ttl"}, 406, "text/csv"),
        ({"query": SELECT, "format": "pdf"}, 406, "json"),
        ({"query": SELECT, "default-graph-uri": "http://x.example/"}, 403, "http://x.example/"),
        ({}, 400, "query="),
    ],
)
def test_what_cannot_be_answered_is_explained(
    client: FlaskClient, request_of: dict[str, str], status: int, words: str
) -> None:
    answer = client.get("/sparql", query_string=request_of)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(client: FlaskClient) -> None:
    answer = client.put("/sparql", data="x")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_the_page_of_another_host_may_ask_whether_it_may_post_a_query(client: FlaskClient) -> None:
    answer = client.options("/sparql", headers={"Origin": "http://x.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_a_query_posted_in_another_form_is_refused_naming_those_that_are_taken(client: FlaskClient) -> None:
    answer = client.post("/sparql", json={"query": SELECT})
    assert answer.status_code == 415
    assert "application/sparql-query" in answer.text


def test_two_queries_at_once_are_refused(client: FlaskClient) -> None:
    assert client.get("/sparql?query=ASK{}&query=ASK{}").status_code == 400


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("CONSTRUCT { <http://a/a> <http://a/b> <<( <http://a/a> <http://a/b> <http://a/c> )>> } {}", "jsonld"),
        ("SELECT (<http://x/f>(1) AS ?x) {}", "json"),
    ],
)
def test_what_the_engine_cannot_answer_is_a_mistake_of_the_query(client: FlaskClient, query: str, form: str) -> None:
    assert client.get("/sparql", query_string={"query": query, "format": form}).status_code == 400


@pytest.mark.parametrize(
    "body", [{"data": {"update": "CLEAR ALL"}}, {"data": "CLEAR ALL", "content_type": "application/sparql-update"}]
)
def test_updates_are_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = client.post("/sparql", **body)
    assert answer.status_code == 403
    assert "read-only" in answer.text


def test_a_browser_without_a_query_gets_the_query_page(client: FlaskClient) -> None:
    answer = client.get("/sparql", headers={"Accept": BROWSER})
    assert answer.mimetype == "text/html"
    assert "<textarea" in answer.text


def test_a_browser_gets_an_answer_as_a_table_whose_links_stay_on_the_site(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": BROWSER}).text
    assert '<a href="claim/dead-40.html">claim:dead-40</a>' in page


def test_a_browser_gets_an_error_as_a_page_that_keeps_the_query(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": "SELECT <b> {"}, headers={"Accept": BROWSER})
    assert answer.status_code == 400
    assert "SELECT &lt;b&gt; {" in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK{}", "/claim/dead-40", "/none"])
def test_every_answer_forbids_scripts_and_other_hosts(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of `onrecord serve`, run as a user runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "onrecord", "serve", "--project", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/")
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def test_the_served_site_answers_a_sparql_client(address: str) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql", returnFormat="json"))
    rows = graph.query("PREFIX rec: <https://weir.example/ontology/record#> SELECT ?c { ?c a rec:Claim }")
    assert URIRef("https://weir.example/claim/dead-40") in {binding[Variable("c")] for binding in rows.bindings}


def test_the_served_site_answers_a_linked_data_client(address: str) -> None:
    graph = Graph().parse(f"{address}/claim/dead-40")
    assert (URIRef("https://weir.example/claim/dead-40"), None, None) in graph


def test_the_served_site_links_to_no_other_host_for_what_it_shows(address: str) -> None:
    page = urllib.request.urlopen(f"{address}/", timeout=5).read().decode()
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', page)
    assert loaded
    assert not [target for target in loaded if "//" in target]
