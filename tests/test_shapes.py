"""Each shape finds its own mistake and no other, lets the correct case pass, and watches over something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from conftest import ROOT
from onrecord.checks import Draft
from onrecord.project import read_project
from onrecord.store import Statement, Store
from onrecord.validation import read_shapes, validate
from onrecord.vocabulary import slug

FOLDER = ROOT / "tests" / "shapes"
PROJECT = read_project(ROOT)
SHAPES, UNREADABLE = read_shapes(PROJECT)
NAMED = {slug(str(shape)): shape for shape in SHAPES.subjects(RDF.type) if isinstance(shape, URIRef)}
NAMED = {code: shape for code, shape in NAMED.items() if (shape, SH.message, None) in SHAPES}
GOOD = sorted(path.parent.name for path in FOLDER.glob("*/good.ttl"))
BAD = sorted(FOLDER.glob("*/bad*.ttl"))

# A message says first what is wrong; what to do begins with one of these.
REMEDY = re.compile(
    r"(?:[.;] |: |, or )(?:Where [^,]+, )?"
    r"(?:accept|add|attribute|copy|correct|exchange|give|keep|leave|let|link|list|make|mend|merge|move|name|put|quote|"
    r"remove|say|tell|type|use|write)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="session")
def ontology() -> Graph:
    graph = Graph()
    for path in (ROOT / "ontology").glob("*.ttl"):
        graph.parse(path, publicID=PROJECT.base)
    return graph


def superclasses(ontology: Graph, kind: Node) -> set[Node]:
    """A class and everything above it."""
    return {above for above in ontology.transitive_objects(kind, RDFS.subClassOf) if above is not None}


def read_case(ontology: Graph, *files: Path) -> Graph:
    """A case on its context, each thing typed as the rules type it, with whatever it mentions of the ontology."""
    case = Graph()
    for file in files:
        case.parse(file, publicID=PROJECT.base)
    for thing, kind in list(case.subject_objects(RDF.type)):
        for above in superclasses(ontology, kind):
            case.add((thing, RDF.type, above))
    edge = {node for triple in case for node in triple}
    while edge:
        described = {triple for node in edge for triple in ontology.triples((node, None, None))} - set(case)
        edge = {value for _, _, value in described}
        for triple in described:
            case.add(triple)
    return case


def find_codes(case: Graph) -> set[str]:
    """The code of every shape that the case violates."""
    graph = URIRef(PROJECT.iri("graph/case"))
    statements, store = [Statement(*triple, graph) for triple in case], Store()
    store.load(statements)
    found = validate(PROJECT, SHAPES, statements, [], store)
    return {problem.code for problem in found}


def focus_nodes(shape: URIRef, data: Graph) -> set[Node]:
    """SHACL, section 2.1.3: what the targets of a shape select."""
    nodes = {node for kind in SHAPES.objects(shape, SH.targetClass) for node in data.subjects(RDF.type, kind)}
    for predicate in SHAPES.objects(shape, SH.targetSubjectsOf):
        nodes |= set(data.subjects(predicate))
    for predicate in SHAPES.objects(shape, SH.targetObjectsOf):
        nodes |= set(data.objects(None, predicate))
    return nodes


def as_graph(draft: Draft) -> Graph:
    """The statements of a record, the IRIs of its base moved to that of the shapes."""

    def move(term: Node) -> Node:
        iri = str(term)
        return URIRef(PROJECT.base + iri[len(own) :]) if isinstance(term, URIRef) and iri.startswith(own) else term

    own, graph = draft.record.project.base, Graph()
    for subject, predicate, value, _ in draft.record.statements:
        graph.add((move(subject), move(predicate), move(value)))
    return graph


def test_every_shape_file_can_be_read() -> None:
    assert UNREADABLE == []


def test_every_shape_has_its_cases_and_every_case_its_shape() -> None:
    assert sorted(NAMED) == GOOD == sorted({path.parent.name for path in BAD})


def test_no_case_is_lost() -> None:
    assert (len(GOOD), len(BAD)) == (165, 166)


def test_the_context_of_the_cases_conforms(ontology: Graph) -> None:
    assert find_codes(read_case(ontology, FOLDER / "context.ttl")) == set()


@pytest.mark.parametrize("code", GOOD)
def test_the_good_case_passes_under_the_eyes_of_the_shape(code: str, ontology: Graph) -> None:
    case = read_case(ontology, FOLDER / "context.ttl", FOLDER / code / "good.ttl")
    assert focus_nodes(NAMED[code], case)
    assert find_codes(case) == set()


@pytest.mark.parametrize("file", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in BAD])
def test_the_bad_case_breaks_this_shape_and_no_other(file: Path, ontology: Graph) -> None:
    assert find_codes(read_case(ontology, FOLDER / "context.ttl", file)) == {file.parent.name}


@pytest.mark.parametrize("file", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in BAD])
def test_the_bad_case_says_what_it_provokes(file: Path) -> None:
    assert file.read_text(encoding="utf-8").startswith(f"# expect: {file.parent.name}\n")


def test_every_shape_watches_over_something(flagship: Draft, tiny: Draft) -> None:
    both = as_graph(flagship) + as_graph(tiny)
    idle = {code for code, shape in NAMED.items() if not focus_nodes(shape, both)}
    assert idle == set()


@pytest.mark.parametrize("code", sorted(NAMED))
def test_the_message_says_what_is_wrong_and_then_what_to_do(code: str) -> None:
    message = str(SHAPES.value(NAMED[code], SH.message))
    assert REMEDY.search(message), message
    assert message.endswith(".")


def test_every_shape_has_one_message_in_english_and_a_severity() -> None:
    for shape in NAMED.values():
        messages = list(SHAPES.objects(shape, SH.message))
        assert [getattr(message, "language", None) for message in messages] == ["en"]
        assert SHAPES.value(shape, SH.severity) in (SH.Violation, SH.Warning)
