"""The downloads: every form says the same, and the descriptions say what is there."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from frictionless import Package
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, VOID

from conftest import TINY
from onrecord.build import finish
from onrecord.checks import Draft
from onrecord.dumps import DUMPS, SUMS
from onrecord.inventory import SD, SPDX
from onrecord.nanopublications import NP
from onrecord.pages import MISSING
from onrecord.project import read_project
from onrecord.publish import render_site
from onrecord.tables import TABLES, Table
from served import BROWSER, Server, publish_tiny, serving

BASE = "https://onrecord.example/"
REC = Namespace(f"{BASE}ontology/record#")
UNION, WHOLE = ("dumps/record.ttl", "dumps/record.rdf"), ("dumps/record.trig", "dumps/record.nq", "dumps/record.jsonld")
PARSERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files(flagship: Draft) -> Files:
    """The files of the site of the record of this repository."""
    return dict(render_site(finish(flagship.record)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = publish_tiny(tmp_path_factory.mktemp("downloads") / "tiny")
    with serving(folder, folder.parent / "log") as server:
        yield server


def quads_of(files: Files, path: str) -> ox.Dataset:
    """The statements of a dump, as an engine of its own reads them, with canonical blank nodes."""
    read = ox.Dataset(ox.parse(files[path], format=PARSERS[path.rpartition(".")[2]]))
    read.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return read


@pytest.mark.parametrize("forms", [UNION, WHOLE])
def test_a_dump_says_the_same_in_every_form(files: Files, forms: tuple[str, ...]) -> None:
    first, *others = (quads_of(files, form) for form in forms)
    assert len(first) > 20_000
    assert all(other == first for other in others)


def test_the_graphs_in_one_are_those_of_the_dataset_less_the_viewpoints(files: Files) -> None:
    shown = (quad for quad in quads_of(files, WHOLE[0]) if "/view/" not in str(quad.graph_name))
    whole = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in shown)
    whole.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert whole == quads_of(files, UNION[0])


def test_the_counts_of_the_page_are_those_of_the_files(files: Files) -> None:
    told = re.findall(r'<a href="(dumps/[\w.]+)"[^>]*>dumps.*?<td[^>]*>(\d+)</td></tr>', files["data.html"].decode())
    assert len(told) == len(DUMPS)
    for path, count in told:
        assert int(count) == len(set(ox.parse(files[path], format=PARSERS[path.rpartition(".")[2]])))


def test_the_n_quads_are_canonical(files: Files) -> None:
    lines = files["dumps/record.nq"].decode().splitlines(keepends=True)
    assert lines == sorted(f"{quad} .\n" for quad in quads_of(files, "dumps/record.nq"))


def test_each_dump_is_there_compressed_too(files: Files) -> None:
    for path, *_ in DUMPS:
        assert gzip.decompress(files[f"{path}.gz"]) == files[path]


def test_the_sums_are_those_of_the_files(files: Files, tmp_path: Path) -> None:
    dumps = {path: body for path, body in files.items() if path.startswith("dumps/")}
    for path, body in dumps.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(body)
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    checked = subprocess.run(command, cwd=tmp_path / "dumps", capture_output=True, text=True, check=True)
    assert checked.stdout.count(": OK") == len(dumps) - 1


def test_one_hash_stands_for_the_record_wherever_it_is_named(files: Files) -> None:
    digest = hashlib.sha256(files["dumps/record.nq"]).hexdigest()
    assert json.loads(files["version.json"])["dataset_hash"] == digest
    assert f"{digest}  record.nq" in files[SUMS].decode()
    for path in ("void.ttl", "service.ttl", "data.html"):
        assert digest in files[path].decode()


def test_the_hash_of_the_record_stands_in_every_entity_tag(server: Server) -> None:
    digest = json.loads(server.get("/version.json").body)["dataset_hash"]
    for path in ("/", "/dumps/record.nq", "/sparql?query=ASK%7B%7D", "/sparql"):
        assert server.get(path).headers["ETag"].startswith(f'"{digest[:16]}-')


def test_the_dataset_is_described_with_its_counts(files: Files) -> None:
    described = Graph().parse(data=files["void.ttl"], format="turtle")
    dataset = URIRef(f"{BASE}void#dataset")
    union = quads_of(files, UNION[0])
    assert described.value(dataset, VOID.triples) == Literal(len(union))
    assert described.value(dataset, VOID.distinctSubjects) == Literal(len({q.subject for q in union}))
    graphs = Counter(q.graph_name.value for q in quads_of(files, WHOLE[0]) if isinstance(q.graph_name, ox.NamedNode))
    told = {str(s): int(str(o)) for s, o in described.subject_objects(VOID.triples) if s != dataset}
    assert told == graphs


def test_each_distribution_is_a_file_of_its_size_and_sum(files: Files) -> None:
    described = Graph().parse(data=files["void.ttl"], format="turtle")
    distributions = list(described.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) == len(DUMPS)
    for one in distributions:
        body = files[str(described.value(one, DCAT.downloadURL)).removeprefix(BASE)]
        assert described.value(one, DCAT.byteSize) == Literal(
            len(body), datatype="http://www.w3.org/2001/XMLSchema#nonNegativeInteger"
        )
        checksum = described.value(described.value(one, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum).lower() == hashlib.sha256(body).hexdigest()


def test_every_graph_has_its_licence_and_the_one_that_quotes_says_so(files: Files) -> None:
    described = Graph().parse(data=files["void.ttl"], format="turtle")
    graphs = [graph for graph in described.subjects(RDF.type, VOID.Dataset) if "graph/" in str(graph)]
    assert len(graphs) > 20
    terms = Namespace("http://purl.org/dc/terms/")
    assert all((graph, terms.license, None) in described for graph in graphs)
    assert "publishers'" in str(described.value(URIRef(f"{BASE}graph/evidence"), terms.rights))


def test_the_service_description_tells_the_graphs_and_the_formats(files: Files) -> None:
    described = Graph().parse(data=files["service.ttl"], format="turtle")
    (service,) = described.subjects(RDF.type, SD.Service)
    assert described.value(service, SD.endpoint) == URIRef(f"{BASE}sparql")
    assert len(list(described.objects(service, SD.resultFormat))) == 10
    graphs = {str(name) for name in described.objects(None, SD.name)}
    assert graphs == {q.graph_name.value for q in quads_of(files, WHOLE[0]) if isinstance(q.graph_name, ox.NamedNode)}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_says_the_same_as_csv_and_as_parquet(files: Files, table: Table) -> None:
    name = table.name
    rows = list(csv.DictReader(StringIO(files[f"dumps/{name}.csv"].decode(), newline="")))
    columns = pq.read_table(BytesIO(files[f"dumps/{name}.parquet"])).to_pylist()
    assert len(rows) == len(columns) > 0
    for row, other in zip(rows, columns, strict=True):
        assert list(row) == list(other)
        for cell, value in zip(row.values(), other.values(), strict=True):
            same = {"true": True, "false": False, "": None}.get(cell, cell)
            assert value == same or float(str(value)) == float(cell)


def test_the_data_package_is_valid(files: Files, tmp_path: Path) -> None:
    for path, body in files.items():
        if path.startswith("dumps/"):
            (tmp_path / path.removeprefix("dumps/")).write_bytes(body)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.to_summary()
    assert len(report.tasks) == len(TABLES)


def test_the_quoted_words_are_marked_as_the_publishers(files: Files) -> None:
    package = json.loads(files["dumps/datapackage.json"])
    fields = {field["name"]: field["rights"] for field in package["resources"][0]["schema"]["fields"]}
    assert "publishers'" in fields["quote"]
    assert fields["speaker"] == "https://creativecommons.org/licenses/by/4.0/"


def test_there_is_a_row_for_each_attribution_with_the_words_it_rests_on(flagship: Draft, files: Files) -> None:
    rows = list(csv.DictReader(StringIO(files["dumps/attributions.csv"].decode(), newline="")))
    attributions = {str(s.subject) for s in flagship.record.statements if s[1:3] == (RDF.type, REC.Attribution)}
    assert {row["attribution"] for row in rows} == attributions
    row = next(row for row in rows if row["attribution"].endswith("/003/az-dead-50/az-mod/asserts/88"))
    assert (row["stance"], row["quantity"], row["as_printed"]) == ("asserts", "50", "Fifty")
    assert row["quote"].startswith("Fifty Azerbaijani soldiers were killed")
    assert row["side_name"] == "Azerbaijan"


def test_each_attribution_is_a_well_formed_nanopublication(flagship: Draft, files: Files) -> None:
    """nanopub.org guidelines, section 4: four graphs, linked by the head, of which none is empty."""
    store = ox.Store()
    store.load(files["dumps/nanopublications.trig"], format=ox.RdfFormat.TRIG)
    query = f"""PREFIX np: <{NP}> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT DISTINCT ?whole {{
            GRAPH ?head {{ ?whole a np:Nanopublication ; np:hasAssertion ?a ; np:hasProvenance ?p ;
                np:hasPublicationInfo ?i }}
            GRAPH ?a {{ ?s ?x ?o }} GRAPH ?p {{ ?a prov:wasAttributedTo ?speaker }} GRAPH ?i {{ ?whole ?y ?z }}
            FILTER(?head != ?a && ?head != ?p && ?head != ?i && ?a != ?p && ?a != ?i && ?p != ?i) }}"""
    found = store.query(query)
    attributions = [s for s in flagship.record.statements if s[1:3] == (RDF.type, REC.Attribution)]
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) == len(attributions) == 338
    assert len(list(store.named_graphs())) == 4 * 338


def test_rdf_1_2_reifies_what_is_claimed_without_asserting_it(flagship: Draft, files: Files) -> None:
    triples = set(ox.parse(files["dumps/rdf12.ttl"], format=ox.RdfFormat.TURTLE))
    reified = {(str(one.subject), one.object) for one in triples if isinstance(one.object, ox.Triple)}
    event, kind = (
        ox.NamedNode(f"{BASE}id/attack-on-armenian-positions"),
        ox.NamedNode(f"{BASE}ontology/conflict#Shelling"),
    )
    shelling = ox.Triple(event, ox.NamedNode(str(RDF.type)), kind)
    claims = {f"<{s.subject}>" for s in flagship.record.statements if s[1:3] == (RDF.type, REC.Claim)}
    assert any(triple == shelling for _, triple in reified)
    assert shelling not in triples
    assert {claim for claim, _ in reified} <= claims


def test_a_viewpoint_tells_in_plain_triples_what_one_side_alone_says(files: Files) -> None:
    graphs: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for quad in ox.parse(files["dumps/record.nq"], format=ox.RdfFormat.N_QUADS):
        graphs[str(quad.graph_name).strip("<>").removeprefix(BASE)].add(
            (str(quad.subject), str(quad.predicate), str(quad.object))
        )
    armenia, azerbaijan = graphs["graph/view/armenia"], graphs["graph/view/azerbaijan"]
    assert armenia and azerbaijan
    shelling = (f"<{BASE}id/attack-on-armenian-positions>", f"<{RDF.type}>", f"<{BASE}ontology/conflict#Shelling>")
    assert shelling in armenia
    assert shelling not in azerbaijan
    assert not any(shelling in graph for name, graph in graphs.items() if not name.startswith("graph/view/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ASK { ?o a rec:Occurrence ; rec:hasRole ?r }", b"false"),
        ("ASK { GRAPH ?g { ?o a rec:Occurrence ; rec:hasRole ?r } }", b"true"),
        ("ASK FROM <graph/view/anglers-club> { ?o a rec:Occurrence ; rec:hasRole ?r }", b"true"),
    ],
)
def test_a_viewpoint_answers_only_when_it_is_named(server: Server, query: str, found: bytes) -> None:
    assert found in server.query(query).body


def test_the_endpoint_holds_as_much_as_the_dumps(server: Server) -> None:
    told = Graph().parse(data=server.get("/void.ttl").body, format="turtle")
    count = json.loads(server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body)["results"]["bindings"][0]["n"][
        "value"
    ]
    assert str(told.value(URIRef("https://weir.example/void#dataset"), VOID.triples)) == count
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    rows = list(csv.DictReader(StringIO(server.query(query, "text/csv").text)))
    assert {row["g"]: row["n"] for row in rows} == {
        str(s): str(o) for s, o in told.subject_objects(VOID.triples) if not str(s).endswith("#dataset")
    }


@pytest.mark.parametrize(
    ("path", "accept", "location"),
    [
        ("/.well-known/void", "text/turtle", "/void.ttl"),
        ("/.well-known/void", "application/ld+json", "/void.jsonld"),
        ("/.well-known/void", None, "/void.ttl"),
        ("/service", "application/rdf+xml", "/service.rdf"),
    ],
)
def test_the_descriptions_are_found_where_programs_look(
    server: Server, path: str, accept: str | None, location: str
) -> None:
    answer = server.get(path, accept)
    assert (answer.status, answer.headers["Location"]) == (303, location)
    form = PARSERS[location.rpartition(".")[2]]
    assert len(list(ox.parse(server.get(location).body, format=form))) > 50


def test_crawlers_are_kept_from_the_answers_and_led_to_the_pages(files: Files) -> None:
    robots = files["robots.txt"].decode()
    assert "Disallow: /sparql?" in robots
    assert f"Sitemap: {BASE}sitemap.xml" in robots
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    listed = [one.text for one in ET.fromstring(files["sitemap.xml"]).iter(f"{space}loc")]
    pages = [f"{BASE}{path}" for path in files if path.endswith(".html") and path != MISSING]
    assert sorted(listed, key=str) == sorted(pages)


def test_search_engines_find_the_downloads_in_their_own_words(files: Files) -> None:
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', files["data.html"].decode())
    assert block
    told = json.loads(block[1])
    assert told["@type"] == "Dataset"
    assert {one["contentUrl"].removeprefix(BASE) for one in told["distribution"]} == {path for path, *_ in DUMPS}


def test_one_version_stands_everywhere(files: Files) -> None:
    version = read_project(TINY.parents[1]).version
    assert json.loads(files["version.json"])["version"] == version
    assert f"onrecord, version {version}:" in files["index.html"].decode()
    for path in ("void.ttl", "service.ttl"):
        assert f'dcat:version "{version}"' in files[path].decode()


def test_a_browser_gets_the_query_page_at_the_endpoint(server: Server) -> None:
    assert "<textarea" in server.get("/sparql", BROWSER).text


def test_a_large_dump_is_sent_as_it_was_compressed(server: Server) -> None:
    answer = server.get("/dumps/record.nq", Accept_Encoding="gzip")
    assert gzip.decompress(answer.body) == server.get("/dumps/record.nq").body


@pytest.mark.parametrize(
    ("accept", "path"), [("application/rdf+xml", "service.rdf"), (None, "service.ttl"), ("*/*", "service.ttl")]
)
def test_the_endpoint_describes_itself_where_nothing_is_asked(server: Server, accept: str | None, path: str) -> None:
    answer = server.get("/sparql", accept)
    assert (answer.status, answer.headers["Content-Location"]) == (200, f"/{path}")
    assert answer.body == server.get(f"/{path}").body
    assert server.get("/sparql", "image/png").status == 406
