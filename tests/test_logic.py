"""The record as OWL: consistent, within the profiles, read whole; and every mixing of layers found out by HermiT."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SKOS

from onrecord.checks import Draft
from onrecord.logic import PROFILES, Reading, Reasoning, find_violations, project_owl, read_owl, reason
from onrecord.store import Triple

CONSISTENT = Reasoning(consistent=True, unsatisfiable=())
INCONSISTENT = Reasoning(consistent=False, unsatisfiable=())
# What HermiT cannot reason with, and what is lost with it: coordinates. A new datatype here is to be weighed first.
NOT_REASONED_WITH = {"http://www.opengis.net/ont/geosparql#wktLiteral"}


def triples(draft: Draft) -> list[Triple]:
    return [statement[:3] for statement in draft.record.statements]


def vocabulary_triples(draft: Draft) -> list[Triple]:
    """What the ontology files say, without the record."""
    graphs = draft.record.project.iri("graph/ontology/")
    return [statement[:3] for statement in draft.record.statements if statement.graph.startswith(graphs)]


def term(draft: Draft, name: str) -> URIRef:
    """The IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return URIRef(draft.record.project.prefixes[prefix] + local)


def with_triple(draft: Draft, subject: str, predicate: str, value: str) -> list[Triple]:
    """The record and one triple more."""
    return [*triples(draft), (term(draft, subject), term(draft, predicate), term(draft, value))]


def members(rows: Iterable[Triple], *classes: URIRef) -> set[str]:
    return {str(row[0]) for row in rows if row[1] == RDF.type and row[2] in classes and isinstance(row[0], URIRef)}


def disjoint_classes(graph: Graph) -> list[list[str]]:
    """The members of each owl:AllDisjointClasses."""
    nodes = graph.subjects(RDF.type, OWL.AllDisjointClasses)
    return sorted(
        [str(one) for one in graph.items(found)] for node in nodes for found in graph.objects(node, OWL.members)
    )


@pytest.fixture(scope="module")
def reading(flagship: Draft) -> Reading:
    return read_owl(triples(flagship))


# Consistency


def test_the_ontology_is_consistent_and_every_class_can_have_members(flagship: Draft) -> None:
    assert reason(vocabulary_triples(flagship)) == CONSISTENT


def test_the_whole_record_is_consistent(flagship: Draft) -> None:
    assert reason(triples(flagship)) == CONSISTENT


def test_a_record_of_another_domain_is_consistent(tiny: Draft) -> None:
    assert reason(triples(tiny)) == CONSISTENT


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        pytest.param("claim:dead-12", "rec:Occurrence", id="a claim is no occurrence"),
        pytest.param(":closing", "rec:Account", id="an occurrence is no account of itself"),
        pytest.param("claim:dead-12", "rec:Attribution", id="a claim is no attribution"),
        pytest.param("c:shut", "rec:Agent", id="a concept is no agent"),
        pytest.param("article:001", "rec:Claim", id="an article is no claim"),
        pytest.param(":harle-mill", "rec:Place", id="an agent is no place"),
        pytest.param(":river-gazette", "rec:Person", id="an outlet is no person"),
        pytest.param("claim:dead-12", "rec:RelationClaim", id="a claim is of one kind"),
    ],
)
def test_what_mixes_two_sorts_of_thing_is_inconsistent(tiny: Draft, thing: str, kind: str) -> None:
    rdf_type = (term(tiny, thing), RDF.type, term(tiny, kind))
    assert reason([*triples(tiny), rdf_type]) == INCONSISTENT


def test_an_attribution_typed_as_a_claim_is_inconsistent(tiny: Draft) -> None:
    attribution = min(members(triples(tiny), term(tiny, "rec:Attribution")))
    assert reason([*triples(tiny), (URIRef(attribution), RDF.type, term(tiny, "rec:Claim"))]) == INCONSISTENT


def test_claim_kinds_of_the_domain_and_of_the_core_exclude_each_other(flagship: Draft) -> None:
    both = with_triple(flagship, "claim:az-dead-50", "rdf:type", "rec:PositionClaim")
    assert reason(both) == INCONSISTENT


