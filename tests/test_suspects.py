"""What pySHACL finds among the suspects is what it finds in the whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from rdflib import RDFS, Graph, Literal, URIRef
from rdflib.namespace import SH, XSD

from conftest import ROOT
from onrecord.checks import Draft
from onrecord.problems import Problem
from onrecord.project import read_project
from onrecord.store import Statement, Store
from onrecord.suspects import find_suspects
from onrecord.validation import read_shapes, validate

PROJECT = read_project(ROOT)
SHAPES, _ = read_shapes(PROJECT)
CASES = sorted((ROOT / "tests" / "shapes").glob("*/bad*.ttl"))
THINGS = "@prefix : <urn:x:> . " + "".join(f"@prefix {n}: <{s}> . " for n, s in (("sh", SH), ("rdfs", RDFS)))
NO = 'sh:message "No. Mend it."'
SEED, EDITS = 5, 120


def load(statements: Sequence[Statement]) -> Store:
    store = Store()
    store.load(statements)
    return store


def check(shapes: Graph, statements: Sequence[Statement], store: Store | None) -> list[Problem]:
    return sorted(validate(PROJECT, shapes, statements, [], store), key=str)


def state(data: Graph) -> list[Statement]:
    return [Statement(*triple, URIRef(PROJECT.iri("graph/case"))) for triple in data]


def compare(shapes: Graph, data: Graph) -> list[Problem]:
    """The problems of the whole, after those among the suspects were found to be the same."""
    statements = state(data)
    found = check(shapes, statements, None)
    assert check(shapes, statements, load(statements)) == found
    return found


@pytest.fixture(scope="module")
def context() -> Graph:
    graph = Graph()
    for path in [*sorted((ROOT / "ontology").glob("*.ttl")), ROOT / "tests" / "shapes" / "context.ttl"]:
        graph.parse(path, publicID=PROJECT.base)
    return graph


@pytest.mark.parametrize("file", CASES[:: len(CASES) // 40], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_case_without_derived_types_is_judged_alike(file: Path, context: Graph) -> None:
    assert compare(SHAPES, context + Graph().parse(file, publicID=PROJECT.base)) != []


def test_the_flagship_has_no_suspects(flagship: Draft) -> None:
    assert find_suspects(flagship.record.project, flagship.shapes, flagship.store) == {}


def test_a_record_with_many_mistakes_is_judged_alike(flagship: Draft) -> None:
    """Triples removed, moved to other things and given other values, until nearly every shape has something to say."""
    chance = random.Random(SEED)
    data = Graph()
    for statement in flagship.record.statements:
        data.add(statement[:3])
    rows = sorted(data)
    for subject, predicate, value in chance.sample(rows, EDITS):
        other = chance.choice(rows)
        data.remove((subject, predicate, value))
        data.add((subject, predicate, other[2]) if chance.random() < 0.5 else (other[0], predicate, value))
    found = compare(flagship.shapes, data)
    assert len({problem.code for problem in found}) > 30


def judge(shapes: str, data: str) -> list[str]:
    """The subjects of the problems, found alike in the whole and among the suspects."""
    return [one.subject for one in compare(Graph().parse(data=THINGS + shapes), Graph().parse(data=THINGS + data))]


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("sh:minCount 2", ":v 1, 2", ":v 1"),
        ("sh:minCount 5", ":v 1, 2, 3, 4, 5", ":v 1, 2, 3, 4"),
        ("sh:maxCount 2", ":v 1, 2", ":v 1, 2, 3"),
        ("sh:maxCount 4", ":v 1, 2, 3, 4", ":v 1, 2, 3, 4, 5"),
        ("sh:minExclusive 1", ":v 2", ":v 1"),
        ("sh:maxExclusive 2", ":v 1", ":v 2"),
        ("sh:minInclusive 1", ":v 1", ':v "word"'),
        ("sh:minLength 2", ':v "ab"', ':v "a"'),
        ("sh:maxLength 1", ':v "a"', ':v "ab"'),
        ("sh:nodeKind sh:IRIOrLiteral", ":v :a", ":v []"),
        ("sh:nodeKind sh:BlankNode", ":v []", ":v :a"),
        ("sh:datatype rdfs:Literal", ":v 1", ":v :a"),
        ('sh:languageIn ( "en-gb" )', ':v "a"@en-gb', ':v "a"@en'),
        ('sh:languageIn ( "en" )', ':v "a"@en-gb', ':v "a"'),
        ("sh:uniqueLang true", ':v "a"@en, "b"@fr', ':v "a"@en, "b"@en'),
        ("sh:in ( 1 :a )", ":v 1, :a", ":v 2"),
        ("sh:hasValue :a", ":v :a, :b", ":v :b"),
        ("sh:equals :w", ":v 1 ; :w 1", ":v 1 ; :w 2"),
        ("sh:disjoint :w", ":v 1 ; :w 2", ":v 1 ; :w 1"),
        ("sh:lessThan :w", ":v 1 ; :w 2", ":v 2 ; :w 2"),
        ("sh:lessThanOrEquals :w", ":v 2 ; :w 2", ':v 2 ; :w "1"'),
        ("sh:xone ( [ sh:minLength 2 ] [ sh:maxLength 2 ] )", ':v "a"', ':v "ab"'),
        ("sh:and ( [ sh:minLength 2 ] [ sh:maxLength 2 ] )", ':v "ab"', ':v "a"'),
        ("sh:not [ sh:xone ( [ sh:minLength 2 ] [ sh:maxLength 2 ] ) ]", ':v "ab"', ':v "a"'),
        ("sh:not [ sh:minInclusive 1 ]", ":v 0", ":v 1"),
        ('sh:pattern "^A" ; sh:flags "i"', ':v "a"', ':v "ba"'),
        ('sh:not [ sh:pattern "b$" ]', ':v "a"', ':v "ab"'),
        ("sh:qualifiedValueShape [ sh:minLength 2 ] ; sh:qualifiedMinCount 2", ':v "aa", "bb"', ':v "aa", "b"'),
        ("sh:qualifiedValueShape [ sh:minLength 2 ] ; sh:qualifiedMaxCount 1", ':v "aa", "b"', ':v "aa", "bb"'),
        ("sh:qualifiedValueShape [ sh:minLength 2 ] ; sh:qualifiedMaxCount 0", ':v "b"', ':v "aa"'),
        ("sh:property [ sh:path :w ; sh:minCount 1 ]", ":v :good ; :w 1", ":v :bad ; :u 1"),
        ("sh:node [ sh:closed true ; sh:property [ sh:path :w ] ]", ":v [ :w 1 ]", ":v [ :u 1 ]"),
        ("sh:class :Kind", ":v [ a :Kind ]", ":v [ a :Other ]"),
    ],
)
def test_a_constraint_is_judged_alike(constraint: str, good: str, bad: str) -> None:
    shape = f" :shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :v ; {constraint} ; {NO} ."
    assert judge(shape, f":good {good} .") == []
    assert set(judge(shape, f":bad {bad} .")) == {"<urn:x:bad>"}


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("sh:targetNode :bad", ":other :w 1 ."),
        ("sh:targetClass :Kind", ":Sub rdfs:subClassOf :Kind . :bad a :Sub ."),
        ("sh:targetSubjectsOf :w", ":bad :w 1 ."),
        ("sh:targetObjectsOf :w", ":a :w :bad ."),
    ],
)
def test_a_target_is_found_alike(target: str, data: str) -> None:
    shape = f" :shape a sh:PropertyShape ; {target} ; sh:path :v ; sh:minCount 1 ; {NO} ."
    assert judge(shape, data) == ["<urn:x:bad>"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("[ sh:inversePath :w ]", ":bad :v 1 . :x :w :bad ."),
        ("( :w [ sh:inversePath :w ] )", ":bad :v 1 ; :w 1 ."),
        ("[ sh:alternativePath ( :w :v ) ]", ":bad :v 1 ."),
        ("[ sh:zeroOrMorePath :w ]", ":bad :v 1 ."),
        ("[ sh:oneOrMorePath :w ]", ":bad :v 1 ; :w :x ."),
        ("[ sh:zeroOrOnePath :w ]", ":bad :v 1 ."),
    ],
)
def test_a_path_is_followed_alike(path: str, data: str) -> None:
    shape = f" :shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path {path} ; sh:maxCount 0 ; {NO} ."
    assert judge(shape, data) == ["<urn:x:bad>"]


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this <urn:x:v> ?v FILTER (?v > 1) }",
        "SELECT $this (SUM(?v) AS ?sum) WHERE { $this <urn:x:v> ?v } GROUP BY $this HAVING (SUM(?v) = 5)",
    ],
)
def test_a_sparql_constraint_is_judged_alike(select: str) -> None:
    shape = f':shape a sh:NodeShape ; sh:targetSubjectsOf :v ; sh:sparql [ sh:select "{select}" ; {NO} ] .'
    assert set(judge(shape, ":good :v 1 . :bad :v 2, 3 .")) == {"<urn:x:bad>"}


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this <urn:x:v> ?v MINUS { $this <urn:x:v> 1 } }",
        "SELECT $this WHERE { $this <urn:x:v> ?v { SELECT ?v WHERE { ?any <urn:x:v> ?v FILTER (?v > 2) } } }",
    ],
)
def test_a_sparql_constraint_that_pyshacl_refuses_is_refused_alike(select: str) -> None:
    shape = f':shape a sh:NodeShape ; sh:targetSubjectsOf :v ; sh:sparql [ sh:select "{select}" ; {NO} ] .'
    found = compare(Graph().parse(data=THINGS + shape), Graph().parse(data=THINGS + ":bad :v 2 ."))
    assert [one.code for one in found] == ["shape-unusable"]


@pytest.mark.parametrize(
    "value",
    [
        Literal("01", datatype=XSD.integer, normalize=False),
        Literal("word", datatype=XSD.integer),
        Literal("a", datatype=XSD.string),
        Literal("1.50", datatype=XSD.decimal, normalize=False),
    ],
    ids=str,
)
def test_what_the_store_does_not_keep_as_written_is_judged_in_the_whole(value: Literal) -> None:
    shape = f":shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :v ; sh:in ( 1 'a' 1.5 ) ; {NO} ."
    data = Graph().add((URIRef("urn:x:bad"), URIRef("urn:x:v"), value))
    assert [one.subject for one in compare(Graph().parse(data=THINGS + shape), data)] == ["<urn:x:bad>"]


@pytest.mark.parametrize(
    ("shapes", "data"),
    [
        (f":Kind a rdfs:Class, sh:NodeShape ; sh:property [ sh:path :v ; sh:minCount 1 ; {NO} ] .", ":bad a :Kind ."),
        (
            ":r a sh:NodeShape ; sh:targetSubjectsOf :v ; "
            "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :w ; sh:object 1 ] . "
            f":shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :w ; sh:maxCount 0 ; {NO} .",
            ":bad :v 6 .",
        ),
        (
            f":shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :v ; sh:hasValue [] ; {NO} .",
            ":bad :v 6 .",
        ),
        (
            ":shape a sh:NodeShape ; sh:targetSubjectsOf :v ; "
            f'sh:sparql [ sh:select "SELECT $this WHERE {{ $this <urn:x:v> ?v }} LIMIT 1" ; {NO} ] .',
            ":bad :v 6 . :worse :v 7 .",
        ),
    ],
    ids=["a class as a shape", "a rule", "a value in brackets", "a limit"],
)
def test_what_cannot_be_written_as_a_query_is_judged_alike(shapes: str, data: str) -> None:
    assert "<urn:x:bad>" in judge(shapes, data)


def test_a_blank_node_can_be_a_suspect() -> None:
    shape = f":shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :v ; sh:maxCount 0 ; {NO} ."
    assert len(judge(shape, ":named :v 1 . [] :v 1 .")) == 2


def test_a_shape_that_is_switched_off_has_no_suspects() -> None:
    shape = ":shape a sh:PropertyShape ; sh:targetSubjectsOf :v ; sh:path :v ; sh:maxCount 0 ; sh:deactivated true ."
    assert judge(shape, ":one :v 1 .") == []
