"""Suspects: for each shape the things that may violate it, found by the store.

A shape becomes a SPARQL query whose answer holds everything that violates it. Where a constraint has no counterpart in
SPARQL, or none that is certain to agree with pySHACL, all its targets are suspects. What pySHACL then finds among the
suspects is all that it would find in the whole.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

from rdflib import OWL, BNode, Graph, Literal, URIRef, Variable
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from onrecord.leads import Edge, Lead, Pattern, find_lead
from onrecord.project import Project
from onrecord.store import Row, Store, is_kept

FOCUS = "?this"
MATCHES = "urn:onrecord:matches"
# The greatest number of values that is counted in a query.
COUNTED = 3
# What reaches beyond shapes looked at one by one, or gives them targets, constraints or functions of their own.
BEYOND = (
    *((None, SH[name], None) for name in ("rule", "target", "parameter", "js", "expression")),
    *((None, RDF.type, kind) for kind in (SH.SPARQLFunction, RDFS.Class, OWL.Class)),
)
# How a shape says what it looks at (SHACL, section 2.1.3), and what else is no constraint.
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
SILENT = {
    *TARGETS,
    *(SH[name] for name in ("path", "message", "severity", "name", "description", "order", "group", "defaultValue")),
    *(SH[name] for name in ("deactivated", "flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount")),
}
# Parts of SPARQL that mean something else when $this is bound beforehand (SHACL, appendix A).
UNBINDABLE = re.compile(
    r"\b(MINUS|VALUES|SERVICE|FROM|LIMIT|OFFSET)\b|(^|\s)#|\bSELECT\b.*\bSELECT\b|\$(PATH|shapesGraph|currentShape)",
    re.DOTALL | re.IGNORECASE,
)
QUANTIFIERS: Mapping[Node, str] = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}
KINDS: Mapping[Node, str] = {
    SH.IRI: "isIRI({0})",
    SH.Literal: "isLiteral({0})",
    SH.BlankNode: "isBlank({0})",
    SH.BlankNodeOrIRI: "(isBlank({0}) || isIRI({0}))",
    SH.BlankNodeOrLiteral: "(isBlank({0}) || isLiteral({0}))",
    SH.IRIOrLiteral: "(isIRI({0}) || isLiteral({0}))",
}


@dataclass(frozen=True)
class Condition:
    """A SPARQL expression that is true of every node that fails, never an error; ``exact`` if of these alone."""

    text: str
    exact: bool = True

    def negate(self) -> Condition:
        """True of every node that holds."""
        return Condition(f"!({self.text})") if self.exact else PERHAPS


# Not the word that conditions of other kinds hold: where this one does, what is suspected does not show in a query.
ANYTHING = "1 = 1"
NEVER, PERHAPS = Condition("false"), Condition(ANYTHING, exact=False)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Fails if one of them does."""
    parts = [one for one in conditions if one.text != "false"]
    if not parts:
        return NEVER
    return Condition(" || ".join(f"({one.text})" for one in parts), all(one.exact for one in parts))


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Fails if all of them do."""
    parts = list(conditions)
    return Condition(" && ".join(f"({one.text})" for one in parts), all(one.exact for one in parts))


@dataclass(frozen=True)
class Inquiry:
    """What is asked for the suspects of a shape: queries, some of them the ``selects`` of its own constraints.

    ``leads`` are those of the other queries. It is ``vague`` where what is suspected does not show in them.
    """

    queries: tuple[str, ...]
    selects: tuple[str, ...]
    leads: tuple[Lead, ...]
    vague: bool


def find_suspects(project: Project, shapes: Graph, store: Store) -> dict[URIRef, list[Node]]:
    """For each shape with suspects, in order of their IRIs, what may violate it.

    Raises ValueError where the shapes go beyond what can be written so, QueryError if one holds a broken query.
    """
    closed = is_closed_upwards(project, store)
    inquiries = write_inquiries(shapes, partial(_list_subclasses, project, store, closed))
    return ask_suspects(project, store, {shape: inquiry.queries for shape, inquiry in inquiries.items()})


def write_inquiries(
    shapes: Graph, subclasses: Callable[[Node], Iterable[Node]], among: str = ""
) -> dict[URIRef, Inquiry]:
    """What is asked for the suspects of each shape; ``subclasses`` lists the classes below a class, and that itself.

    ``among`` is written into each group that says what a shape looks at, unless that is vague. Raises ValueError as
    find_suspects does.
    """
    if any(pattern in shapes for pattern in BEYOND):
        raise ValueError("the shapes hold rules, functions, components or targets of their own")
    return dict(_Writer(shapes, subclasses, among).write_all())


def ask_suspects(project: Project, store: Store, asked: Mapping[URIRef, Iterable[str]]) -> dict[URIRef, list[Node]]:
    """For each shape with suspects what its queries find. Raises QueryError."""
    # The store answers outside Python, so that it can answer several at a time.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(partial(_ask_all, project, store), asked.values())
        return {shape: nodes for shape, nodes in zip(asked, answers, strict=True) if nodes}


def _ask_all(project: Project, store: Store, queries: Iterable[str]) -> list[Node]:
    return sorted({row["this"] for query in queries for row in _ask(project, store, query)}, key=str)


def aim(shapes: Graph, suspects: Mapping[URIRef, Iterable[Node]]) -> Graph:
    """The shapes, each with its suspects as its only targets."""
    aimed = Graph(bind_namespaces="none")
    for prefix, space in shapes.namespaces():
        aimed.bind(prefix, space)
    for triple in shapes:
        if triple[1] not in TARGETS:
            aimed.add(triple)
    for shape, nodes in suspects.items():
        for node in nodes:
            aimed.add((shape, SH.targetNode, node))
    return aimed


def _ask(project: Project, store: Store, query: str) -> list[Row]:
    return store.rows(query, project.prefixes, project.base, {MATCHES: matches})


def matches(text: str, pattern: str, flags: str) -> bool:
    """Whether a text matches a pattern as pySHACL understands it: in Python's syntax, and of the flags only i and m."""
    chosen = {"i": re.IGNORECASE, "m": re.MULTILINE}
    return re.search(pattern, text, sum(chosen[one] for one in set(flags.lower()) & set(chosen))) is not None


