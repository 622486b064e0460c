"""From a triple that a query matches it can be told what the query answers about."""

from __future__ import annotations

import pytest

from onrecord.leads import Lead, Step, UntraceableError
from onrecord.narrowing import narrow
from onrecord.project import Project, read_project
from onrecord.store import Store, parse_turtle, serialise
from onrecord.tracing import trace_heads, trace_queries, trace_reads
from places import TINY


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(TINY)


def show(leads: list[Lead]) -> list[str]:
    """Each lead in a line: what matches, from which end, along which steps."""
    return [_show(lead) for lead in leads]


def _show(lead: Lead) -> str:
    names = "|".join(name.rpartition(":")[2] for name in lead.properties or ("?",))
    way = "anywhere" if lead.way is None else " ".join(map(_show_step, lead.way))
    return f"{names} {'subject' if lead.from_subject else 'object'} {way}".strip()


def _show_step(step: Step) -> str:
    names = "|".join(name.rpartition(":")[2] for name in step.properties or ("?",))
    return f"{'' if step.forward else '^'}{names}{'*' if step.closed else ''}"


BOTH = ["a subject", "c subject ^a"]


@pytest.mark.parametrize(
    ("pattern", "leads"),
    [
        ("?x <u:a> ?y", ["a subject"]),
        ("?y <u:a> ?x", ["a object"]),
        ("?x <u:a> ?y . ?y <u:b> ?z", ["a subject", "b subject ^a"]),
        ("?x <u:a>/<u:b> ?z", ["a subject", "b subject ^a"]),
        ("?x ^<u:a>/<u:b> ?z", ["a object", "b subject a"]),
        ("?x <u:a>|<u:b> ?z", ["a|b subject"]),
        ("?x <u:a>+ ?z", ["a subject ^a*"]),
        (
            "{ ?x <u:a> ?y } UNION { ?x <u:b> ?y } ?y <u:c> ?z",
            [*BOTH, "b subject", "c subject ^b"],
        ),
        ("?x <u:a> ?y OPTIONAL { ?y <u:b> ?z }", ["a subject", "b subject ^a"]),
        ("?x <u:a> ?y FILTER NOT EXISTS { ?z <u:b> ?y }", ["a subject", "b object ^a"]),
        (
            "?x <u:a> ?y FILTER EXISTS { ?y <u:b> ?z FILTER EXISTS { ?z <u:c> ?v } }",
            ["a subject", "b subject ^a", "c subject ^b ^a"],
        ),
        ("?x <u:a> ?y . ?z <u:b> ?v", ["a subject", "b subject anywhere"]),
        ("?x ?p ?y", ["? subject"]),
        (
            "{ SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x <u:a> ?y . ?y <u:b> ?v } GROUP BY ?x }",
            ["a subject", "b subject ^a"],
        ),
    ],
)
def test_a_triple_leads_to_what_is_asked_for(pattern: str, leads: list[str], project: Project) -> None:
    assert show(trace_queries(project, [f"SELECT ?x WHERE {{ {pattern} }}"], "x")) == leads


def test_variables_of_a_subquery_are_its_own(project: Project) -> None:
    query = "SELECT ?x { ?x <u:a> ?y { SELECT ?z { ?y <u:b> ?z } } }"
    assert show(trace_queries(project, [query], "x")) == ["a subject", "b subject anywhere"]


@pytest.mark.parametrize("pattern", ["?x !<u:a> ?y", "GRAPH ?g { ?x <u:a> ?y }", "?x (<u:a>/<u:b>)* ?y"])
def test_what_is_not_looked_into_is_said(pattern: str, project: Project) -> None:
    with pytest.raises(UntraceableError):
        trace_queries(project, [f"SELECT ?x {{ {pattern} }}"], "x")
    assert trace_reads(project, f"SELECT ?x {{ {pattern} }}") is None


def test_a_thing_that_is_computed_is_traced_to_what_it_is_computed_from(project: Project) -> None:
    rule = 'CONSTRUCT { ?new <u:of> ?x } WHERE { ?x <u:a> ?y BIND (IRI(CONCAT(STR(?x), "#b")) AS ?new) }'
    ((trace, properties, link, _),) = trace_heads(project, rule)
    assert (trace.source, properties, link) == ("x", ("u:of",), "u:of")


def test_a_rule_whose_subjects_cannot_be_found_again_is_refused(project: Project) -> None:
    rule = 'CONSTRUCT { ?new <u:of> "it" } WHERE { ?x <u:a> ?y BIND (IRI(CONCAT(STR(?x), "#b")) AS ?new) }'
    with pytest.raises(UntraceableError):
        list(trace_heads(project, rule))


def test_what_a_query_looks_at_is_listed(project: Project) -> None:
    reads = trace_reads(project, "ASK { ?class <u:slot> ?p . ?x a ?class ; ?p ?y FILTER NOT EXISTS { ?y <u:b> ?z } }")
    assert reads is not None
    assert reads.slots == ("u:slot",)
    assert set(reads.plain) == {"u:slot", "u:b", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}


BASE = "urn:base:"
DATA = "<u:1> <u:a> <u:2> , <u:3> . <u:2> <u:b> <u:4> . <u:5> <u:a> <u:3> . <u:6> <u:b> <u:1> . <u:4> <u:c> 7 ."


@pytest.mark.parametrize(
    "pattern",
    [
        "?x <u:a> ?y",
        "{ ?x <u:a> ?y } UNION { ?z <u:b> ?x }",
        "{ ?x <u:a> ?y } UNION { ?w <u:c> ?z }",
        "{ SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x <u:a> ?y } GROUP BY ?x } ?x <u:a> ?z",
        "?x <u:a> ?y OPTIONAL { ?y <u:b> ?x2 } FILTER NOT EXISTS { ?x <u:b> ?v }",
        '?x <u:a> ?y FILTER (STR(?x) != "} UNION { ?x") # { ?x',
    ],
)
def test_a_narrowed_query_answers_for_the_given_values_what_the_whole_one_answers(pattern: str) -> None:
    store, query = Store(), f"SELECT * WHERE {{ {pattern}\n}}"
    store.load_nquads(to_nquads(DATA))
    values = {"u:1", "u:5", "u:6"}
    whole = [row for row in store.rows(query, {}, BASE) if str(row.get("x")) in values]
    narrowed = store.rows(narrow(query, ["x"], [f"<{value}>" for value in sorted(values)]), {}, BASE)
    assert sorted(map(str, narrowed)) == sorted(map(str, whole))


def to_nquads(turtle: str) -> bytes:
    """Turtle as N-Quads, in the default graph."""
    return serialise(parse_turtle(turtle, BASE) or [], "application/n-triples", {}).replace(b" .\n", b" <u:g> .\n")
