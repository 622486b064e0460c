"""The SPARQL endpoint of one published record: a call in, a reply out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from jinja2 import Environment
from rdflib import Literal, URIRef
from rdflib.term import Node

from onrecord.answers import ROWS_JSON, TURTLE, NotAcceptableError, answer_query
from onrecord.assets import published_folder
from onrecord.counts import SYNTAXES, Counted
from onrecord.documents import path_of, relative_link, web_address
from onrecord.failures import HTML, CallError, limit_error, prefers_html, render_failure
from onrecord.interface import read_interface
from onrecord.outlets import AnswerTooLargeError, Outlet
from onrecord.pages import load_templates, page_settings
from onrecord.project import Project
from onrecord.protocol import Call, Question, choose_coding, read_call
from onrecord.published import read_store, store_of
from onrecord.questions import read_results
from onrecord.refusals import decode_escapes
from onrecord.store import Answer, QueryError, RefusedError, Store, UnwritableError
from onrecord.syntax import explain_syntax
from onrecord.tokens import has_keyword

Cell = tuple[str, str, str]
MakeOutlet = Callable[[str], Outlet]
# What gives another answer each time (SPARQL 1.1 Query, section 17.4); such an answer is not kept.
VOLATILE = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE"))
CONSTRUCT = frozenset(("CONSTRUCT",))
# How many rows a page shows.
SHOWN = 1_000


class Reply(NamedTuple):
    """What answers a call: HTTP status, headers, whether the same call would be answered the same, how many rows there
    are (-1 where it is not told), and the body, or the name of the file that holds it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    lasting: bool
    rows: int
    body: bytes
    file: str


class Endpoint:
    """Answers calls from a store that holds the published record: on disk where there is one, or else in memory."""

    def __init__(self, project: Project, *, in_memory: bool = False) -> None:
        self.project = project
        self.templates = load_templates(project, project.site / "templates", read_interface(project))
        self.folder = None if in_memory else store_of(project.public)
        self.store = read_store(project) if self.folder is None else Store()
        # The template is compiled once, before any worker is forked.
        self._page("")

    def open(self) -> None:
        """Open the store on disk, if there is one: in the process that reads it, since it does not survive a fork."""
        if self.folder is not None:
            self.store = Store(self.folder)

    def respond(self, call: Call, make_outlet: MakeOutlet) -> Reply:
        """Answer a call."""
        query = ""
        out = make_outlet(choose_coding(call.encodings))
        try:
            question = read_call(call)
            if question is None:
                raise CallError(400, "Say what you ask: GET /sparql?query=…, or POST a query.")
            query = question.query
            return self._answer(question, call.accept, out)
        except CallError as failure:
            return self._fail(failure, query, call.accept, out)
        except (AnswerTooLargeError, QueryError, NotAcceptableError, MemoryError) as error:
            return self._fail(self._explain(error, query, out), query, call.accept, out)

    def _answer(self, question: Question, accept: str, out: Outlet) -> Reply:
        if question.form is None and prefers_html(accept):
            content_type, rows = f"{HTML}; charset=utf-8", self._write_page(question, out)
        else:
            answer = self._ask(question, question.media_types)
            content_type, rows = with_charset(answer.media_type), write_answer(answer, out)
        lasting = not is_volatile(decode_escapes(question.query))
        return _reply(200, content_type, out, lasting=lasting, rows=rows)

    def _ask(self, question: Question, media_types: tuple[str, ...]) -> Answer:
        return answer_query(self.store, self.project, question.query, media_types, question.dataset)

    def _write_page(self, question: Question, out: Outlet) -> int:
        answer = self._ask(question, (ROWS_JSON, TURTLE))
        if answer.media_type == TURTLE:
            page, count = self._page(question.query, text=answer.body.decode()), -1
        else:
            columns, rows = read_results(json.loads(answer.body))
            found = [[self._cell(node) for node in row] for row in rows[:SHOWN]]
            page = self._page(question.query, columns=columns, found=found, count=len(rows))
            count = len(rows) if answer.has_rows else -1
        out.write(page.encode())
        return count

    def _cell(self, node: Node | None) -> Cell:
        """A term as text, link and language."""
        if not isinstance(node, URIRef):
            return ("" if node is None else str(node), "", (isinstance(node, Literal) and node.language) or "")
        own = node.startswith(self.project.base)
        link = relative_link("sparql", path_of(self.project, node)) if own else web_address(str(node))
        return (self.project.compact(node), link, "")

    def _page(self, query: str, **content: object) -> str:
        return render_answer(self.templates, self.project, query, **content)

    def _explain(self, error: Exception, query: str, out: Outlet) -> CallError:
        if isinstance(error, AnswerTooLargeError) or out.exceeded:
            limit = f"{out.limit // 1024**2} MB"
            return limit_error("answer", f"The answer is larger than {limit}. Ask for less: LIMIT, or fewer columns.")
        if isinstance(error, MemoryError):
            return limit_error("memory", OUT_OF_MEMORY)
        if isinstance(error, RefusedError):
            return CallError(403, str(error))
        if isinstance(error, NotAcceptableError | UnwritableError):
            return CallError(406, str(error))
        fault = explain_syntax(self.project, query, QueryError(str(error)))
        place = {"line": fault.line, "column": fault.column, "source": fault.source} if fault.line else {}
        return CallError(400, str(fault), {**place, "hint": fault.hint})

    def _fail(self, failure: CallError, query: str, accept: str, out: Outlet) -> Reply:
        content_type, body = render_failure(failure, accept, lambda: self._page(query, error=failure))
        out.begin_again()
        out.write(body)
        return _reply(failure.status, content_type, out, headers=failure.headers)


def render_answer(templates: Environment, project: Project, query: str, **content: object) -> str:
    """The page that shows a query with its answer or its error."""
    shown = {"error": None, "columns": None, "found": (), "count": 0, "text": "", **content}
    settings = page_settings("sparql", published_folder(project.public))
    return templates.get_template("answer.html").render(**settings, query=query, **shown)


OUT_OF_MEMORY = "The query takes more memory than it may. Ask for less: fewer patterns, fewer rows to sort or group."


def is_volatile(query: str) -> bool:
    """Whether a query may be answered with other words each time, if only with other names of blank nodes."""
    makes_nodes = has_keyword(query, CONSTRUCT) and ("[" in query or "_:" in query)
    return makes_nodes or has_keyword(query, VOLATILE)


def write_answer(answer: Answer, out: Outlet) -> int:
    """Write an answer, and return how many rows it has; -1 where it has none."""
    if not answer.has_rows:
        answer.write(out)
        return -1
    counted = Counted(out, SYNTAXES[answer.media_type])
    answer.write(counted)
    return counted.rows


def _reply(
    status: int,
    content_type: str,
    out: Outlet,
    *,
    lasting: bool = False,
    rows: int = -1,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    body, file = out.finish()
    coding = (("content-encoding", out.coding),) if out.coding else ()
    return Reply(status, (("content-type", content_type), *coding, *headers), lasting, rows, body, file)


def with_charset(media_type: str) -> str:
    """The media type with the encoding of what is sent, for those that are text."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