def is_closed_upwards(project: Project, store: Store, things: Iterable[Node] | None = None) -> bool:
    """Whether everything, or some things, are typed by all the named classes above their own, so that none below need
    be looked for."""
    named = () if things is None else (thing.n3() for thing in things if isinstance(thing, URIRef))
    among = "" if things is None else f"VALUES ?thing {{ {' '.join(sorted(named))} }}"
    query = f"""SELECT ?kind {{ {among} ?thing a ?kind . ?kind <{RDFS.subClassOf}> ?above
        FILTER (isIRI(?above) && NOT EXISTS {{ ?thing a ?above }}) }} LIMIT 1"""
    return not _ask(project, store, query)


def _list_subclasses(project: Project, store: Store, closed: bool, kind: Node) -> list[Node]:
    query = f"SELECT ?kind {{ ?kind <{RDFS.subClassOf}>* {kind.n3()} }}"
    return [kind] if closed else [row["kind"] for row in _ask(project, store, query)]


@dataclass
class _Writer:
    """Writes shapes as queries, as write_queries says."""

    shapes: Graph
    subclasses: Callable[[Node], Iterable[Node]]
    among: str = ""
    edges: list[Edge | None] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))
    above: list[Node] = field(default_factory=list)
    below: dict[Node, str] = field(default_factory=dict)

    def write_all(self) -> Iterator[tuple[URIRef, Inquiry]]:
        """Every shape with targets, with what is asked for its suspects."""
        found = {shape for name in TARGETS for shape in self.shapes.subjects(name) if isinstance(shape, URIRef)}
        for shape in sorted(found):
            yield shape, self.write(shape)

    def write(self, shape: Node) -> Inquiry:
        """The queries whose answers together hold what may violate a shape."""
        self.edges.clear()
        fails = self.fails(shape, FOCUS)
        vague = ANYTHING in fails.text or None in self.edges
        targets = self._targets(shape, "" if vague else self.among)
        query = f"SELECT DISTINCT {FOCUS} WHERE {{ {targets} FILTER ({fails.text}) }}"
        bound = (self._bind(constraint, targets) for constraint in self.shapes.objects(shape, SH.sparql))
        selects = tuple(select for select in bound if select)
        edges = tuple(edge for edge in self.edges if edge)
        leads = tuple(dict.fromkeys(find_lead(Pattern(edge, edges), Variable(FOCUS[1:])) for edge in edges))
        return Inquiry((*([] if fails.text == "false" else [query]), *selects), selects, leads, vague)

    def fails(self, shape: Node, node: str) -> Condition:
        """Whether a node may fail a shape."""
        if shape in self.above:
            return PERHAPS
        if (shape, SH.deactivated, Literal(True)) in self.shapes:
            return NEVER
        self.above.append(shape)
        try:
            return any_of(self._constraints(shape, node))
        finally:
            self.above.pop()

    def _constraints(self, shape: Node, node: str) -> Iterator[Condition]:
        path = self.shapes.value(shape, SH.path)
        for name in sorted(set(self.shapes.predicates(shape)), key=str):
            values = sorted(self.shapes.objects(shape, name), key=str)
            if name in SILENT or not str(name).startswith(str(SH)):
                continue
            if name in OF_VALUES:
                write = OF_VALUES[name]
                yield self.of_some_value(node, path, partial(_write_each, self, shape, write, values))
            elif name in OF_SETS:
                yield any_of(OF_SETS[name](self, shape, one, node, path) for one in values)
            elif name == SH.sparql and not self.above[1:]:
                yield from (PERHAPS for constraint in values if not self._is_bindable(constraint))
            else:
                yield PERHAPS

    def of_some_value(self, node: str, path: Node | None, write: Callable[[str], Condition]) -> Condition:
        """Whether one of the values of a node fails; without a path the node is its own value."""
        if path is None:
            return write(node)
        value = self.fresh()
        fails = write(value)
        if fails == NEVER:
            return NEVER
        return Condition(self.exists(node, path, value, fails.text), fails.exact)

    def some(self, node: str, path: Node, count: int) -> str:
        """True if a node has so many different values or more."""
        values = [self.fresh() for _ in range(count)]
        text = " && ".join(f"!sameTerm({one}, {other})" for one, other in combinations(values, 2)) or "true"
        for value in values:
            text = self.exists(node, path, value, text)
        return text

    def exists(self, node: str, path: Node, value: str, text: str = "true") -> str:
        """True if a SHACL property path leads to a value of which the text is true.

        Step by step, each within the one before: in patterns of several steps the store does not see where to begin.
        """
        inverse = self.shapes.value(path, SH.inversePath)
        if inverse:
            return self.exists_step(value, inverse, node, text)
        if (path, RDF.first, None) not in self.shapes:
            return self.exists_step(node, path, value, text)
        steps = self.members(path)
        stops = [node, *(self.fresh() for _ in steps[1:]), value]
        for i in reversed(range(len(steps))):
            text = self.exists(stops[i], steps[i], stops[i + 1], text)
        return text

    def exists_step(self, node: str, path: Node, value: str, text: str) -> str:
        """True if one step of a path leads to a value of which the text is true."""
        self.note(node, path, value)
        return f"EXISTS {{ {node} {self._path(path)} {value} FILTER ({text}) }}"

    def note(self, start: str, path: Node, end: str) -> None:
        """Keep an edge of the patterns that are written; None for a path that is not one."""
        quantified = next((value for name, value in self.shapes.predicate_objects(path) if name in QUANTIFIERS), None)
        step = path if quantified is None else quantified
        alternatives = self.shapes.value(step, SH.alternativePath)
        steps = [step] if alternatives is None else self.members(alternatives)
        is_edge = all(isinstance(one, URIRef) for one in steps)
        edge = Edge(_term(start), tuple(map(str, steps)), _term(end), quantified is not None)
        self.edges.append(edge if is_edge else None)

    def fresh(self) -> str:
        """A variable of its own."""
        return f"?v{next(self.names)}"

    def _path(self, path: Node) -> str:
        """A SHACL property path in SPARQL."""
        if isinstance(path, URIRef):
            return path.n3()
        if (path, RDF.first, None) in self.shapes:
            return f"({'/'.join(self._path(step) for step in self.members(path))})"
        for name, value in self.shapes.predicate_objects(path):
            if name == SH.inversePath:
                return f"^{self._path(value)}"
            if name == SH.alternativePath:
                return f"({'|'.join(self._path(step) for step in self.members(value))})"
            if name in QUANTIFIERS:
                return f"({self._path(value)}){QUANTIFIERS[name]}"
        raise ValueError(f"no SHACL property path: {path}")

    def members(self, head: Node) -> list[Node]:
        """The members of an RDF list."""
        return list(Collection(self.shapes, head))

    def typed(self, node: str, kind: Node) -> str:
        """A pattern that matches if a node is of a class or of one below it."""
        if not isinstance(kind, URIRef):
            raise ValueError(f"no class: {kind}")
        if kind not in self.below:
            below = sorted(one.n3() for one in self.subclasses(kind) if isinstance(one, URIRef))
            self.below[kind] = " ".join(below or [kind.n3()])
        if " " not in self.below[kind]:
            self.edges.append(Edge(_term(node), (str(RDF.type),), kind))
            return f"{node} a {self.below[kind]}"
        of_kind = self.fresh()
        self.edges.append(Edge(_term(node), (str(RDF.type),), _term(of_kind)))
        return f"VALUES {of_kind} {{ {self.below[kind]} }} {node} a {of_kind}"

    def _targets(self, shape: Node, among: str) -> str:
        """What a shape looks at, each once."""
        patterns = [self.typed(FOCUS, kind) for kind in self.shapes.objects(shape, SH.targetClass)]
        patterns += [f"BIND ({node.n3()} AS {FOCUS})" for node in self.shapes.objects(shape, SH.targetNode)]
        for name, is_subject in ((SH.targetSubjectsOf, True), (SH.targetObjectsOf, False)):
            for step in self.shapes.objects(shape, name):
                start, end = (FOCUS, self.fresh()) if is_subject else (self.fresh(), FOCUS)
                self.note(start, step, end)
                patterns.append(f"{start} {step.n3()} {end}")
        return f"{{ SELECT DISTINCT {FOCUS} WHERE {{ {' UNION '.join(f'{{ {among}{one} }}' for one in patterns)} }} }}"

    def _is_bindable(self, constraint: Node) -> bool:
        """Whether a SPARQL constraint answers the same if its targets are joined with it."""
        select = str(self.shapes.value(constraint, SH.select) or "")
        grouped = re.search(r"GROUP\s+BY(.*)", select, re.DOTALL | re.IGNORECASE)
        starts = re.search(r"\bWHERE\s*\{", select, re.IGNORECASE)
        named = starts and re.search(r"[$?]this\b", select[: starts.start()])
        return bool(named) and not UNBINDABLE.search(select) and (grouped is None or "$this" in grouped[1])

    def _bind(self, constraint: Node, targets: str) -> str | None:
        """A SPARQL constraint that looks at the targets of its shape."""
        if not self._is_bindable(constraint):
            return None
        select = str(self.shapes.value(constraint, SH.select))
        select = re.sub(r"\bWHERE\s*\{", lambda found: f"{found[0]} {targets} ", select, count=1, flags=re.IGNORECASE)
        declared = (
            one
            for block in self.shapes.objects(constraint, SH.prefixes)
            for one in self.shapes.objects(block, SH.declare)
        )
        spaces = {str(self.shapes.value(one, SH.prefix)): self.shapes.value(one, SH.namespace) for one in declared}
        return "".join(f"PREFIX {name}: <{space}> " for name, space in spaces.items()) + select


