"""How much longer rdflib's own SPARQL engine takes than the store of the record, question by question.

Both engines hold the same statements in memory and are asked in turn in the same process. What is printed are ratios
of medians; above 1 the store is quicker.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdflib import Graph
from rich.console import Console
from rich.table import Table

from onrecord.build import draft_record
from onrecord.project import Project, read_project
from onrecord.questions import ask_question, read_questions
from onrecord.record import Record
from onrecord.store import Store

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
# Short look-ups and lists; rdflib takes minutes on some of the others.
QUESTIONS = ("who-began-it", "what-is-denied", "csto-members", "total-dead", "relays")


def measure(ask: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def ask_rdflib(graph: Graph, query: str) -> list[object]:
    """Every row of the answer; rdflib evaluates as the rows are taken."""
    return list(graph.query(query))


def load(record: Record) -> tuple[Store, Graph]:
    """The record in both engines."""
    store, graph = Store(), Graph(bind_namespaces="none")
    store.load(record.statements)
    for statement in record.statements:
        graph.add(statement[:3])
    return store, graph


def compare(project: Project, record: Record) -> Table:
    """A row for each question: both medians in milliseconds, and their ratio."""
    store, graph = load(record)
    questions = [one for one in read_questions(project)[0] if one.slug in QUESTIONS]
    table = Table("question", "store, ms", "rdflib, ms", "ratio")
    for question in questions:
        prologue = f"BASE <{project.base}>\n" + "".join(f"PREFIX {p}: <{n}>\n" for p, n in project.prefixes.items())
        own, other = [], []
        for _ in range(ROUNDS):
            own.append(measure(partial(ask_question, project, store, question)))
            other.append(measure(partial(ask_rdflib, graph, prologue + question.query)))
        mine, theirs = statistics.median(own), statistics.median(other)
        table.add_row(question.slug, f"{1000 * mine:.2f}", f"{1000 * theirs:.2f}", f"{theirs / mine:.1f}")
    return table


if __name__ == "__main__":
    chosen = read_project(ROOT)
    Console().print(compare(chosen, draft_record(chosen, lambda stage: None).record))
