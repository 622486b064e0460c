"""The server, asked as browsers and programs ask it."""

from __future__ import annotations

import gzip
import html
import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import brotli
import pytest
from rdflib import Graph, URIRef

from onrecord.answers import FORMATS
from onrecord.store import RESULT_FORMATS
from served import BROWSER, FORM, Server, links_of, publish_tiny, serving

SELECT = "SELECT ?claim { ?claim a rec:Claim } ORDER BY ?claim"
HTML, PROBLEM = "text/html", "application/problem+json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_tiny(tmp_path_factory.mktemp("web") / "tiny")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder, folder.parent / "log") as server:
        yield server


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        (BROWSER, "/claim/dead-40.html"),
        ("*/*", "/claim/dead-40.html"),
        (None, "/claim/dead-40.html"),
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
    server: Server, accept: str | None, location: str
) -> None:
    answer = server.get("/claim/dead-40", accept)
    assert (answer.status, answer.headers["Location"]) == (303, location)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/search?q=mill", "/search.html?q=mill"),
        ("/search?q=%C3%A9+b&x=%25", "/search.html?q=%C3%A9+b&x=%25"),
        ("/claim/dead-40?", "/claim/dead-40.html"),
    ],
)
def test_what_was_asked_goes_along_where_an_address_leads_elsewhere(server: Server, asked: str, location: str) -> None:
    answer = server.get(asked, BROWSER)
    assert (answer.status, answer.headers["Location"]) == (303, location)


def test_a_thing_in_a_form_that_there_is_not_is_answered_with_406_and_what_there_is(server: Server) -> None:
    answer = server.get("/claim/dead-40", "image/png")
    assert answer.status == 406
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
    ],
)
def test_a_document_is_answered_with_its_media_type(server: Server, path: str, media_type: str) -> None:
    answer = server.get(path)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert len(answer.body) > 100


@pytest.mark.parametrize(
    "path", ["/claim/none", "/../onrecord.toml", "/%2e%2e/onrecord.toml", "/id/", "/claim", "//etc/passwd", "/%00"]
)
def test_what_there_is_not_is_answered_with_404(server: Server, path: str) -> None:
    assert server.get(path).status == 404
    assert "<h1>Not Found</h1>" in server.get(path, BROWSER).text


@pytest.mark.parametrize("path", ["/claim/dead-40.ttl", "/sparql?query=ASK{}"])
def test_head_is_answered_like_get_without_the_body(server: Server, path: str) -> None:
    whole, head = server.get(path), server.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/claim/dead-40.ttl", "/dumps/record.nq", "/sparql?query=ASK{}"])
