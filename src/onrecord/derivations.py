"""Derivations: which rule made a triple of the derived graph, and from which triples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.evaluate import evalPart
from rdflib.plugins.sparql.operators import EBV
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import FrozenBindings, QueryContext, SPARQLError
from rdflib.term import Node

from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.reasoning import rule_files, run_rules
from onrecord.store import Statement, Store, Triple

CONSTRUCT = re.compile(r"^CONSTRUCT\s*\{[^}]*\}", re.MULTILINE)
Bindings = dict[Variable, Node]
# A node that a property path leads to, and the triples on the way to it.
Step = tuple[Node, tuple[Triple, ...]]


@dataclass(frozen=True)
class Derivation:
    """The file of a rule, the comment that it begins with, and the triples that it made another from.

    ``premises`` are what the rule's patterns matched, also within the EXISTS that decided; what the rule found absent
    is not among them. They are empty where only the rule is known.
    """

    file: str
    comment: str
    premises: tuple[Triple, ...]


def find_derivation(project: Project, stated: Iterable[Statement], triple: Triple) -> Derivation | None:
    """The first rule that makes the triple from what the sources state and earlier rules derived; None if none does."""
    store = Store()
    for file, made in run_rules(project, store, stated):
        if not isinstance(made, Problem) and any(statement[:3] == triple for statement in made):
            text = _read_rule(project, file)
            return Derivation(file, _read_comment(text), tuple(_find_premises(project, store, text, triple)))
    return None


def _read_rule(project: Project, file: str) -> str:
    return Path(dict(rule_files(project))[file]).read_text(encoding="utf-8")


def _read_comment(text: str) -> str:
    """The lines of comment at the beginning of a file, as one text."""
    lines = re.match(r"(?:#.*\n)*", text)
    return " ".join(line.lstrip("# ") for line in (lines[0] if lines else "").splitlines())


def _find_premises(project: Project, store: Store, text: str, triple: Triple) -> Iterable[Triple]:
    """What the rule's patterns match in every solution that makes the triple, each triple once."""
    rule = translateQuery(parseQuery(text), base=project.base, initNs=dict(project.prefixes)).algebra
    wanted = [bindings for pattern in rule.template if (bindings := _unify(pattern, triple)) is not None]
    rows = store.rows(CONSTRUCT.sub("SELECT *", text, count=1), project.prefixes, project.base)
    solutions: list[Bindings] = [{Variable(name): term for name, term in row.items()} for row in rows]
    matcher = _Matcher(store)
    making = [one for one in solutions if any(bindings.items() <= one.items() for bindings in wanted)]
    return dict.fromkeys(premise for solution in making for premise in matcher.match(rule.p, solution))


def _unify(pattern: Triple, triple: Triple) -> Bindings | None:
    """The variables of a pattern as the triple binds them; None if the two differ in a constant."""
    bindings: Bindings = {}
    for wanted, term in zip(pattern, triple, strict=True):
        bound = bindings.setdefault(wanted, term) if isinstance(wanted, Variable) else wanted
        if bound != term:
            return None
    return bindings


class _Matcher:
    """Finds the triples that a solution matched, by the algebra of its query (SPARQL 1.1, section 18.2)."""

    def __init__(self, store: Store) -> None:
        self.graph = Graph()
        for statement in store.statements():
            self.graph.add(statement[:3])

    def match(self, part: CompValue, solution: Bindings) -> Iterator[Triple]:
        """The triples of the basic patterns below a part of the algebra; a branch that did not match has none."""
        if part.name == "BGP":
            yield from self._match_patterns(part.triples, solution)
        elif part.name == "ToMultiSet":
            yield from self._match_again(_below_groups(part), solution)
        else:
            for name in ("p", "p1") if part.name == "Minus" else ("p", "p1", "p2"):
                if isinstance(part.get(name), CompValue):
                    yield from self.match(part[name], solution)
            yield from self._match_condition(part.get("expr"), solution)

    def _match_patterns(self, patterns: Iterable[tuple[Any, Any, Any]], solution: Bindings) -> list[Triple]:
        """All patterns with the solution's terms in place of variables; nothing if one of them is not there."""
        triples: list[Triple] = []
        for subject, path, value in patterns:
            start, step, end = (solution.get(term, term) for term in (subject, path, value))
            chain = next((chain for reached, chain in self._walk(start, step) if reached == end), None)
            if chain is None:
                return []
            triples += chain
        return triples

    def _match_again(self, part: CompValue, solution: Bindings) -> Iterator[Triple]:
        """What a part matches that has variables of its own: a subquery that counts, or an EXISTS."""
        for found in evalPart(self._context(solution), part):
            yield from self.match(part, {**solution, **dict(found)})

    def _match_condition(self, expression: object, solution: Bindings) -> Iterator[Triple]:
        """What the EXISTS of an expression match; of an IF only the condition that holds and the arm that is taken."""
        if not isinstance(expression, CompValue):
            return
        if expression.name == "Builtin_EXISTS":
            yield from self._match_again(expression.graph, solution)
        elif expression.name == "Builtin_IF":
            holds = self._holds(expression.arg1, solution)
            taken = (expression.arg1, expression.arg2) if holds else (expression.arg3,)
            for arm in taken:
                yield from self._match_condition(arm, solution)
        elif expression.name != "Builtin_NOTEXISTS":
            for value in expression.values():
                for inner in value if isinstance(value, list) else [value]:
                    yield from self._match_condition(inner, solution)

    def _holds(self, expression: CompValue, solution: Bindings) -> bool:
        try:
            return bool(EBV(expression.eval(FrozenBindings(self._context(solution), solution.items()))))
        except SPARQLError:
            return False

    def _context(self, solution: Bindings) -> QueryContext:
        terms: Any = solution
        return QueryContext(self.graph, initBindings=terms)

    def _walk(self, start: Node, path: Any) -> Iterator[Step]:
        """Every node that a property path leads to, with the triples on the way (SPARQL 1.1, section 9)."""
        if isinstance(path, URIRef):
            for value in self.graph.objects(start, path):
                yield value, ((start, path, value),)
        elif isinstance(path, InvPath) and isinstance(path.arg, URIRef):
            for value in self.graph.subjects(path.arg, start):
                yield value, ((value, path.arg, start),)
        elif isinstance(path, SequencePath):
            yield from self._walk_steps(start, path.args)
        elif isinstance(path, AlternativePath):
            for choice in path.args:
                yield from self._walk(start, choice)
        elif isinstance(path, MulPath):
            yield from self._walk_repeatedly(start, path)

    def _walk_steps(self, start: Node, steps: list[Any]) -> Iterator[Step]:
        if not steps:
            yield start, ()
            return
        for middle, before in self._walk(start, steps[0]):
            for end, after in self._walk_steps(middle, steps[1:]):
                yield end, before + after

    def _walk_repeatedly(self, start: Node, path: Any) -> Iterator[Step]:
        """Nearest first, so that the chain is a shortest one."""
        if path.zero:
            yield start, ()
        seen: set[Node] = {start}
        edge: list[Step] = [(start, ())]
        while edge:
            node, before = edge.pop(0)
            for end, step in self._walk(node, path.path):
                yield end, before + step
                if path.more and end not in seen:
                    seen.add(end)
                    edge.append((end, before + step))


def _below_groups(part: CompValue) -> CompValue:
    """The pattern of a subquery, below what it projects and counts."""
    while part.name in ("ToMultiSet", "Project", "Extend", "AggregateJoin", "Group", "Distinct", "OrderBy", "Slice"):
        part = part.p
    return part
