"""Leads: from a triple that a query's patterns match to the things that its answer is about.

Where a record changes by a few triples, only what they lead to can be answered otherwise. What is found so may be more
than what changes, never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from rdflib import RDF, Literal, URIRef, Variable
from rdflib.term import Node

from onrecord.store import Store, Triple

# How the graphs are named that no query sees; and that of triples that went, while it is found what that changes.
HIDDEN = "urn:onrecord:"
GONE = f"{HIDDEN}gone"


class FarReachingError(ValueError):
    """A change that may change anything."""


class UntraceableError(FarReachingError):
    """A query whose answers cannot be led to from the triples that it matches."""


@dataclass(frozen=True)
class Step:
    """From one end of a triple to the other: its possible properties, None for any; repeatedly, if ``closed``."""

    properties: tuple[str, ...] | None
    forward: bool
    closed: bool = False


@dataclass(frozen=True)
class Lead:
    """What a triple must hold to match, None for anything; and the way from its subject, or object, to what is asked
    for. Without a way it may lead anywhere. ``is_direct`` if its other end is asked for as well."""

    subject: str | None
    properties: tuple[str, ...] | None
    object: str | None
    from_subject: bool = True
    way: tuple[Step, ...] | None = None
    is_direct: bool = False

    def matches(self, triple: Triple) -> bool:
        """Whether a triple may match, its property aside."""
        return self.subject in (None, str(triple[0])) and self.object in (None, str(triple[2]))


@dataclass(frozen=True)
class Trace:
    """All leads to a variable of a query, its ``source``, or where that is computed, to what it is computed from."""

    leads: tuple[Lead, ...]
    source: str


@dataclass(frozen=True)
class Edge:
    """One step of a pattern between two terms; ``named`` is the variable of its property, where that is one."""

    start: Node
    properties: tuple[str, ...] | None
    end: Node
    closed: bool = False
    named: Node | None = None


@dataclass(frozen=True)
class Pattern:
    """An edge with those that hold wherever it does."""

    edge: Edge
    context: tuple[Edge, ...]


def find_lead(pattern: Pattern, asked: Variable, other: Variable | None = None) -> Lead:
    """The lead from the edge of a pattern to a variable; direct, if the ``other`` variable is at its other end."""
    edge = pattern.edge
    matched = tuple(str(term) if isinstance(term, URIRef) else None for term in (edge.start, edge.end))
    # A part of a chain of steps may be anywhere in it, so its ends are not those of the pattern.
    subject, value = (None, None) if edge.closed else matched
    ways = _find_ways(asked, pattern)
    ends = [end for end in (edge.start, edge.end) if end in ways]
    chosen = min(ends, key=lambda end: sum(map(_cost, ways[end])), default=None)
    if chosen is None:
        return Lead(subject, edge.properties, value)
    at_start = chosen == edge.start
    first = (Step(edge.properties, not at_start, closed=True),) if edge.closed else ()
    is_direct = not edge.closed and {asked, other} == {edge.start, edge.end}
    return Lead(subject, edge.properties, value, at_start, (*first, *ways[chosen]), is_direct)


def _find_ways(asked: Variable, pattern: Pattern) -> dict[Node, tuple[Step, ...]]:
    """The way from each variable to the one asked for, along the context of a pattern: that with the fewest things."""
    ways: dict[Node, tuple[Step, ...]] = {}
    order = count()
    waiting: list[tuple[int, int, Node, tuple[Step, ...]]] = [(0, next(order), asked, ())]
    while waiting:
        cost, _, reached, way = heappop(waiting)
        if reached in ways:
            continue
        ways[reached] = way
        for edge in pattern.context:
            for near, far, forward in ((edge.end, edge.start, True), (edge.start, edge.end, False)):
                if near == reached and isinstance(far, Variable) and edge != pattern.edge:
                    step = Step(edge.properties, forward, edge.closed)
                    heappush(waiting, (cost + _cost(step), next(order), far, (step, *way)))
    return ways


def _cost(step: Step) -> int:
    """How many things a step may lead to: to one most often where it is forward, to very many from a class."""
    if step.properties is None or str(RDF.type) in step.properties:
        return 5 if step.forward else 1_000
    return 1 if step.forward else 10


@dataclass(frozen=True)
class Reads:
    """The properties that a query looks at, and those whose values are others that it looks at."""

    plain: tuple[str, ...]
    slots: tuple[str, ...]

    def list_properties(self, store: Store) -> set[str]:
        """All of them, by what the store holds, or held."""
        slots = map(URIRef, self.slots)
        named = (one[2] for slot in slots for graph in (None, GONE) for one in store.match(None, slot, None, graph))
        return {*self.plain, *map(str, named)}


@dataclass
class Change:
    """The triples that came to the union of all graphs, and those that went."""

    come: set[Triple] = field(default_factory=set)
    gone: set[Triple] = field(default_factory=set)

    def __iter__(self) -> Iterator[Triple]:
        yield from self.come
        yield from self.gone


def follow(store: Store, leads: Iterable[Lead], change: Change) -> Iterator[tuple[Node, Node | None]]:
    """Everything that the leads lead to from the triples of a change, with the other end where they are direct.

    The store holds what is there now, and in the graph GONE what went. Raises FarReachingError.
    """
    by_property: dict[str, list[Triple]] = defaultdict(list)
    for triple in change:
        by_property[str(triple[1])].append(triple)
    for lead in leads:
        names = by_property if lead.properties is None else lead.properties
        matched = [triple for name in names for triple in by_property.get(name, ()) if lead.matches(triple)]
        if matched and lead.way is None:
            raise FarReachingError(f"{matched[0]} may change anything")
        ends = (0, 2) if lead.from_subject else (2, 0)
        if lead.is_direct:
            yield from ((triple[ends[0]], triple[ends[1]]) for triple in matched)
        else:
            yield from ((node, None) for node in _walk(store, {triple[ends[0]] for triple in matched}, lead.way or ()))


def _walk(store: Store, nodes: set[Node], way: Iterable[Step]) -> set[Node]:
    for step in way:
        reached = set(nodes) if step.closed else set()
        edge = nodes
        while edge:
            edge = {far for node in edge for far in _take_step(store, node, step)} - reached
            reached |= edge
            if not step.closed:
                break
        nodes = reached
    return nodes


def _take_step(store: Store, node: Node, step: Step) -> Iterator[Node]:
    if step.forward and isinstance(node, Literal):
        return
    for name in step.properties or (None,):
        predicate = URIRef(name) if name else None
        for graph in (None, GONE):
            if step.forward:
                yield from (value for _, _, value in store.match(node, predicate, None, graph))
            else:
                yield from (subject for subject, _, _ in store.match(None, predicate, node, graph))
