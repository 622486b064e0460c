"""If the summary of triples is consistent, the triples are; and what nothing can tell apart stands there once."""

from __future__ import annotations

import random

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from onrecord.checks import Draft
from onrecord.consistency import SOUND, find_inconsistencies
from onrecord.locator import Locator
from onrecord.logic import reason
from onrecord.store import Triple
from onrecord.summary import summarise

PREFIXES = """@prefix : <urn:x#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . """
TERMS = """
<urn:x> a owl:Ontology .
:A a owl:Class ; owl:disjointWith :B . :B a owl:Class . :C a owl:Class . :D a owl:Class ; rdfs:subClassOf :A .
:p a owl:ObjectProperty ; rdfs:domain :A ; rdfs:range :C . :q a owl:ObjectProperty ; owl:inverseOf :r ; rdfs:range :B .
:r a owl:ObjectProperty . :s a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:subPropertyOf :p .
:n a owl:DatatypeProperty ; rdfs:domain :C ; rdfs:range xsd:nonNegativeInteger .
:t a owl:DatatypeProperty ; rdfs:range xsd:dateTimeStamp . """
THINGS, CLASSES, PROPERTIES = 8, "ABCD", "pqrs"
NEARLY_ALL = range(12)


def read(turtle: str) -> list[Triple]:
    return list(Graph().parse(data=PREFIXES + turtle, format="turtle"))


def name(word: str) -> URIRef:
    return URIRef(f"urn:x#{word}")


def make_things(seed: int) -> list[Triple]:
    """Things of few classes in few relations, so that some seeds make them clash and others do not."""
    chance = random.Random(seed)
    things = [name(f"thing{number}") for number in range(THINGS)]
    triples: list[Triple] = [(thing, RDF.type, name(chance.choice(CLASSES))) for thing in things]
    for _ in range(3):
        triples.append((chance.choice(things), name(chance.choice(PROPERTIES)), chance.choice(things)))
        triples.append((chance.choice(things), name("n"), Literal(chance.choice([0, 1, 70000, 1, 2, -1]))))
    return triples


def test_what_is_consistent_in_summary_is_consistent() -> None:
    terms, seen = read(TERMS), set()
    for seed in NEARLY_ALL:
        triples = [*terms, *make_things(seed)]
        summary = summarise(triples, terms)
        assert summary is not None
        in_summary, itself = reason(summary.values()) == SOUND, reason(triples) == SOUND
        assert itself or not in_summary
        seen.add(itself)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (":n 5", ":n -5"),
        (":n 5", ":n 5.5"),
        (':t "2001-02-03T04:05:06Z"^^xsd:dateTime', ':t "2001-02-03T04:05:06"^^xsd:dateTime'),
        (":n 5", ':n "five"'),
    ],
)
def test_a_value_that_no_other_stands_for_is_kept(first: str, second: str) -> None:
    terms = read(TERMS)
    summary = summarise([*terms, *read(f":one a :C ; {first} ."), *read(f":other a :C ; {second} .")], terms)
    assert summary is not None
    assert not reason(summary.values()).consistent


def test_things_and_values_alike_stand_there_once() -> None:
    terms = read(TERMS)
    one = summarise([*terms, *read(":one a :A ; :p :two . :two a :C ; :n 4 .")], terms)
    more = "".join(f":one{n} a :A ; :p :two{n} . :two{n} a :C ; :n {n} . " for n in (4, 5, 6, 7))
    many = summarise([*terms, *read(more)], terms)
    assert one is not None and many is not None
    assert len(one) == len(many) == len(terms) + 4


def test_what_a_text_says_does_not_matter() -> None:
    terms = read(TERMS)
    one, other = (
        summarise([*terms, *read(f':one a :A ; rdfs:label "{text}"@en , "{text}"^^xsd:string .')], terms)
        for text in ("One", "Another")
    )
    assert one is not None and other is not None
    assert set(one) == set(other)


@pytest.mark.parametrize(
    "beyond",
    [
        ":one owl:sameAs :other .",
        ":one owl:differentFrom :other .",
        ":n a owl:FunctionalProperty .",
        ":E owl:equivalentClass [ a owl:Restriction ; owl:onProperty :n ; owl:hasValue 5 ] .",
    ],
)
def test_what_may_count_compare_or_name_things_is_not_summarised(beyond: str) -> None:
    terms = read(TERMS)
    assert summarise([*terms, *read(beyond)], terms) is None


def test_the_summary_of_the_record_is_much_smaller(flagship: Draft) -> None:
    triples = [statement[:3] for statement in flagship.record.statements]
    vocabularies = flagship.record.project.iri("graph/ontology/")
    terms = [one[:3] for one in flagship.record.statements if one.graph.startswith(vocabularies)]
    summary = summarise(triples, terms)
    assert summary is not None
    assert len(terms) < len(summary) < len(triples) / 4


def test_the_whole_record_is_consistent_too(flagship: Draft) -> None:
    located = Locator(flagship.record.project, flagship.sources)
    assert find_inconsistencies(flagship.record.statements, located, full=True) == []