def test_a_thing_in_the_slot_of_a_claim_is_inconsistent(tiny: Draft) -> None:
    """A figure on an occurrence would make the occurrence a claim."""
    figure = (term(tiny, ":trout-death"), term(tiny, "rec:quantity"), Literal(40))
    assert reason([*triples(tiny), figure]) == INCONSISTENT


@pytest.mark.parametrize("value", ["c:shut", "article:001", "claim:dead-12", ":harle-mill", ":closing"])
def test_a_relation_may_be_to_anything(tiny: Draft, value: str) -> None:
    assert reason(with_triple(tiny, "claim:sluice-shut", "rec:object", value)) == CONSISTENT


# Profiles


@pytest.mark.parametrize("profile", PROFILES)
def test_the_ontology_stays_within_the_profile(flagship: Draft, profile: str) -> None:
    assert find_violations(vocabulary_triples(flagship), profile) == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_the_whole_record_stays_within_the_profile(flagship: Draft, profile: str) -> None:
    assert find_violations(triples(flagship), profile) == ()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_record_of_another_domain_stays_within_the_profile(tiny: Draft, profile: str) -> None:
    assert find_violations(triples(tiny), profile) == ()


def test_a_class_without_a_declaration_is_outside_owl_2_dl(tiny: Draft) -> None:
    undeclared = with_triple(tiny, "rec:Person", "rdfs:subClassOf", "rec:Undeclared")
    assert any("Undeclared" in found for found in find_violations(undeclared, "OWL2DLProfile"))


def test_a_text_in_the_place_of_a_thing_is_outside_owl_2_dl(tiny: Draft) -> None:
    text = (term(tiny, "claim:sluice-shut"), term(tiny, "rec:object"), Literal("shut"))
    assert find_violations([*triples(tiny), text], "OWL2DLProfile")


def test_a_union_as_superclass_is_outside_owl_2_rl_only(tiny: Draft) -> None:
    union = Graph()
    listed = Collection(union, BNode(), [term(tiny, "rec:Place"), term(tiny, "rec:Agent")])
    either = BNode()
    union.add((either, RDF.type, OWL.Class))
    union.add((either, OWL.unionOf, listed.uri))
    union.add((term(tiny, "rec:Office"), RDFS.subClassOf, either))
    found = [find_violations([*triples(tiny), *union], profile) for profile in PROFILES]
    assert [bool(violations) for violations in found] == [False, True]


# Nothing is lost on the way


def test_every_class_arrives(flagship: Draft, reading: Reading) -> None:
    declared = members(triples(flagship), OWL.Class)
    assert len(declared) > 90
    assert set(reading.classes) == declared


def test_everything_that_has_a_class_arrives(flagship: Draft, reading: Reading) -> None:
    classes = {URIRef(iri) for iri in members(triples(flagship), OWL.Class)}
    typed = members(triples(flagship), *classes)
    assert len(typed) > 1500
    assert typed <= reading.individuals


def test_whatever_arrives_besides_lies_outside_the_record(flagship: Draft, reading: Reading) -> None:
    classes = {URIRef(iri) for iri in members(triples(flagship), OWL.Class)}
    untyped = reading.individuals - members(triples(flagship), *classes)
    assert not [iri for iri in untyped if iri.startswith(flagship.record.project.base)]


def test_every_triple_is_read(flagship: Draft, tiny: Draft, reading: Reading) -> None:
    assert reading.unread == ()
    assert read_owl(triples(tiny)).unread == ()


def test_only_coordinates_are_withheld_from_the_reasoner(flagship: Draft) -> None:
    rows = triples(flagship)
    withheld = [row for row in rows if str(getattr(row[2], "datatype", None)) in NOT_REASONED_WITH]
    assert withheld
    assert project_owl(rows).count(b"\n") == len(set(rows)) - len(set(withheld))


def test_each_disjointness_keeps_the_members_that_its_file_gives_it(flagship: Draft) -> None:
    """A blank node of one vocabulary must not become one with a blank node of another."""
    whole = Graph()
    for row in vocabulary_triples(flagship):
        whole.add(row)
    written = [listed for source in flagship.sources for listed in disjoint_classes(source.triples)]
    assert disjoint_classes(whole) == sorted(written)


def test_concepts_stay_individuals(reading: Reading, flagship: Draft) -> None:
    concepts = members(triples(flagship), SKOS.Concept)
    assert not concepts & reading.classes
    assert concepts <= reading.individuals