def _term(written: str) -> Node:
    """A variable, or what stands for any value that is written out."""
    return Variable(written.removeprefix("?")) if written.startswith("?") else Literal(written)


def _is_class(writer: _Writer, _: Node, kind: Node, value: str) -> Condition:
    return Condition(f"NOT EXISTS {{ {writer.typed(value, kind)} }}")


def _has_datatype(_: _Writer, __: Node, datatype: Node, value: str) -> Condition:
    special = datatype in (RDFS.Literal, RDFS.Datatype)
    return PERHAPS if special else Condition(f"!isLiteral({value}) || DATATYPE({value}) != {datatype.n3()}")


def _has_kind(_: _Writer, __: Node, kind: Node, value: str) -> Condition:
    return Condition(f"!{KINDS[kind].format(value)}") if kind in KINDS else PERHAPS


def _has_length(sign: str) -> OfValue:
    def write(_: _Writer, __: Node, length: Node, value: str) -> Condition:
        return Condition(f"isBlank({value}) || COALESCE(!(STRLEN(STR({value})) {sign} {int(str(length))}), true)")

    return write


def _has_pattern(writer: _Writer, shape: Node, pattern: Node, value: str) -> Condition:
    flags = writer.shapes.value(shape, SH.flags)
    re.compile(str(pattern))
    words = ", ".join(Literal(str(one or "")).n3() for one in (pattern, flags))
    return Condition(f"isBlank({value}) || !<{MATCHES}>(STR({value}), {words})")


