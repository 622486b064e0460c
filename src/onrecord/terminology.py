"""Terminology: how the terms of a vocabulary stand to each other, and where the record uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from rdflib.namespace import OWL, RDFS, SKOS
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.interface import mark

# How a term names what is wider than it.
WIDER = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
# Properties by which the vocabulary describes itself, which is no use of it.
SELF_DESCRIPTION = frozenset(
    (
        *(RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.isDefinedBy, OWL.disjointWith),
        *(SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, SKOS.broader, SKOS.narrower),
    )
)
# What readers call a class of another vocabulary that describes the record's own.
PLAIN_KINDS: Mapping[Node, str] = {
    SKOS.Concept: mark("concept"),
    SKOS.ConceptScheme: mark("concept scheme"),
    OWL.Ontology: mark("ontology"),
}
# Among how many things an example is sought.
LOOKED_AT = 200


@dataclass(frozen=True)
class Branch:
    """A term with the narrower ones below it."""

    term: Node
    narrower: tuple[Branch, ...]


def grow_tree(catalogue: Catalogue, terms: Sequence[Node]) -> tuple[Branch, ...]:
    """Terms under those among them that are wider, by name; a term with several wider ones stands under each."""
    below: dict[Node | None, list[Node]] = {}
    for term in terms:
        wider = [one for one in catalogue.values(term, *WIDER) if one in terms and one != term]
        for one in wider or (None,):
            below.setdefault(one, []).append(term)

    def grow(term: Node | None, path: frozenset[Node]) -> tuple[Branch, ...]:
        narrower = [one for one in catalogue.sorted(below.get(term, ())) if one not in path]
        return tuple(Branch(one, grow(one, path | {one})) for one in narrower)

    return grow(None, frozenset())


def find_example(catalogue: Catalogue, term: Node) -> Node | None:
    """A thing of the record that is of a class, or that a property or a concept describes: the first by IRI, rather
    one of which the class is the most specific."""
    described = (things for name, things in catalogue.incoming(term).items() if name not in SELF_DESCRIPTION)
    using = [thing for things in described for thing in things] + catalogue.users.get(term, [])
    named = [thing for thing in using if catalogue.is_own(thing) and "#" not in str(thing)]
    first = nsmallest(LOOKED_AT, set(named), key=str)
    return min(first, key=lambda thing: term not in catalogue.types(thing), default=None)
