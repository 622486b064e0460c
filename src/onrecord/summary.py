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
from collections.abc import Callable, Container, Hashable, Iterable, Sequence
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
# What tells a triple of the summary from others.
Alike = tuple[Node, Node, Hashable]
BUILT_IN = (str(OWL), str(RDF), str(RDFS))


def summarise(triples: Sequence[Triple], vocabulary: Iterable[Triple]) -> dict[Alike, Triple] | None:
    """The triples with stand-ins for all that the vocabulary does not speak of, by what tells them apart; None if they
    are not SIMPLE."""
    terms = {term for triple in triples for term in triple}
    if not all(map(is_simple, terms)):
        return None
    kept = keep_terms(triples, vocabulary)
    kinds: dict[Node, set[Node]] = {}
    for subject, predicate, value in triples:
        if predicate == RDF.type:
            kinds.setdefault(subject, set()).add(value)
    stand_ins = StandIns(kept, lambda term: frozenset(kinds.get(term, ())))
    found: dict[Alike, Triple] = {}
    for triple in triples:
        alike, standing = stand_ins.replace(triple)
        found.setdefault(alike, standing)
    return found


def tell(alike: Alike) -> str:
    """What tells a triple of the summary from others, in few characters."""
    return hashlib.sha256(repr(alike).encode()).hexdigest()[:24]


def keep_terms(triples: Iterable[Triple], vocabulary: Iterable[Triple]) -> set[Node]:
    """The terms that nothing stands in for: those that the vocabulary speaks of, properties and classes."""
    kept = {term for triple in vocabulary for term in triple}
    for _, predicate, value in triples:
        kept.add(predicate)
        if predicate == RDF.type:
            kept.add(value)
    return kept


class StandIns:
    """Puts for each term what stands for it; ``kinds`` says which classes a thing is in."""

    def __init__(self, kept: Container[Node], kinds: Callable[[Node], frozenset[Node]]) -> None:
        self.kept, self.kinds = kept, kinds
        self._known: dict[Node, tuple[Node, Hashable]] = {}
        self._names: dict[frozenset[Node], URIRef] = {}

    def replace(self, triple: Triple) -> tuple[Alike, Triple]:
        """A triple with stand-ins, and what tells it from others."""
        subject, predicate, value = triple
        holder, (stands, alike) = self._of(subject)[0], self._of(value)
        return (holder, predicate, alike), (holder, predicate, stands)

    def _of(self, term: Node) -> tuple[Node, Hashable]:
        """What stands for a term, and what tells that from others."""
        if term not in self._known:
            self._known[term] = self._find(term)
        return self._known[term]

    def _find(self, term: Node) -> tuple[Node, Hashable]:
        if isinstance(term, Literal):
            return _stand_in_text(term), _sort(term)
        if isinstance(term, BNode) or term in self.kept:
            return term, term
        alike = self.kinds(term)
        if alike not in self._names:
            self._names[alike] = _name(alike)
        return self._names[alike], self._names[alike]


def is_simple(term: Node) -> bool:
    """Whether a term is one with which the argument holds."""
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
    sort = literal.datatype, literal.language is not None, bool(literal.ill_typed)
    if (
        isinstance(literal.value, int | Decimal)
        and not isinstance(literal.value, bool)
        and math.isfinite(literal.value)
    ):
        whole = math.floor(literal.value)
        return *sort, whole == literal.value, (whole > 0) - (whole < 0), (whole if whole >= 0 else ~whole).bit_length()
    return *sort, getattr(literal.value, "tzinfo", None) is not None
