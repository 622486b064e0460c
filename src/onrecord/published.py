"""The published record: where it lies, and how Python programs ask it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from rdflib import Graph
from rdflib.exceptions import ParserError

from onrecord.answers import NTRIPLES, ROWS_JSON, answer_query
from onrecord.dumps import STORE_DUMP
from onrecord.fingerprint import VERSION_FILE
from onrecord.project import Project, ProjectError, find_project, read_project
from onrecord.rows import Rows, read_rows
from onrecord.store import Answer, EvaluationError, QueryError, RefusedError, Store
from onrecord.syntax import explain_syntax
from onrecord.texts import describe
from onrecord.viewpoints import views_of


class UnpublishedError(ProjectError):
    """There is no build of the project that can be read; the message says what to do."""


@dataclass(frozen=True)
class Published:
    """The record of a project as it was last built."""

    project: Project
    store: Store

    def query(self, query: str) -> Rows | Any:
        """The answer to a SPARQL query: Rows for SELECT, a bool for ASK, an rdflib.Graph for CONSTRUCT and DESCRIBE.

        The prefixes of onrecord.toml need no declaration. Raises RefusedError for updates and for SERVICE, and
        QueryError with what is wrong, where, and what to do.
        """
        try:
            answer = answer_query(self.store, self.project, query, (ROWS_JSON, NTRIPLES))
            return self._read_graph(answer) if answer.media_type == NTRIPLES else _read_results(answer)
        except RefusedError:
            raise
        except QueryError as error:
            raise type(error)(str(explain_syntax(self.project, query, error))) from error

    def _read_graph(self, answer: Answer) -> Graph:
        graph = Graph(bind_namespaces="none")
        for name, space in self.project.prefixes.items():
            graph.bind(name, space)
        try:
            return graph.parse(BytesIO(answer.body), format="nt")
        except ParserError as error:
            raise EvaluationError(f"rdflib holds no such triples: {error}") from error


def _read_results(answer: Answer) -> Rows | bool:
    results = json.loads(answer.body)
    return bool(results["boolean"]) if "boolean" in results else read_rows(results)


def open_published(folder: str | os.PathLike[str] | None, base: str | None) -> Published:
    """The record that was last built from the project in a folder, or else in the nearest from the current one upwards.

    It is answered from the store on disk where there is one, and otherwise read into memory. Raises ProjectError if
    there is no project, UnpublishedError if there is no build of it that can be read.
    """
    project = read_project(find_project(Path.cwd()) if folder is None else Path(folder), base)
    try:
        place = store_of(project.public)
        return Published(project, Store(place) if place else read_store(project))
    except (OSError, SyntaxError, ValueError) as error:
        why = describe(error) if isinstance(error, OSError) else str(error)
        command = f"onrecord build --project {project.root}" + (f" --base {base}" if base else "")
        raise UnpublishedError(f"{project.public} cannot be read: {why}. To build it, run: {command}") from error


def read_store(project: Project) -> Store:
    """A store in memory that holds the published record. Raises OSError, or SyntaxError where the dump is broken."""
    store = Store()
    store.load_nquads((project.public / STORE_DUMP).read_bytes(), apart=views_of(project.base))
    return store


def store_of(public: Path) -> Path | None:
    """Where the store on disk of a published record lies; None if it is small enough to be read into memory."""
    folder = stores_of(public) / json.loads((public / VERSION_FILE).read_text(encoding="utf-8"))["dataset_hash"]
    return folder if folder.is_dir() else None


def stores_of(public: Path) -> Path:
    """Where the stores on disk of what is published lie, each named by the hash of its dataset."""
    return public.with_name(f"{public.name}-store")