def _compares(sign: str) -> OfValue:
    def write(_: _Writer, __: Node, bound: Node, value: str) -> Condition:
        return Condition(f"COALESCE(!({value} {sign} {bound.n3()}), true)", exact=False)

    return write


def _is_in_language(writer: _Writer, _: Node, languages: Node, value: str) -> Condition:
    wanted = [str(one) for one in writer.members(languages)]
    if any("-" in one for one in wanted):
        return PERHAPS
    ranges = (f'LANGMATCHES(LANG({value}), "{one}")' for one in wanted)
    return Condition(f"COALESCE(!({' || '.join(ranges)}), true)")


def _is_among(writer: _Writer, _: Node, values: Node, value: str) -> Condition:
    among = writer.members(values)
    same = " || ".join(f"sameTerm({value}, {one.n3()})" for one in among)
    return Condition(f"!({same or 'false'})") if all(map(is_kept, among)) else PERHAPS


def _conforms(writer: _Writer, _: Node, other: Node, value: str) -> Condition:
    return writer.fails(other, value)


def _conforms_not(writer: _Writer, _: Node, other: Node, value: str) -> Condition:
    return writer.fails(other, value).negate()


def _conforms_to_all(writer: _Writer, _: Node, others: Node, value: str) -> Condition:
    return any_of(writer.fails(other, value) for other in writer.members(others))


