"""The summary of a record: one stand-in for all things that are alike, so that a reasoner need not look at each.

Every model of the summary is one of the record: let each thing be what its stand-in is. So if the summary is
consistent, the record is, and nothing is missed (Fokoue, Kershenbaum, Ma, Schonberg and Srinivas, The Summary Abox,
ISWC 2006). If it is not, only the record itself can tell.

Numbers stand for themselves, so that two may not be made one; some are left out where nothing can tell them from one
that is kept. One text stands for all, since nothing can tell texts apart but by their datatype. What could is beyond
SIMPLE.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal

from rdflib import OWL, RDF, RDFS, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from onrecord.store import Triple

# The constructs with which the argument holds for literals: none counts values, compares them or names one.
SIMPLE = frozenset(
    {
        *(RDF.type, RDF.first, RDF.rest, RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.label),
        *(RDFS.comment, RDFS.isDefinedBy, RDFS.seeAlso, OWL.inverseOf, OWL.disjointWith, OWL.members, OWL.versionInfo),
        *(OWL.versionIRI, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology),
        *(OWL.AllDisjointClasses, OWL.SymmetricProperty, OWL.NamedIndividual, OWL.Thing, RDF.nil, RDF.List),
        *(RDFS.Literal, RDFS.Resource, RDF.langString, RDF.PlainLiteral),
    }
)
BUILT_IN = (str(OWL), str(RDF), str(RDFS))


def summarise(triples: Sequence[Triple], vocabulary: Iterable[Triple]) -> list[Triple] | None:
    """The triples with stand-ins for all that the vocabulary does not speak of; None if they are not SIMPLE."""
    if not all(_is_simple(term) for triple in triples for term in triple):
        return None
    kept = {term for triple in vocabulary for term in triple} | {predicate for _, predicate, _ in triples}
    kept |= {value for _, predicate, value in triples if predicate == RDF.type}
    kinds: dict[Node, set[Node]] = {}
    for subject, predicate, value in triples:
        if predicate == RDF.type:
            kinds.setdefault(subject, set()).add(value)
    stand_ins: dict[frozenset[Node], URIRef] = {}
    standing: dict[Node, Node] = {}

    def stand_in(term: Node) -> Node:
        if term not in standing:
            alike = frozenset(kinds.get(term, ()))
            kept_as_is = term in kept or isinstance(term, BNode | Literal)
            standing[term] = term if kept_as_is else stand_ins.setdefault(alike, _name(alike))
        return standing[term]

    found: dict[tuple[Node, Node, Hashable], Triple] = {}
    for subject, predicate, value in triples:
        triple = stand_in(subject), predicate, _stand_in_text(value) if isinstance(value, Literal) else stand_in(value)
        alike = _sort(value) if isinstance(value, Literal) else triple[2]
        found.setdefault((triple[0], predicate, alike), triple)
    return list(found.values())


def _is_simple(term: Node) -> bool:
    return not isinstance(term, URIRef) or not str(term).startswith(BUILT_IN) or term in SIMPLE


def _name(alike: frozenset[Node]) -> URIRef:
    """A name for all that have the same types."""
    return URIRef("urn:onrecord:" + hashlib.sha256(" ".join(sorted(map(str, alike))).encode()).hexdigest())


def _stand_in_text(literal: Literal) -> Literal:
    """One text for all in the same datatype, so that the summary is the same whatever they say."""
    if literal.ill_typed or literal.datatype not in (None, XSD.string):
        return literal
    return Literal("text", lang="en") if literal.language else Literal("text", datatype=literal.datatype)


def _sort(literal: Literal) -> Hashable:
    """What a literal has in common with those in all the same datatypes (XML Schema 1.1 part 2, section 3.4)."""
    sort = literal.datatype, literal.language is not None, literal.ill_typed
    if (
        isinstance(literal.value, int | Decimal)
        and not isinstance(literal.value, bool)
        and math.isfinite(literal.value)
    ):
        whole = math.floor(literal.value)
        return *sort, whole == literal.value, (whole > 0) - (whole < 0), (whole if whole >= 0 else ~whole).bit_length()
    return *sort, getattr(literal.value, "tzinfo", None) is not None
