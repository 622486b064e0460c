"""Competency questions: query files with the rows that they must answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import QueryError, Row, Statement, Store

HEADER = re.compile(r"^# (title|question|answer): ?(.*(?:\n#  +.*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A query file: its name, the title, question and meaning of its answer from its header, and its text."""

    name: str
    file: str
    path: Path
    title: str
    question: str
    answer: str
    query: str

    @property
    def expected(self) -> Path:
        """The file of the expected rows: CSV, the first line names the columns."""
        return self.path.with_suffix(".csv")


def query_files(project: Project) -> list[tuple[str, Path]]:
    """The query files of the project, with their paths in it, in order."""
    folder = project.root / "kb" / "queries"
    return [(f"kb/queries/{path.name}", path) for path in sorted(folder.glob("*.rq"))]


def read_questions(project: Project) -> list[Question]:
    """Every query file, with what its header says."""
    questions = []
    for file, path in query_files(project):
        text = path.read_text(encoding="utf-8")
        head = {key: re.sub(r"\s*\n#\s*", " ", value).strip() for key, value in HEADER.findall(text)}
        title = head.get("title", path.stem)
        questions.append(
            Question(path.stem, file, path, title, head.get("question", title), head.get("answer", ""), text)
        )
    return questions


def check_questions(project: Project, statements: Iterable[Statement]) -> list[Problem]:
    """Run every question over the statements and compare with its expected rows."""
    questions = read_questions(project)
    if not questions:
        return []
    store = Store()
    store.load(statements)
    return [problem for question in questions for problem in check_question(project, store, question)]


def check_question(project: Project, store: Store, question: Question) -> list[Problem]:
    """A problem if the question has no expected rows, fails, or answers other rows; the message shows the difference."""
    if not question.expected.is_file():
        message = f"There are no expected rows in {question.expected.name}."
        remedy = "Write them from the articles, before looking at the output."
        return [Problem(question.file, None, question.name, "question-without-answer", message, remedy)]
    try:
        rows = answer_rows(project, store, question)
    except QueryError as error:
        remedy = "Mend the query: only SELECT queries are asked as questions."
        return [Problem(question.file, None, question.name, "question-fails", f"{error}.", remedy)]
    difference = compare_rows(read_expected(question), rows, ordered="ORDER BY" in question.query.upper())
    if not difference:
        return []
    message = f"The answer differs from {question.expected.name}:\n{difference}\n"
    remedy = "Settle it by the articles: correct the record, the query or the expected rows."
    return [Problem(question.file, None, question.name, "question-answered-otherwise", message, remedy)]


def answer_rows(project: Project, store: Store, question: Question) -> list[tuple[str, ...]]:
    """The header and rows of the question's answer, IRIs compacted, numbers and texts as they are."""
    rows = store.rows(question.query, project.prefixes, project.base)
    names = _columns(question.query, rows)
    return [tuple(names)] + [tuple(_cell(project, row.get(name)) for name in names) for row in rows]


def _columns(query: str, rows: list[Row]) -> list[str]:
    select = re.search(r"SELECT\s+(?:DISTINCT\s+|REDUCED\s+)?(.*?)\s*(?:WHERE|\{|FROM)", query, re.DOTALL | re.IGNORECASE)
    plain = re.sub(r"\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*?\s+AS\s+\?(\w+)\s*\)", r"?\1", select[1] if select else "")
    names = re.findall(r"\?(\w+)", plain)
    return names or sorted({name for row in rows for name in row})


def _cell(project: Project, term: Node | None) -> str:
    if term is None:
        return ""
    return project.compact(str(term)) if isinstance(term, URIRef) else str(term)


def read_expected(question: Question) -> list[tuple[str, ...]]:
    """The expected header and rows; lines that begin with # cite the sentences they rest on."""
    lines = question.expected.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    return [tuple(row) for row in csv.reader(io.StringIO(text)) if row]


def compare_rows(expected: list[tuple[str, ...]], found: list[tuple[str, ...]], *, ordered: bool) -> str:
    """A readable difference: rows expected and not found begin with -, rows found and not expected with +."""
    if expected == found or (not ordered and expected[:1] == found[:1] and sorted(expected) == sorted(found)):
        return ""
    missing = [row for row in expected if expected.count(row) > found.count(row)]
    extra = [row for row in found if found.count(row) > expected.count(row)]
    lines = ["  - " + " | ".join(row) for row in missing] + ["  + " + " | ".join(row) for row in extra]
    return "\n".join(lines) or "  the same rows in another order"
