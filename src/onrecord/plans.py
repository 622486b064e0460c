"""Plans: how to find what a change affects, traced once in the rules and the shapes and kept as long as these stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from itertools import chain
from typing import Any

from rdflib import Graph, URIRef
from rdflib.term import Node

from onrecord.leads import Lead, Reads, Step, Trace
from onrecord.memory import recall
from onrecord.project import Project
from onrecord.questions import Question
from onrecord.reasoning import rule_files
from onrecord.rederivation import Head, Rule
from onrecord.suspects import FOCUS, Inquiry, write_inquiries

# Stands in a query of a plan for the things that it is to be asked about.
AMONG = "VALUES (the things)"


@dataclass(frozen=True)
class Plan:
    """The rules with their heads; for each shape the queries for its suspects, and the leads to these; what each
    question looks at, by its file, None where that may be anything.

    What the ``vague`` shapes suspect is asked anew after each change.
    """

    rules: tuple[Rule, ...]
    queries: Mapping[URIRef, tuple[str, ...]]
    leads: tuple[Lead, ...]
    vague: frozenset[URIRef]
    questions: Mapping[str, Reads | None]

    def ask_about(self, things: Iterable[Node]) -> dict[URIRef, list[str]]:
        """For each shape the queries for its suspects among some things."""
        named = " ".join(sorted(thing.n3() for thing in things if isinstance(thing, URIRef)))
        among = f"VALUES {FOCUS} {{ {named} }} "
        return {shape: [query.replace(AMONG, among) for query in asked] for shape, asked in self.queries.items()}


def make_plan(project: Project, shapes: Graph, questions: Iterable[Question]) -> Plan:
    """The plan for a project whose things are typed by all classes above their own. It is recalled where it can be.

    Raises UntraceableError, and ValueError as find_suspects does.
    """
    inquiries = write_inquiries(shapes, _only_itself, AMONG)
    texts = {file: path.read_text(encoding="utf-8") for file, path in rule_files(project)}
    selects = [select for inquiry in inquiries.values() if not inquiry.vague for select in inquiry.selects]
    asked = {question.file: question.query for question in questions}
    names = [part for pair in sorted(project.prefixes.items()) for part in pair]
    depends = [project.base, *names, *texts.values(), "", *selects, "", *chain(*asked.items())]
    found = recall("traces", depends, lambda: _trace(project, texts, selects, asked), still=lambda: True)
    return Plan(
        tuple(map(_read_rule, found["rules"])),
        {shape: inquiry.queries for shape, inquiry in inquiries.items()},
        tuple(dict.fromkeys([*_list_leads(inquiries), *map(_read_lead, found["leads"])])),
        frozenset(shape for shape, inquiry in inquiries.items() if inquiry.vague),
        {file: _read_reads(row) for file, row in found["questions"].items()},
    )


def _only_itself(kind: Node) -> list[Node]:
    return [kind]


def _list_leads(inquiries: Mapping[URIRef, Inquiry]) -> list[Lead]:
    return [lead for inquiry in inquiries.values() if not inquiry.vague for lead in inquiry.leads]


def _trace(
    project: Project, rules: Mapping[str, str], selects: Iterable[str], questions: Mapping[str, str]
) -> dict[str, Any]:
    # What parses queries takes long to load.
    tracing = import_module("onrecord.tracing")

    def read_rule(file: str, text: str) -> Rule:
        heads = tuple(Head(*one) for one in tracing.trace_heads(project, text))
        return Rule(file, text, heads, tracing.trace_reads(project, text))

    plain = [select.replace(AMONG, "") for select in selects]
    reads = {file: tracing.trace_reads(project, text) for file, text in questions.items()}
    return {
        "rules": [asdict(read_rule(file, text)) for file, text in rules.items()],
        "leads": [asdict(lead) for lead in tracing.trace_queries(project, plain, FOCUS[1:])],
        "questions": {file: one and asdict(one) for file, one in reads.items()},
    }


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON has it."""
    return {
        "rules": [asdict(rule) for rule in plan.rules],
        "queries": {str(shape): list(queries) for shape, queries in plan.queries.items()},
        "leads": [asdict(lead) for lead in plan.leads],
        "vague": sorted(plan.vague),
        "questions": {file: one and asdict(one) for file, one in plan.questions.items()},
    }


def plan_from_json(row: Mapping[str, Any]) -> Plan:
    """The plan that plan_as_json made this of."""
    return Plan(
        tuple(map(_read_rule, row["rules"])),
        {URIRef(shape): tuple(queries) for shape, queries in row["queries"].items()},
        tuple(map(_read_lead, row["leads"])),
        frozenset(map(URIRef, row["vague"])),
        {file: _read_reads(one) for file, one in row["questions"].items()},
    )


def _read_rule(row: Mapping[str, Any]) -> Rule:
    return Rule(row["file"], row["query"], tuple(map(_read_head, row["heads"])), _read_reads(row["reads"]))


def _read_reads(row: Mapping[str, Any] | None) -> Reads | None:
    return None if row is None else Reads(tuple(row["plain"]), tuple(row["slots"]))


def _read_head(row: Mapping[str, Any]) -> Head:
    trace = Trace(tuple(map(_read_lead, row["trace"]["leads"])), row["trace"]["source"])
    return Head(trace, _tuple(row["properties"]), row["link"], row["value"])


def _read_lead(row: Mapping[str, Any]) -> Lead:
    way = row["way"] and tuple(Step(_tuple(one["properties"]), one["forward"], one["closed"]) for one in row["way"])
    return Lead(
        row["subject"],
        _tuple(row["properties"]),
        row["object"],
        row["from_subject"],
        None if way is None else tuple(way),
        row["is_direct"],
    )


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
