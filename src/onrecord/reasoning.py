"""The derived graph: what the rule files of ontology/rules construct from the record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from rdflib import BNode

from onrecord.graph import RULES, folder_files
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import QueryError, Statement, Store, sparql_syntax_error
from onrecord.vocabulary import vocabulary

SYNTAX = "Mend the query at that line; prefixes of onrecord.toml need no declaration."


def derive(project: Project, statements: Iterable[Statement]) -> tuple[list[Statement], list[Problem]]:
    """Run the rules in the order of their file names, each on all statements so far; return only what is new.

    A rule that cannot be parsed, or that makes blank nodes, becomes a problem.
    """
    store, known, graph = Store(), set(), vocabulary(project).graph("derived")
    before = list(statements)
    store.load(before)
    known.update(statement[:3] for statement in before)
    derived: list[Statement] = []
    problems: list[Problem] = []
    for file, path in folder_files(project, RULES, "*.rq"):
        try:
            triples = store.triples(path.read_text(encoding="utf-8"), project.prefixes, project.base)
        except QueryError as error:
            problems.append(query_problem(file, str(error)))
            continue
        if any(isinstance(term, BNode) for triple in triples for term in (triple[0], triple[2]) if triple not in known):
            problems.append(_blank_node_problem(file))
            continue
        new = sorted(set(triples) - known)
        known.update(new)
        fresh = [Statement(*triple, graph) for triple in new]
        store.load(fresh)
        derived += fresh
    return derived, problems


def check_query_file(project: Project, file: str, path: Path) -> Problem | None:
    """A problem if the query file cannot be parsed."""
    error = sparql_syntax_error(path.read_text(encoding="utf-8"), project.prefixes, project.base)
    return query_problem(file, error) if error else None


def query_problem(file: str, error: str) -> Problem:
    """The engine's message on a query that cannot be parsed, with its line where it names one."""
    found = re.search(r"error at (\d+):\d+", error)
    line = int(found[1]) if found else None
    return Problem(file, line, "", "query-syntax", f"This is not a SPARQL query: {error}.", SYNTAX)


def _blank_node_problem(file: str) -> Problem:
    remedy = "Build an IRI with IRI(CONCAT(…)) instead: the derived graph has no blank nodes."
    return Problem(file, None, "", "rule-blank-node", "The rule constructs blank nodes.", remedy)