def test_what_a_client_already_has_is_answered_with_304(server: Server, path: str) -> None:
    etag = server.get(path).headers["ETag"]
    again = server.get(path, If_None_Match=f'"other", {etag}')
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert server.get(path, If_None_Match='"other"').status == 200


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
@pytest.mark.parametrize("path", ["/claim/dead-40.html", "/sparql?query=SELECT*%7B?s?p?o%7D"])
def test_an_answer_is_compressed_for_who_reads_that(server: Server, path: str, coding: str, unpack: object) -> None:
    plain, packed = server.get(path), server.get(path, Accept_Encoding=coding)
    assert packed.headers["Content-Encoding"] == coding
    assert callable(unpack)
    assert unpack(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("encodings", ["", "identity", "gzip;q=0", "deflate", "*;q=0"])
def test_an_answer_is_not_compressed_for_who_does_not_read_that(server: Server, encodings: str) -> None:
    assert server.get("/claim/dead-40.html", Accept_Encoding=encodings).headers["Content-Encoding"] is None


def test_a_part_of_a_file_can_be_had(server: Server) -> None:
    whole = server.get("/dumps/record.nq")
    part = server.get("/dumps/record.nq", Range="bytes=10-19")
    assert (part.status, part.body) == (206, whole.body[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.body)}"
    assert server.get("/dumps/record.nq", Range=f"bytes={len(whole.body)}-").status == 416
    assert server.get("/dumps/record.nq", Range="bytes=-10").body == whole.body[-10:]
    assert server.get("/dumps/record.nq", Range="bytes=-99999999").body == whole.body
    assert server.get("/dumps/record.nq", Range="bytes=0-1,5-6").body == whole.body


@pytest.mark.parametrize("path", ["/claim/dead-30", "/claim/dead-30.html", "/claim/dead-30.ttl"])
def test_a_withdrawn_claim_is_answered_with_410_and_the_reason(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.status == 410
    assert json.loads(answer.body)["detail"] == "Withdrawn on 2001-02-03: Read from a misprint."
    assert "Read from a misprint." in server.get(path, BROWSER).text


@pytest.mark.parametrize("extension", ["", ".html", ".ttl"])
def test_a_renamed_thing_leads_to_its_other_name(server: Server, extension: str) -> None:
    answer = server.get(f"/id/mill-of-harle{extension}")
    assert (answer.status, answer.headers["Location"]) == (301, f"/id/harle-mill{extension}")


def test_the_static_site_tells_what_was_withdrawn_and_renamed(folder: Path) -> None:
    public = folder / "site" / "public"
    withdrawn = (public / "claim" / "dead-30.html").read_text()
    assert "Withdrawn on 2001-02-03: Read from a misprint." in withdrawn
    assert 'another name now: <a href="../id/harle-mill.html"' in (public / "id" / "mill-of-harle.html").read_text()


def test_the_endpoint_takes_a_query_in_the_three_ways_of_the_protocol(server: Server) -> None:
    answers = [
        server.query(SELECT),
        server.post({"query": SELECT}),
        server.post(SELECT.encode(), "application/sparql-query"),
        server.post(SELECT.encode(), "application/sparql-query; charset=utf-8"),
    ]
    assert {answer.media_type for answer in answers} == {"application/sparql-results+json"}
    assert len({answer.body for answer in answers}) == 1
    assert b"/claim/dead-40" in answers[0].body


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
def test_the_endpoint_answers_in_the_form_asked_for(server: Server, accept: str, media_type: str) -> None:
    answer = server.query(SELECT, accept)
    assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv", "JSON"])
def test_a_browser_can_ask_for_a_form_in_the_address(server: Server, form: str) -> None:
    answer = server.query(SELECT, BROWSER, format=form)
    assert answer.status == 200
    assert answer.media_type in FORMATS[form.lower()]


@pytest.mark.parametrize(
    ("parameters", "status", "words"),
    [
        ({"query": "SELECT * {"}, 400, "not a SPARQL query"),
        ({"query": "SELECT * { ?s nope:p ?o }"}, 400, "the prefix nope: at line 1, column 15"),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, 403, "SERVICE is refused"),
        ({"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"}, 403, "file:///etc/passwd"),
        ({"query": "INSERT DATA { :a :b :c }"}, 403, "read-only"),
        ({"query": SELECT, "format": "ttl"}, 406, "text/csv"),
        ({"query": SELECT, "format": "pdf"}, 406, "json"),
        ({"query": SELECT, "default-graph-uri": "http://x.example/"}, 403, "http://x.example/"),
        ({"format": "json"}, 400, "query="),
        ({"query": ""}, 400, "Write a query"),
    ],
)
@pytest.mark.parametrize(
    ("accept", "media_type"), [("*/*", PROBLEM), ("text/csv", PROBLEM), ("text/plain", "text/plain"), (BROWSER, HTML)]
)
def test_what_cannot_be_answered_is_explained_in_the_form_that_the_client_reads(
    server: Server, parameters: dict[str, str], status: int, words: str, accept: str, media_type: str
) -> None:
    answer = server.get(f"/sparql?{urlencode(parameters)}", accept)
    assert (answer.status, answer.media_type) == (status, media_type)
    assert words in html.unescape(answer.text)
    assert "Traceback" not in answer.text


def test_a_malformed_query_is_answered_with_its_place_its_line_and_a_hint(server: Server) -> None:
    problem = json.loads(server.query("SELECT * {\n  ?s rek:claim ?o\n}").body)
    assert problem["status"] == 400
    assert (problem["line"], problem["column"], problem["source"]) == (2, 6, "  ?s rek:claim ?o")
    assert problem["hint"].startswith("Did you mean rec:?")


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(server: Server) -> None:
    answer = server.ask("PUT", "/sparql", b"x")
    assert answer.status == 405
    assert "POST" in answer.headers["Allow"]
    assert server.ask("POST", "/claim/dead-40", b"x").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_the_page_of_another_host_may_ask_whether_it_may_post_a_query(server: Server) -> None:
    headers = {"Origin": "http://x.example", "Access-Control-Request-Method": "POST"}
    answer = server.ask("OPTIONS", "/sparql", headers=headers)
    assert answer.status == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Credentials"] is None


def test_a_query_posted_in_another_form_is_refused_naming_those_that_are_taken(server: Server) -> None:
    answer = server.post(b'{"query": "ASK {}"}', "application/json")
    assert answer.status == 415
    assert "application/sparql-query" in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "several queries"),
        ("/sparql?query=%FF", "UTF-8"),
        ("/sparql?" + "&".join(f"a{i}=1" for i in range(1001)), "1000 parameters"),
    ],
)
def test_a_request_that_is_none_of_the_protocol_is_explained(server: Server, path: str, words: str) -> None:
    answer = server.get(path)
    assert answer.status == 400
    assert words in answer.text


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("CONSTRUCT { <http://a/a> <http://a/b> <<( <http://a/a> <http://a/b> <http://a/c> )>> } {}", "jsonld"),
        ("CONSTRUCT { <a:b> <http://x/1> 2 } {}", "rdf"),
        ('CONSTRUCT { <a:b> rec:statement "a\\u0001b" } {}', "rdf"),
        ('SELECT ("a\\u0001b" AS ?x) {}', "xml"),
        ('SELECT ("\\uFFFE" AS ?x) {}', "xml"),
    ],
)
def test_what_a_form_cannot_hold_is_refused_and_had_in_another(server: Server, query: str, form: str) -> None:
    answer = server.query(query, format=form)
    assert (answer.status, answer.media_type) == (406, "application/problem+json")
    assert "another format" in answer.text
    assert server.query(query, "application/sparql-results+json, text/turtle").status == 200


