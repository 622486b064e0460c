"""The derived graph: what the rule files of ontology/rules construct from the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import BNode

from onrecord.graph import RULES, folder_files
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import EvaluationError, Fresh, QueryError, Statement, Store
from onrecord.texts import read_text
from onrecord.vocabulary import vocabulary


def derive(
    project: Project, store: Store, statements: Iterable[Statement]
) -> tuple[dict[str, list[Statement]], list[Problem]]:
    """Run the rules in the order of their file names, each on all statements so far; return what each makes anew.

    In the end the store, empty at first, holds both. A rule that cannot be parsed, or that makes blank nodes, becomes a
    problem.
    """
    found = dict(run_rules(project, store, statements))
    derived = {file: made for file, made in found.items() if not isinstance(made, Problem)}
    return derived, [problem for problem in found.values() if isinstance(problem, Problem)]


def run_rules(
    project: Project, store: Store, statements: Iterable[Statement]
) -> Iterator[tuple[str, list[Statement] | Problem]]:
    """Each rule's file in turn, with the statements that no rule before it made.

    The store holds what the rule saw; what it made is added when the next rule is asked for.
    """
    graph = vocabulary(project).graph("derived")
    store.load(statements)
    for file, path in rule_files(project):
        fresh = _construct(project, store, file, path)
        if isinstance(fresh, Problem):
            yield file, fresh
            continue
        if any(isinstance(term, BNode) for triple in fresh.triples for term in triple):
            yield file, _blank_node_problem(file)
            continue
        yield file, [Statement(*triple, graph) for triple in fresh.triples]
        store.add(fresh, graph)


def rule_files(project: Project) -> list[tuple[str, Path]]:
    """The rule files in the order in which they run; a name that begins with _ is set aside."""
    return [(file, path) for file, path in folder_files(project, RULES, "*.rq") if not path.name.startswith("_")]


def _construct(project: Project, store: Store, file: str, path: Path) -> Fresh | Problem:
    text = read_text(file, path)
    if isinstance(text, Problem):
        return text
    try:
        return store.construct(text, project.prefixes, project.base)
    except EvaluationError as error:
        remedy = (
            "Mend the rule: it is a CONSTRUCT query whose parts are IRIs and literals, with the functions of SPARQL."
        )
        return Problem(file, None, "", "rule-fails", f"The rule cannot be run: {first_line(error)}.", remedy)
    except QueryError as error:
        return query_problem(file, str(error))


def query_problem(file: str, error: str) -> Problem:
    """The engine's message on a query that cannot be parsed, with its line where it names one."""
    found = re.search(r"error at (\d+):\d+", error)
    line = int(found[1]) if found else None
    error = first_line(error)
    remedy = "Mend the query at that line; the prefixes of onrecord.toml need no declaration."
    return Problem(file, line, "", "query-syntax", f"This is not a SPARQL query: {error}.", remedy)


def first_line(error: object) -> str:
    """The engine's message without the long list of everything that might have stood there instead."""
    return re.split(r": expected one of |\n", str(error))[0]


def _blank_node_problem(file: str) -> Problem:
    remedy = "Build an IRI with IRI(CONCAT(…)) instead: the derived graph has no blank nodes."
    return Problem(file, None, "", "rule-blank-node", "The rule constructs blank nodes.", remedy)