def _conforms_to_one(writer: _Writer, _: Node, others: Node, value: str) -> Condition:
    return all_of(writer.fails(other, value) for other in writer.members(others))


def _at_least(writer: _Writer, _: Node, count: Node, node: str, path: Node | None) -> Condition:
    least = int(str(count))
    if path is None or least > COUNTED:
        return PERHAPS
    return Condition(f"!{writer.some(node, path, least)}") if least else NEVER


def _at_most(writer: _Writer, _: Node, count: Node, node: str, path: Node | None) -> Condition:
    most = int(str(count))
    return PERHAPS if path is None or most >= COUNTED else Condition(writer.some(node, path, most + 1))


def _has_value(writer: _Writer, _: Node, value: Node, node: str, path: Node | None) -> Condition:
    if isinstance(value, BNode) or not is_kept(value):
        return PERHAPS
    found = writer.exists(node, path, value.n3()) if path else f"sameTerm({node}, {value.n3()})"
    return Condition(f"!{found}")


def _equals(writer: _Writer, _: Node, other: Node, node: str, path: Node | None) -> Condition:
    if path is None:
        return PERHAPS
    value = writer.fresh()
    here, there = writer.exists(node, path, value), writer.exists(node, other, value)
    return Condition(
        f"{writer.exists(node, path, value, f'!{there}')} || {writer.exists(node, other, value, f'!{here}')}"
    )


def _is_disjoint(writer: _Writer, _: Node, other: Node, node: str, path: Node | None) -> Condition:
    value = writer.fresh()
    return Condition(writer.exists(node, path, value, writer.exists(node, other, value))) if path else PERHAPS


