"""Clashes: things that the record puts into two classes that exclude each other, and the triples that do so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import Node

from onrecord.store import Triple

# What the search knows of an ontology; HermiT knows the whole of OWL.
SCHEMA = frozenset(
    {
        *(RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range),
        *(OWL.inverseOf, OWL.disjointWith, OWL.members, RDF.first, RDF.rest),
    }
)


@dataclass(frozen=True)
class Membership:
    """Why a thing is in a class: the triple that puts it there, and the domain or range that reads it so, if any."""

    kind: Node
    triple: Triple
    lent_by: Triple | None = None


@dataclass(frozen=True)
class Clash:
    """A thing in two classes that exclude each other."""

    thing: Node
    memberships: tuple[Membership, Membership]


class Schema:
    """What the triples of an ontology say about classes, and about the domains and ranges of properties."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._graph = Graph()
        for triple in triples:
            if triple[1] in SCHEMA:
                self._graph.add(triple)
        self._supers: dict[Node, list[Node]] = {}
        self._lent: dict[tuple[Node, URIRef], dict[Node, Triple]] = {}
        self._excluded: dict[Node, set[Node]] = {}
        for one, other in self._excluding_pairs():
            self._excluded.setdefault(one, set()).add(other)

    def superclasses(self, kind: Node) -> list[Node]:
        """The class itself and every class above it."""
        if kind not in self._supers:
            self._supers[kind] = self._climb(kind, RDFS.subClassOf)
        return self._supers[kind]

    def excluded_by(self, kind: Node) -> set[Node]:
        """The classes that are said to have no member in common with this one."""
        return self._excluded.get(kind, set())

    def lent_by(self, given: Node, side: URIRef) -> dict[Node, Triple]:
        """The classes of what stands on one side of a property, RDFS.domain or RDFS.range, with what says so."""
        if (given, side) not in self._lent:
            declared = self._declared(given, side)
            self._lent[given, side] = {kind: row for row in declared for kind in self.superclasses(row[2])}
        return self._lent[given, side]

    def _declared(self, given: Node, side: URIRef) -> list[Triple]:
        """The domains or ranges of a property, of those above it, and of their inverses the other way round."""
        other = RDFS.range if side == RDFS.domain else RDFS.domain
        rows: list[Triple] = []
        for above in self._climb(given, RDFS.subPropertyOf):
            rows += self._graph.triples((above, side, None))
            for inverse in {*self._graph.objects(above, OWL.inverseOf), *self._graph.subjects(OWL.inverseOf, above)}:
                rows += self._graph.triples((inverse, other, None))
        return sorted(rows, key=str)

    def _climb(self, term: Node, predicate: URIRef) -> list[Node]:
        found = {above for above in self._graph.transitive_objects(term, predicate) if above is not None}
        return sorted(found, key=str)

    def _excluding_pairs(self) -> Iterator[tuple[Node, Node]]:
        for one, other in self._graph.subject_objects(OWL.disjointWith):
            yield from ((one, other), (other, one))
        for listed in self._graph.objects(None, OWL.members):
            yield from permutations(self._graph.items(listed), 2)


def find_clashes(triples: Iterable[Triple], schema: Schema) -> list[Clash]:
    """For each thing in classes that exclude each other one clash: the first, in the order of the triples."""
    held: dict[Node, dict[Node, Membership]] = {}
    clashes: dict[Node, Clash] = {}
    for triple in triples:
        for thing, found in _read_memberships(triple, schema):
            classes = held.setdefault(thing, {})
            classes.setdefault(found.kind, found)
            against = sorted(schema.excluded_by(found.kind) & classes.keys(), key=str)
            if against:
                clashes.setdefault(thing, Clash(thing, (classes[against[0]], found)))
    return list(clashes.values())


def _read_memberships(triple: Triple, schema: Schema) -> Iterator[tuple[Node, Membership]]:
    subject, predicate, value = triple
    if predicate == RDF.type:
        for kind in schema.superclasses(value):
            yield subject, Membership(kind, triple)
    for kind, declared in schema.lent_by(predicate, RDFS.domain).items():
        yield subject, Membership(kind, triple, declared)
    if not isinstance(value, Literal):
        for kind, declared in schema.lent_by(predicate, RDFS.range).items():
            yield value, Membership(kind, triple, declared)