def test_what_the_engine_cannot_answer_is_a_mistake_of_the_query(server: Server) -> None:
    assert server.query("SELECT (<http://x/f>(1) AS ?x) {}", format="json").status == 400


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("application/json", "application/ld+json"), ("application/xml", "application/rdf+xml")],
)
def test_triples_come_in_what_a_general_type_stands_for(server: Server, accept: str, media_type: str) -> None:
    answer = server.query("DESCRIBE claim:dead-40", accept)
    assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Content-Type", "application/sparql-query; charset=UTF-8", 200),
        ("Content-Type", "application/sparql-query; charset=iso-8859-1", 415),
        ("Content-Encoding", "gzip", 415),
        ("Content-Encoding", "identity", 200),
    ],
)
def test_a_body_in_another_coding_is_not_taken_for_a_query(server: Server, name: str, value: str, status: int) -> None:
    headers = {"Content-Type": "application/sparql-query", name: value}
    assert server.ask("POST", "/sparql", b"ASK {}", headers).status == status


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [("1.1", 0, b"400"), ("1.1", 1, b"200"), ("1.1", 2, b"400"), ("1.0", 0, b"200")],
)
def test_a_request_says_in_one_header_which_host_it_asks(
    server: Server, version: str, hosts: int, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        lines = [f"GET /index.html HTTP/{version}", *["Host: 127.0.0.1"] * hosts, "Connection: close", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        assert connection.makefile("rb").readline().split()[1] == status


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"update=CLEAR+ALL", FORM), (b"CLEAR ALL", "application/sparql-update")]
)
def test_updates_are_refused(server: Server, body: bytes, content_type: str) -> None:
    answer = server.post(body, content_type)
    assert answer.status == 403
    assert "read-only" in answer.text


def test_a_browser_without_a_query_gets_the_query_page(server: Server) -> None:
    answer = server.get("/sparql", BROWSER)
    assert answer.media_type == "text/html"
    assert "<textarea" in answer.text


def test_a_browser_gets_an_answer_as_a_table_whose_links_stay_on_the_site(server: Server) -> None:
    assert '<a href="claim/dead-40.html">claim:dead-40</a>' in server.query(SELECT, BROWSER).text


def test_a_browser_gets_an_error_as_a_page_that_keeps_the_query_and_shows_the_place(server: Server) -> None:
    answer = server.query("SELECT <b> {", BROWSER)
    assert answer.status == 400
    assert "SELECT &lt;b&gt; {</textarea>" in answer.text
    assert 'role="alert"' in answer.text
    assert re.search(r"SELECT &lt;b&gt; \{\n +\^", answer.text)


