"""Tracing: finds the leads to what a query answers about, in its algebra.

A lead goes from a step of a pattern along others that hold wherever this one does (SPARQL 1.1 Query, section 18.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from rdflib import URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from onrecord.algebra import parse
from onrecord.leads import Edge, Lead, Pattern, Reads, Trace, UntraceableError, find_lead
from onrecord.project import Project

# Parts of the algebra that are only about how an answer is given.
AROUND = (
    *(
        "SelectQuery",
        "ConstructQuery",
        "AskQuery",
        "Project",
        "Distinct",
        "Reduced",
        "OrderBy",
        "Slice",
        "Group",
        "AggregateJoin",
    ),
    *("Filter", "Extend"),
)
Renaming = Mapping[Variable, Variable]


def find_leads(algebra: CompValue, asked: Variable, other: Variable | None = None) -> Trace:
    """Every lead to a variable of a query; those of edges that have the ``other`` variable at their end are direct.

    Raises UntraceableError where the query holds what is not looked into.
    """
    leads: dict[Lead, None] = {}
    sources: set[Variable] = set()
    for part in _without_unions(algebra):
        patterns = list(_Reader(asked).read(part, (), {}))
        source = _find_source(part, asked, patterns)
        if source is not None:
            sources.add(source)
            leads |= dict.fromkeys(find_lead(pattern, source, other) for pattern in patterns)
    if len(sources) != 1:
        raise UntraceableError(f"?{asked} is bound in several ways, or in none")
    return Trace(tuple(leads), str(sources.pop()))


def _find_source(part: CompValue, asked: Variable, patterns: Iterable[Pattern]) -> Variable | None:
    """The variable itself where a pattern holds it, or else the one that it is computed from; None if neither."""
    named = {term for one in patterns for term in (one.edge.start, one.edge.end)}
    if asked in named:
        return asked
    for expression in _computed(part, asked):
        sources = set(_variables(expression))
        if len(sources) != 1 or not sources <= named:
            raise UntraceableError(f"?{asked} is not computed from one variable")
        return sources.pop()
    return None


def _computed(part: Any, asked: Variable) -> Iterator[Any]:
    if isinstance(part, CompValue):
        if part.name == "Extend" and part.var == asked:
            yield part.expr
        for inner in part.values():
            yield from _computed(inner, asked)


def _without_unions(part: CompValue) -> list[CompValue]:
    """The parts whose solutions together are those of a part, each without a union but in what is optional."""
    if part.name == "Union":
        return [*_without_unions(part.p1), *_without_unions(part.p2)]
    if part.name == "Join":
        return [_with(part, p1=one, p2=two) for one in _without_unions(part.p1) for two in _without_unions(part.p2)]
    if part.name in ("LeftJoin", "Minus"):
        return [_with(part, p1=one) for one in _without_unions(part.p1)]
    if part.name in AROUND or (part.name == "ToMultiSet" and part.p.name != "values"):
        return [_with(part, p=one) for one in _without_unions(part.p)]
    return [part]


def _with(part: CompValue, **changed: CompValue) -> CompValue:
    return CompValue(part.name, **{**part, **changed})


class _Reader:
    """Reads the patterns of a query, with variables that do not leave their part under names of their own."""

    def __init__(self, asked: Variable | None) -> None:
        self.asked, self.names = asked, count()

    def read(self, part: Any, context: tuple[Edge, ...], names: Renaming) -> Iterator[Pattern]:
        """Every step of a pattern in a part of the algebra; ``context`` holds wherever the part does."""
        if part.name in AROUND:
            inner = (*context, *self.required(part.p, names))
            yield from self.read(part.p, context, names)
            yield from self.read_condition(part.get("expr"), inner, names)
        elif part.name == "BGP":
            edges = self.required(part, names)
            yield from (Pattern(edge, (*context, *edges)) for edge in edges)
        elif part.name == "Join":
            yield from self.read(part.p1, (*context, *self.required(part.p2, names)), names)
            yield from self.read(part.p2, (*context, *self.required(part.p1, names)), names)
        elif part.name == "Union":
            yield from self.read(part.p1, context, names)
            yield from self.read(part.p2, context, names)
        elif part.name in ("LeftJoin", "Minus"):
            inner = (*context, *self.required(part.p1, names))
            yield from self.read(part.p1, context, names)
            yield from self.read(part.p2, inner, names)
            both = (*inner, *self.required(part.p2, names))
            yield from self.read_condition(part.get("expr"), both, names)
        elif part.name == "ToMultiSet":
            if part.p.name != "values":
                yield from self.read(part.p, context, self.hide(part.p, names, _projected(part.p)))
        elif part.name != "values":
            raise UntraceableError(f"{part.name} is not looked into")

    def read_condition(self, value: Any, context: tuple[Edge, ...], names: Renaming) -> Iterator[Pattern]:
        """Every step in the EXISTS of an expression."""
        if isinstance(value, CompValue) and value.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            seen = {self.asked, *(term for edge in context for term in (edge.start, edge.end))}
            shown = {own for own in _variables(value.graph) if names.get(own, own) in seen}
            yield from self.read(value.graph, context, self.hide(value.graph, names, shown))
        elif isinstance(value, CompValue):
            for inner in value.values():
                yield from self.read_condition(inner, context, names)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from self.read_condition(inner, context, names)

    def hide(self, part: Any, names: Renaming, shown: set[Variable]) -> Renaming:
        """New names for the variables of a part that are not shown outside it."""
        hidden = sorted(set(_variables(part)) - shown)
        return {**names, **{one: Variable(f"{one}{next(self.names)}_") for one in hidden}}

    def required(self, part: Any, names: Renaming) -> tuple[Edge, ...]:
        """The edges that hold in every solution of a part."""
        if part.name == "BGP":
            renamed = (tuple(names.get(term, term) for term in triple) for triple in part.triples)
            return tuple(edge for triple in renamed for edge in self.expand(*triple))
        if part.name == "Join":
            return (*self.required(part.p1, names), *self.required(part.p2, names))
        if part.name in ("LeftJoin", "Minus"):
            return self.required(part.p1, names)
        if part.name == "ToMultiSet" and part.p.name != "values":
            return self.required(part.p, self.hide(part.p, names, _projected(part.p)))
        return self.required(part.p, names) if part.name in AROUND else ()

    def expand(self, start: Node, path: Any, end: Node) -> Iterator[Edge]:
        """The steps of a pattern; where it has a property path, with variables of their own between them."""
        if isinstance(path, Variable):
            yield Edge(start, None, end, named=path)
        elif isinstance(path, InvPath):
            yield from self.expand(end, path.arg, start)
        elif isinstance(path, SequencePath):
            stops = [start, *(self.between(start, path, end, at) for at in range(1, len(path.args))), end]
            for at, step in enumerate(path.args):
                yield from self.expand(stops[at], step, stops[at + 1])
        elif isinstance(path, MulPath):
            yield Edge(start, _properties(path.path), end, closed=True)
        else:
            yield Edge(start, _properties(path), end)

    def between(self, start: Node, path: SequencePath, end: Node, at: int) -> Variable:
        """A variable between two steps of a path, the same whenever it is read."""
        return Variable(f"between {start} {path} {end} {at}")


def _projected(part: CompValue) -> set[Variable]:
    """The variables that a subquery shows."""
    while part.name != "Project":
        part = part.p
    return set(part.PV)


def _properties(path: Any) -> tuple[str, ...]:
    if isinstance(path, URIRef):
        return (str(path),)
    if isinstance(path, AlternativePath):
        return tuple(name for one in path.args for name in _properties(one))
    raise UntraceableError(f"the path {path} is not looked into")


def _variables(value: Any) -> Iterator[Variable]:
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, CompValue):
        yield from (one for inner in value.values() for one in _variables(inner))
    elif isinstance(value, SequencePath | AlternativePath | InvPath | MulPath):
        return
    elif isinstance(value, Iterable) and not isinstance(value, str):
        yield from (one for inner in value for one in _variables(inner))


def trace_heads(project: Project, query: str) -> Iterator[tuple[Trace, tuple[str, ...] | None, str | None, str | None]]:
    """For each variable that is the subject of what a rule makes: its leads, the properties, and what links it to the
    variable that it is computed from, or the variable of the object where the property is one too.

    Raises UntraceableError.
    """
    algebra = _parse(project, query)
    template = list(algebra.template)
    for subject in sorted({subject for subject, _, _ in template}):
        made = [(name, value) for one, name, value in template if one == subject]
        values = {str(value) for name, value in made if isinstance(name, Variable)}
        if not isinstance(subject, Variable) or (values and len(made) > 1):
            raise UntraceableError("what the rule makes is not looked into")
        value = next(iter(values), None)
        trace = find_leads(algebra.p, subject, Variable(value) if value else None)
        if value and not all(lead.is_direct or lead.way is None for lead in trace.leads):
            raise UntraceableError(f"nothing leads to ?{subject} and ?{value} at once")
        links = [str(name) for name, value in made if str(value) == trace.source]
        if trace.source != str(subject) and not links:
            raise UntraceableError(f"nothing links ?{subject} to ?{trace.source}")
        link = links[0] if trace.source != str(subject) else None
        yield trace, None if value else tuple(sorted({str(name) for name, _ in made})), link, value


def trace_reads(project: Project, query: str) -> Reads | None:
    """What a query looks at; None where it may look at any property."""
    try:
        patterns = list(_Reader(None).read(_parse(project, query), (), {}))
    except UntraceableError:
        return None
    plain, slots = set[str](), set[str]()
    for edge, context in ((pattern.edge, pattern.context) for pattern in patterns):
        others = {end for other in context if other != edge for end in (other.start, other.end)}
        if edge.closed and others.isdisjoint((edge.start, edge.end)):
            # Any term leads to itself.
            return None
        plain.update(edge.properties or ())
        if edge.properties is None:
            naming = [other for other in context if other.end == edge.named and other.properties]
            if not naming:
                return None
            slots.update(name for other in naming for name in other.properties or ())
    return Reads(tuple(sorted(plain)), tuple(sorted(slots)))


def trace_queries(project: Project, queries: Iterable[str], asked: str) -> list[Lead]:
    """All leads to a variable of some queries. Raises UntraceableError."""
    traces = (find_leads(_parse(project, query), Variable(asked)) for query in queries)
    return list(dict.fromkeys(lead for trace in traces for lead in trace.leads))


def _parse(project: Project, query: str) -> CompValue:
    parsed = parse(query, project.prefixes, project.base)
    if parsed is None:
        raise UntraceableError("the query cannot be parsed")
    return parsed.algebra
