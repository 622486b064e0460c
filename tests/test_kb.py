"""The record as Python programs get it."""

from __future__ import annotations

import copy as copying
import doctest
import pickle
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph
from rdflib.compare import isomorphic

import onrecord
from conftest import ROOT, TINY, stay_silent
from onrecord.build import draft_record
from onrecord.dumps import FOLDER, STORE_DUMP
from onrecord.fingerprint import VERSION_FILE
from onrecord.project import ProjectError, read_project
from onrecord.publish import publish
from onrecord.published import Published, UnpublishedError
from onrecord.rows import Row, Rows
from onrecord.scaffold import create_project
from onrecord.store import EvaluationError, QueryError, RefusedError
from onrecord.viewpoints import find_viewpoints

DEAD = "SELECT ?dead ?claim { ?claim rec:quantity ?dead } ORDER BY ?dead"
PAGE = (ROOT / "docs/python.md").read_text(encoding="utf-8")


def build(folder: Path, base: str | None = None) -> Path:
    """Publish a project, without checking it."""
    record = draft_record(read_project(folder, base), stay_silent).record
    publish(replace(record, views=find_viewpoints(record)))
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "tiny"
    return build(Path(shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))))


@pytest.fixture(scope="module")
def kb(built: Path) -> Published:
    return onrecord.open(built)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The same, opened where it has a store on disk and no dumps."""
    folder = tmp_path_factory.mktemp("large") / "tiny"
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onrecord.publish.LARGE", 1)
        build(folder)
    shutil.rmtree(folder / "site/public" / FOLDER)
    return onrecord.open(folder)


def value(kb: Published, expression: str) -> Any:
    """What an expression is in Python."""
    return kb.query(f"SELECT ?x {{ BIND ({expression} AS ?x) }}")[0].x


def test_rows_are_in_the_order_of_the_query_and_so_are_their_columns(kb: Published) -> None:
    rows = kb.query(DEAD)
    assert rows.columns == ("dead", "claim")
    assert list(rows) == [(25, "https://weir.example/claim/dead-25"), (40, "https://weir.example/claim/dead-40")]


def test_a_value_is_had_by_name_by_position_and_by_unpacking(kb: Published) -> None:
    rows = kb.query(DEAD)
    dead, _ = rows[0]
    assert rows[0].dead == rows[0]["dead"] == rows[0][0] == rows[0][-2] == dead == 25
    assert [len(rows), len(rows[:1]), rows[0][:1]] == [2, 1, (25,)]


def test_a_column_that_is_not_there_is_named_in_the_error(kb: Published) -> None:
    row = kb.query(DEAD)[0]
    with pytest.raises(KeyError, match="alive: the columns are dead, claim"):
        row["alive"]
    with pytest.raises(AttributeError, match="no column is named alive"):
        _ = row.alive


def test_a_column_may_have_the_name_of_a_method(kb: Published) -> None:
    assert kb.query("SELECT (COUNT(*) AS ?count) (1 AS ?columns) { ?s a rec:Claim }")[0]["count"] == 9


def test_rows_can_be_copied_and_pickled() -> None:
    row = Row((1,), ("x",))
    assert [one.x for one in (copying.deepcopy(row), pickle.loads(pickle.dumps(row)))] == [1, 1]


def test_rows_say_in_short_what_they_are(kb: Published) -> None:
    assert repr(kb.query(DEAD)) == "<Rows: 2 of dead, claim>"


VALUES = {
    "claim:dead-25": "https://weir.example/claim/dead-25",
    '"trout"': "trout",
    '"trout"@en': "trout",
    "25": 25,
    '"25"^^xsd:positiveInteger': 25,
    "2.50": Decimal("2.50"),
    "2.5e0": 2.5,
    '"INF"^^xsd:float': float("inf"),
    "true": True,
    '"0"^^xsd:boolean': False,
    '"2024-05-01T12:00:00Z"^^xsd:dateTime': datetime(2024, 5, 1, 12, tzinfo=UTC),
    '"2024-05-01T12:00:00.5+00:00"^^xsd:dateTime': datetime(2024, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC),
    '"2024-05-01"^^xsd:date': date(2024, 5, 1),
    '"2024"^^xsd:gYear': "2024",
    "?unbound": None,
    '"-0044-03-15"^^xsd:date': "-0044-03-15",
    f'"{"9" * 5000}"^^xsd:integer': "9" * 5000,
    "<<( claim:dead-25 rec:quantity 25 )>>": (
        *("https://weir.example/claim/dead-25", "https://weir.example/ontology/record#quantity", 25),
    ),
}


@pytest.mark.parametrize("expression", VALUES)
def test_a_term_is_a_python_value(expression: str, kb: Published) -> None:
    found = value(kb, expression)
    assert (found, type(found)) == (VALUES[expression], type(VALUES[expression]))


def test_a_time_zone_is_kept_and_none_is_made_up(kb: Published) -> None:
    assert value(kb, '"2024-05-01T12:00:00+04:00"^^xsd:dateTime').isoformat() == "2024-05-01T12:00:00+04:00"
    assert value(kb, '"2024-05-01T12:00:00"^^xsd:dateTime').tzinfo is None


def test_a_blank_node_is_no_iri(kb: Published) -> None:
    assert value(kb, "BNODE()").startswith("_:")


def test_ask_gives_true_or_false(kb: Published) -> None:
    assert [kb.query("ASK { ?s a rec:Claim }"), kb.query("ASK { ?s a claim:dead-25 }")] == [True, False]


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { claim:dead-25 a ?kind }", "DESCRIBE claim:dead-25"])
def test_construct_and_describe_give_a_graph_with_the_prefixes_of_the_project(query: str, kb: Published) -> None:
    graph = kb.query(query)
    assert isinstance(graph, Graph)
    assert (None, RDF.type, None) in graph
    assert "claim:dead-25 a rec:" in graph.serialize()


def test_what_each_side_says_answers_only_by_name(kb: Published) -> None:
    told = ":closing rec:hasTime :thursday-night"
    assert kb.query(f"ASK {{ {told} }}") is False
    assert kb.query(f"ASK {{ GRAPH <graph/view/anglers-club> {{ {told} }} }}") is True


def test_a_mistake_in_a_query_is_explained(kb: Published) -> None:
    with pytest.raises(QueryError, match=r"Nothing declares the prefix clam: at line 1, .*Did you mean claim:\?"):
        kb.query("SELECT * { clam:dead-25 ?p ?o }")


@pytest.mark.parametrize("query", ["INSERT DATA { <a:s> <a:p> <a:o> }", "SELECT * { SERVICE <http://x.example/> {} }"])
def test_updates_and_other_endpoints_are_refused(query: str, kb: Published) -> None:
    with pytest.raises(RefusedError, match=r"read-only|No other endpoint is asked"):
        kb.query(query)


def test_graphs_that_the_record_has_not_are_refused(kb: Published) -> None:
    with pytest.raises(RefusedError, match="no graph of this record"):
        kb.query("SELECT * FROM <http://x.example/> { ?s ?p ?o }")


def test_triples_that_rdflib_cannot_hold_are_an_error_of_the_query(kb: Published) -> None:
    with pytest.raises(EvaluationError, match="rdflib holds no such triples"):
        kb.query("CONSTRUCT { claim:dead-25 rdfs:seeAlso <<( claim:dead-25 rec:quantity 25 )>> } WHERE {}")


# A blank node of a named graph is the same node in the union; the viewpoints are in no union.
ROWS = [
    "SELECT * { ?s ?p ?o FILTER (!isBlank(?s) && !isBlank(?o)) } ORDER BY ?s ?p ?o",
    "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER (!isBlank(?s) && !isBlank(?o)) } ORDER BY ?g ?s ?p ?o",
    "SELECT ?first { GRAPH ?g { ?node rdf:rest ?rest } ?node rdf:first ?first } ORDER BY ?first",
    "SELECT * FROM <graph/view/anglers-club> { ?s ?p ?o } ORDER BY ?s ?p ?o",
]


@pytest.mark.parametrize("query", ROWS)
def test_a_store_on_disk_gives_the_same_rows_without_a_dump(query: str, kb: Published, large: Published) -> None:
    rows = kb.query(query)
    assert len(rows) > 3
    assert large.query(query) == rows


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE claim:dead-25"])
def test_a_store_on_disk_gives_the_same_triples(query: str, kb: Published, large: Published) -> None:
    graphs: list[Any] = [kb.query(query), large.query(query)]
    assert isomorphic(*graphs)


@pytest.mark.parametrize("query", ["SELECT * FROM <http://x.example/> {}", "CLEAR ALL", "SELECT * { clam:x ?p ?o }"])
def test_a_store_on_disk_gives_the_same_errors(query: str, kb: Published, large: Published) -> None:
    with pytest.raises(QueryError) as error:
        kb.query(query)
    with pytest.raises(type(error.value)) as other:
        large.query(query)
    assert str(other.value) == str(error.value)


def test_the_nearest_project_above_is_opened(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built / "kb/articles")
    assert len(onrecord.open().query(DEAD)) == 2


def test_a_base_opens_the_build_with_that_base(copy: Path) -> None:
    base = "http://127.0.0.1:8000/"
    build(copy, base)
    assert onrecord.open(str(copy), base=base).query(DEAD)[0].claim == f"{base}claim/dead-25"


def test_where_nothing_is_built_the_error_says_how_to_build(copy: Path) -> None:
    with pytest.raises(UnpublishedError, match=f"run: onrecord build --project {copy} --base http://x.example/$"):
        onrecord.open(copy, "http://x.example/")


def test_a_dump_that_is_broken_is_no_build(copy: Path) -> None:
    dump = copy / "site/public" / STORE_DUMP
    dump.parent.mkdir(parents=True)
    dump.write_text("<a:s> nonsense")
    (copy / "site/public" / VERSION_FILE).write_text('{"dataset_hash": "1"}')
    with pytest.raises(UnpublishedError, match=r"cannot be read: .*line 1.* run: onrecord build"):
        onrecord.open(copy)


def test_a_store_that_is_broken_is_no_build(copy: Path) -> None:
    version = copy / "site/public" / VERSION_FILE
    version.parent.mkdir(parents=True)
    version.write_text('{"dataset_hash": "1"}')
    (copy / "site/public-store/1").mkdir(parents=True)
    with pytest.raises(UnpublishedError, match=r"cannot be read: .* run: onrecord build"):
        onrecord.open(copy)


def test_a_folder_that_is_no_project_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (None, tmp_path):
        with pytest.raises(ProjectError, match=r"onrecord\.toml"):
            onrecord.open(folder)


def test_rows_become_a_data_frame(kb: Published) -> None:
    frame = kb.query(DEAD).to_pandas()
    assert list(frame.columns) == ["dead", "claim"]
    assert (frame["dead"].sum(), str(frame["dead"].dtype)) == (65, "int64")


COLUMNS = {
    "whole numbers": ((2**53 + 1, None), "Int64"),
    "whole numbers beyond 64 bits": ((2**64, None), "object"),
    "truths": ((True, None), "boolean"),
    "whole numbers and others": ((2**53 + 1, 0.5), "object"),
    "decimals": ((Decimal("0.1"), None), "object"),
    "nothing": ((None, None), "object"),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_data_frame_changes_no_value(column: str) -> None:
    values, kind = COLUMNS[column]
    frame = Rows(("x", "x y"), tuple(Row((one, 0), ("x", "x y")) for one in values)).to_pandas()
    present = [one for one in values if one is not None]
    assert str(frame["x"].dtype) == kind
    assert list(frame["x"].dropna()) == present
    assert int(frame["x"].isna().sum()) == len(values) - len(present)


def test_no_rows_become_a_data_frame_with_the_columns(kb: Published) -> None:
    frame = kb.query("SELECT ?x ?y { ?x a ?y FILTER (false) }").to_pandas()
    assert (list(frame.columns), len(frame)) == (["x", "y"], 0)


def test_without_pandas_the_error_says_what_to_install(kb: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="python -m pip install pandas"):
        kb.query(DEAD).to_pandas()


def test_importing_the_package_loads_neither_the_store_nor_rdflib() -> None:
    program = "import onrecord, sys; print(sorted({'pyoxigraph', 'rdflib'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_the_examples_of_the_page_answer_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_project(tmp_path / "example")
    monkeypatch.chdir(build(tmp_path / "example"))
    examples = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/python.md", None, None)
    result = doctest.DocTestRunner().run(test)
    assert (result.failed, result.attempted) == (0, 15)
