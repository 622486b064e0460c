"""The checks that need the whole record, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Graph

from onrecord.consistency import find_inconsistencies
from onrecord.coverage import Coverage, find_gaps, measure_coverage
from onrecord.evidence import Evidence
from onrecord.graph import Source
from onrecord.locator import Locator
from onrecord.problems import Problem
from onrecord.questions import Question, check_question
from onrecord.record import Record
from onrecord.store import Statement, Store
from onrecord.validation import validate
from onrecord.witness import find_unworded

Progress = Callable[[str], None]
# Problems by what found them: a check, or what comes before the checks.
Found = dict[str, list[Problem]]
SOURCES, LOOK = "sources", "look"
SHAPES, WORDING, COVERAGE, LOGIC, QUESTIONS = "shapes", "wording", "coverage", "logic", "questions"


@dataclass(frozen=True)
class Draft:
    """A record before it is checked, with what the checks need, and the problems found so far.

    The store holds the record's statements; ``made`` are those that each file of rules made. In full, every check looks
    at everything itself, whatever was found before and whatever follows from less.
    """

    record: Record
    sources: tuple[Source, ...]
    shapes: Graph
    questions: tuple[Question, ...]
    evidence: Evidence
    store: Store
    made: Mapping[str, Sequence[Statement]]
    problems: tuple[Problem, ...]
    full: bool = False


def _check_shapes(draft: Draft) -> Iterable[Problem]:
    record = draft.record
    store = None if draft.full else draft.store
    return validate(record.project, draft.shapes, record.statements, draft.sources, store)


def _check_wording(draft: Draft) -> Iterable[Problem]:
    record = draft.record
    return find_unworded(record.project, record.statements, record.articles, Locator(record.project, draft.sources))


def _check_logic(draft: Draft) -> Iterable[Problem]:
    record = draft.record
    return find_inconsistencies(record.statements, Locator(record.project, draft.sources), full=draft.full)


def _check_coverage(draft: Draft) -> Iterable[Problem]:
    return find_gaps(draft.record.articles, measure(draft), draft.sources)


def _check_questions(draft: Draft) -> Iterable[Problem]:
    asked = (check_question(draft.record.project, draft.store, question) for question in draft.questions)
    return [problem for problem in asked if problem]


def measure(draft: Draft) -> dict[str, list[Coverage]]:
    """For each article's IRI, how each of its sentences is carried."""
    record = draft.record
    return measure_coverage(record.project, record.statements, record.articles, draft.evidence)


@dataclass(frozen=True)
class Check:
    """A check: its name, what is being done while it runs, and how it finds problems.

    Those ``aside`` compute in Python and can do so in another process while the engines do the rest.
    """

    name: str
    stage: str
    find: Callable[[Draft], Iterable[Problem]]
    aside: bool = False


# In the order in which their problems are told.
CHECKS = (
    Check(SHAPES, "validating against the shapes", _check_shapes),
    Check(WORDING, "holding the model against the words", _check_wording, aside=True),
    Check(COVERAGE, "measuring coverage", _check_coverage, aside=True),
    Check(LOGIC, "reasoning with HermiT", _check_logic),
    Check(QUESTIONS, "asking the questions", _check_questions, aside=True),
)