@pytest.mark.parametrize("path", ["/", "/sparql?query=ASK{}", "/claim/dead-40", "/none", "/sparql?query=nonsense"])
def test_every_answer_forbids_scripts_and_other_hosts(server: Server, path: str) -> None:
    headers = server.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_the_log_has_a_line_for_each_request_without_the_clients_address(server: Server) -> None:
    server.query(SELECT, "text/csv")
    server.get("/claim/none%0Aforged")
    time.sleep(1.2)
    log = server.log.read_text()
    assert re.search(r"^GET /sparql 200 [\d.]+ ms \d+ rows$", log, re.MULTILINE)
    assert re.search(r"^GET /claim/none%0Aforged 404 [\d.]+ ms$", log, re.MULTILINE)
    assert "127.0.0.1:" not in log.partition("stop with")[2]


FORGED = """SELECT ?x ?y {} VALUES (?x ?y) { ("}},{" UNDEF) ("\\r\\n" UNDEF) (UNDEF UNDEF) }"""


def test_the_log_tells_how_many_rows_there_are_whatever_is_in_them(server: Server) -> None:
    told = {FORGED: " 3 rows", "ASK { ?forged a ?row }": "", "CONSTRUCT WHERE { ?forged a rec:Claim }": ""}
    asked = [(query, accept) for query in told for accept in (*RESULT_FORMATS, BROWSER)]
    time.sleep(1.2)
    before = len(server.log.read_text())
    for query, accept in asked:
        assert server.query(query, f"{accept}, text/turtle;q=0.1").status == 200
    time.sleep(1.2)
    lines = server.log.read_text()[before:].splitlines()
    assert [line.partition(" ms")[2] for line in lines] == [told[query] for query, _ in asked]


def test_a_linked_data_client_gets_the_data_of_a_thing(server: Server) -> None:
    graph = Graph().parse(f"{server.address}/claim/dead-40")
    assert (URIRef("https://weir.example/claim/dead-40"), None, None) in graph


def test_the_served_site_links_to_no_other_host_for_what_it_shows(server: Server) -> None:
    loaded = links_of(server.get("/").text)
    assert loaded
    assert not [target for target in loaded if "//" in target]


def test_a_tag_stands_for_one_representation(server: Server) -> None:
    tags = {server.get("/sparql", accept).headers["ETag"] for accept in (BROWSER, "text/turtle", "application/rdf+xml")}
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("query", "status"), [("garbage {", 400), ("SELECT * { SERVICE <a:b> {} }", 403), ("INSERT DATA {}", 403)]
)
def test_no_condition_hides_that_a_query_is_refused(server: Server, query: str, status: int) -> None:
    assert server.get(f"/sparql?{urlencode({'query': query})}", If_None_Match="*").status == status


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv; charset=utf-8", "text/csv"),
        ("application/sparql-results+json;charset=UTF-8", "application/sparql-results+json"),
        ("text/html;charset=utf-8", "text/html"),
        ("application/json, text/html;q=0.1", "application/sparql-results+json"),
        ("application/xml, text/html;q=0.1", "application/sparql-results+xml"),
    ],
)
def test_the_parameters_of_a_media_type_keep_nobody_from_an_answer(
    server: Server, accept: str, media_type: str
) -> None:
    answer = server.query(SELECT, accept)
    assert (answer.status, answer.media_type) == (200, media_type)


def test_a_part_of_another_file_than_the_client_has_is_not_sent(server: Server) -> None:
    etag = server.get("/dumps/record.nq").headers["ETag"]
    assert server.get("/dumps/record.nq", Range="bytes=0-9", If_Range=etag).status == 206
    assert server.get("/dumps/record.nq", Range="bytes=0-9", If_Range='"other"').status == 200
    assert server.get("/dumps/record.nq", Range="bytes=0-9", If_None_Match=etag).status == 304


def test_blank_nodes_that_a_query_makes_have_no_tag(server: Server) -> None:
    query = "CONSTRUCT { [] a ?type } { claim:dead-40 a ?type }"
    assert server.query(query, "text/turtle").headers["ETag"] is None