def _is_less(sign: str) -> OfSet:
    def write(writer: _Writer, _: Node, other: Node, node: str, path: Node | None) -> Condition:
        if path is None:
            return PERHAPS
        one, two = writer.fresh(), writer.fresh()
        greater = writer.exists(node, other, two, f"COALESCE(!({one} {sign} {two}), true)")
        return Condition(writer.exists(node, path, one, greater), exact=False)

    return write


def _has_qualified(writer: _Writer, shape: Node, other: Node, node: str, path: Node | None) -> Condition:
    """How many values conform to another shape, where one at most is wanted or allowed."""
    least, most = (writer.shapes.value(shape, SH[name]) for name in ("qualifiedMinCount", "qualifiedMaxCount"))
    if path is None or int(str(least or 0)) > 1 or int(str(most or 0)) > 1:
        return PERHAPS
    one, two = writer.fresh(), writer.fresh()
    holds, too = (writer.fails(other, value).negate() for value in (one, two))
    if not holds.exact:
        return PERHAPS
    parts = []
    if int(str(least or 0)):
        parts.append(Condition(f"!{writer.exists(node, path, one, holds.text)}"))
    if most is not None and int(str(most)):
        second = writer.exists(node, path, two, f"!sameTerm({one}, {two}) && {too.text}")
        parts.append(Condition(writer.exists(node, path, one, f"{holds.text} && {second}")))
    elif most is not None:
        parts.append(Condition(writer.exists(node, path, one, holds.text)))
    return any_of(parts)


def _has_property(writer: _Writer, _: Node, other: Node, node: str, path: Node | None) -> Condition:
    return writer.of_some_value(node, path, lambda value: writer.fails(other, value))


def _is_closed(writer: _Writer, shape: Node, closed: Node, node: str, path: Node | None) -> Condition:
    if closed != Literal(True) or path is not None:
        return PERHAPS
    inner = (writer.shapes.value(one, SH.path) for one in writer.shapes.objects(shape, SH.property))
    ignored = writer.shapes.value(shape, SH.ignoredProperties)
    allowed = {one for one in [*inner, *(writer.members(ignored) if ignored else [])] if isinstance(one, URIRef)}
    name, value = writer.fresh(), writer.fresh()
    writer.edges.append(Edge(_term(node), None, _term(value)))
    listed = ", ".join(sorted(one.n3() for one in allowed))
    return Condition(f"EXISTS {{ {node} {name} {value} FILTER ({name} NOT IN ({listed})) }}")


def _write_each(writer: _Writer, shape: Node, write: OfValue, values: Sequence[Node], value: str) -> Condition:
    return any_of(write(writer, shape, one, value) for one in values)


OfValue = Callable[[_Writer, Node, Node, str], Condition]
OfSet = Callable[[_Writer, Node, Node, str, Node | None], Condition]
# Constraints on each value (SHACL, section 4), and on all the values of a node together.
OF_VALUES: Mapping[Node, OfValue] = {
    SH["class"]: _is_class,
    SH.datatype: _has_datatype,
    SH.nodeKind: _has_kind,
    SH.minLength: _has_length(">="),
    SH.maxLength: _has_length("<="),
    SH.pattern: _has_pattern,
    SH.minInclusive: _compares(">="),
    SH.maxInclusive: _compares("<="),
    SH.minExclusive: _compares(">"),
    SH.maxExclusive: _compares("<"),
    SH.languageIn: _is_in_language,
    SH["in"]: _is_among,
    SH.node: _conforms,
    SH["not"]: _conforms_not,
    SH["and"]: _conforms_to_all,
    SH["or"]: _conforms_to_one,
}
OF_SETS: Mapping[Node, OfSet] = {
    SH.minCount: _at_least,
    SH.maxCount: _at_most,
    SH.hasValue: _has_value,
    SH.equals: _equals,
    SH.disjoint: _is_disjoint,
    SH.lessThan: _is_less("<"),
    SH.lessThanOrEquals: _is_less("<="),
    SH.qualifiedValueShape: _has_qualified,
    SH.property: _has_property,
    SH.closed: _is_closed,
}
