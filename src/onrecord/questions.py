"""Questions: query files with the rows that they must answer."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from onrecord.graph import QUERIES
from onrecord.memory import recall
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.reasoning import first_line, query_problem
from onrecord.store import QueryError, Store, sparql_syntax_error
from onrecord.texts import read_text, unreadable

Rows = list[tuple[str, ...]]
HEADER = re.compile(r"^# (title|theme|question|expected): ?(.*(?:\n#  +.*)*)", re.MULTILINE)
NUMBER = re.compile(r"^\d+\. ")
# Where a new word begins in the name of a variable; capitals in a row are one word.
CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])([A-Z])?|_")
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Question:
    """A query file: its path in the project and on disk, what its header says, and its text.

    ``expected`` says what the rows mean; the rows themselves stand beside, in ``answer``. ``theme`` may begin with a
    number, by which themes stand in order ("2. The dead").
    """

    file: str
    path: Path
    title: str
    theme: str
    question: str
    expected: str
    query: str

    @property
    def slug(self) -> str:
        """The name of its file, without the extension."""
        return self.path.stem

    @property
    def answer(self) -> Path:
        """The file of the expected rows: CSV, whose first line names the columns."""
        return self.path.with_suffix(".expected.csv")


@dataclass(frozen=True)
class Asked:
    """A question with its answer: the columns, and the rows with a term, or None where there is none."""

    slug: str
    title: str
    theme: str
    question: str
    expected: str
    query: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Node | None, ...], ...]

    @property
    def bare_query(self) -> str:
        """The query without the header that its page shows in other ways."""
        return HEADER.sub("", self.query).strip()

    @property
    def headings(self) -> tuple[tuple[str, str], ...]:
        """Each column with its name in words: at least, for atLeast."""
        return tuple((column, CAMEL.sub(_lower, column)) for column in self.columns)


def _lower(found: re.Match[str]) -> str:
    if found[1] is None:
        return " "
    return f" {found[1]}{found[2]}" if found[2] else f" {found[1].lower()}"


def group_by_theme(asked: Iterable[Asked]) -> list[tuple[str, list[Asked]]]:
    """Questions by theme, without its number: themes in order, those without one last under an empty name."""
    in_order = sorted(asked, key=lambda one: (not one.theme, one.theme))
    return [(NUMBER.sub("", theme), list(group)) for theme, group in groupby(in_order, key=lambda one: one.theme)]


def query_files(project: Project) -> list[tuple[str, Path]]:
    """The query files of the project, with their paths in it, in order."""
    return [(f"{QUERIES}{path.name}", path) for path in sorted((project.root / QUERIES).glob("*.rq"))]


def read_questions(project: Project) -> tuple[list[Question], list[Problem]]:
    """Every query file with what its header says; queries and expected rows that cannot be read become problems."""
    texts = {file: (path, read_text(file, path)) for file, path in query_files(project)}
    readable = {file: text for file, (_, text) in texts.items() if isinstance(text, str)}
    errors = _find_errors(project, readable)
    questions = [_read_header(file, texts[file][0], text) for file, text in readable.items() if not errors.get(file)]
    problems = [text for _, text in texts.values() if isinstance(text, Problem)]
    problems += [query_problem(file, error) for file, error in errors.items() if error]
    expected = [read_expected(question) for question in questions if _has_answer(question)]
    return questions, problems + [rows for rows in expected if isinstance(rows, Problem)]


def _find_errors(project: Project, queries: Mapping[str, str]) -> Mapping[str, str | None]:
    """What is wrong with the syntax of each query, if anything; recalled where none changed."""

    def find() -> dict[str, str | None]:
        return {file: sparql_syntax_error(text, project.prefixes, project.base) for file, text in queries.items()}

    depends = [project.base, *chain(*sorted(project.prefixes.items())), *chain(*queries.items())]
    found: dict[str, str | None] = recall("syntax", depends, find, still=lambda: True)
    return found


def _has_answer(question: Question) -> bool:
    return question.answer.exists() or question.answer.is_symlink()


def _read_header(file: str, path: Path, text: str) -> Question:
    head = {key: re.sub(r"\s*\n#\s*", " ", value).strip() for key, value in HEADER.findall(text)}
    title = head.get("title", path.stem)
    return Question(
        file, path, title, head.get("theme", ""), head.get("question", title), head.get("expected", ""), text
    )


def check_question(project: Project, store: Store, question: Question) -> Problem | None:
    """A problem if the question has no expected rows, or answers otherwise; the message shows the difference."""
    if not _has_answer(question):
        message = f"There are no expected rows in {question.answer.name}."
        remedy = "Write them from the articles, before looking at the output."
        return Problem(question.file, None, question.path.stem, "question-without-answer", message, remedy)
    expected = read_expected(question)
    if isinstance(expected, Problem):
        return expected
    try:
        found = ask(project, store, question)
    except KeyError:
        message = "The query answers with triples, which cannot be compared with expected rows."
        return _failure(question, message, "Use SELECT or ASK.")
    except QueryError as error:
        return _failure(question, f"The query cannot be answered: {first_line(error)}.", "Mend the query.")
    difference = compare_rows(expected, found, ordered=is_ordered(question))
    if not difference:
        return None
    message = f"The answer is not that of {question.answer.name} (- expected, + found):\n{difference}\n"
    remedy = "Settle it by the articles: correct the record, the query or the expected rows."
    return Problem(question.file, None, question.path.stem, "question-answered-otherwise", message, remedy)


def _failure(question: Question, message: str, remedy: str) -> Problem:
    return Problem(question.file, None, question.path.stem, "question-fails", message, remedy)


def ask(project: Project, store: Store, question: Question) -> Rows:
    """The header and rows of the answer, IRIs compacted, numbers and texts as they are; ASK answers true or false."""
    asked = ask_question(project, store, question)
    return [asked.columns, *(tuple(_cell(project, node) for node in row) for row in asked.rows)]


def ask_question(project: Project, store: Store, question: Question) -> Asked:
    """The question with its answer; that of ASK is one row with true or false. KeyError if it answers with triples."""
    answer = json.loads(store.answer(question.query, project.prefixes, project.base, [JSON]).body)
    columns, rows = read_results(answer)
    told = (question.slug, question.title, question.theme, question.question, question.expected, question.query)
    return Asked(*told, columns, rows)


def read_results(answer: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[Node | None, ...], ...]]:
    """The columns and rows of a SPARQL JSON result (SPARQL 1.1 Query Results JSON Format, section 3)."""
    if "boolean" in answer:
        return ("answer",), ((Literal(str(answer["boolean"]).lower()),),)
    columns = tuple(answer["head"]["vars"])
    bindings = answer["results"]["bindings"]
    return columns, tuple(tuple(_read_term(row.get(name)) for name in columns) for row in bindings)


def _read_term(term: Mapping[str, str] | None) -> Node | None:
    if term is None:
        return None
    if term["type"] == "uri":
        return URIRef(term["value"])
    if term["type"] == "bnode":
        return BNode(term["value"])
    datatype = term.get("datatype")
    return Literal(
        term["value"], lang=term.get("xml:lang"), datatype=URIRef(datatype) if datatype else None, normalize=False
    )


def _cell(project: Project, node: Node | None) -> str:
    if node is None:
        return ""
    return project.compact(str(node)) if isinstance(node, URIRef) else str(node)


def is_ordered(question: Question) -> bool:
    """Whether the order of the rows is part of the answer."""
    return re.search(r"^[^#]*\bORDER\s+BY\b", question.query, re.IGNORECASE | re.MULTILINE) is not None


def read_expected(question: Question) -> Rows | Problem:
    """The expected header and rows; lines that begin with # cite the sentences that they rest on."""
    file = f"{QUERIES}{question.answer.name}"
    text = read_text(file, question.answer)
    if isinstance(text, Problem):
        return text
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    try:
        return [tuple(row) for row in csv.reader(io.StringIO("".join(lines))) if row]
    except csv.Error as error:
        return unreadable(file, f"as CSV it is broken, {error}", "Look for a quotation mark that is never closed.")


def compare_rows(expected: Rows, found: Rows, *, ordered: bool) -> str:
    """A readable difference, empty if there is none: rows only expected begin with -, rows only found with +."""
    if expected == found or (not ordered and expected[:1] == found[:1] and sorted(expected) == sorted(found)):
        return ""
    missing = [row for row in expected if expected.count(row) > found.count(row)]
    extra = [row for row in found if found.count(row) > expected.count(row)]
    lines = [f"  {sign} {' | '.join(row)}" for sign, rows in (("-", missing), ("+", extra)) for row in rows]
    return "\n".join(lines) or "  the same rows in another order"
