"""The server: the published files, content negotiation from things to documents, and the SPARQL endpoint."""

from __future__ import annotations

import json
import os
import posixpath
from pathlib import Path

from flask import Flask, redirect, request, send_from_directory
from jinja2 import Environment
from rdflib import Literal, URIRef
from rdflib.term import Node
from werkzeug.exceptions import HTTPException, NotAcceptable, NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from onrecord.answers import (
    FORMATS,
    MEDIA_TYPES,
    READ_ONLY,
    ROWS_JSON,
    TURTLE,
    Dataset,
    NotAcceptableError,
    accepted_media_types,
    answer_query,
    explain_syntax,
)
from onrecord.documents import FORMATS as DOCUMENT_FORMATS
from onrecord.documents import HTML, Format, path_of, relative_link
from onrecord.dumps import STORE_DUMP
from onrecord.pages import load_templates, page_settings
from onrecord.project import Project, read_project
from onrecord.questions import read_results
from onrecord.store import QueryError, RefusedError, Store

HOST = "127.0.0.1"
# Nothing is loaded from elsewhere, nothing is run but what the site itself carries.
SECURITY_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
FILE_TYPES = {
    **{f".{form.extension}": form.media_type for form in DOCUMENT_FORMATS},
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".css": "text/css",
    ".json": "application/json",
}
QUERY_TYPES = ("application/x-www-form-urlencoded", "application/sparql-query", "multipart/form-data")
Cell = tuple[str, str, str]


class Endpoint:
    """The SPARQL endpoint of one published record."""

    def __init__(self, project: Project, templates: Environment) -> None:
        self.project = project
        self.templates = templates
        self.store = Store()
        self.store.load_nquads((project.public / STORE_DUMP).read_bytes())

    def respond(self) -> Response:
        """Answer the request as SPARQL 1.1 Protocol, section 2.1, asks; a browser gets pages."""
        fault = find_fault()
        if fault:
            return self._fail(*fault, "")
        query = self._read_query()
        return self._explain() if query is None else self._try(query)

    def _try(self, query: str) -> Response:
        try:
            return self._answer(query)
        except RefusedError as error:
            return self._fail(403, str(error), query)
        except QueryError as error:
            return self._fail(400, explain_syntax(self.project, query, error), query)
        except NotAcceptableError as error:
            return self._fail(406, str(error), query)

    def _read_query(self) -> str | None:
        if request.method == "POST" and request.mimetype == "application/sparql-query":
            return request.get_data(as_text=True)
        return request.values.get("query")

    def _answer(self, query: str) -> Response:
        dataset = Dataset(
            default=tuple(request.values.getlist("default-graph-uri")),
            named=tuple(request.values.getlist("named-graph-uri")),
        )
        form = request.values.get("format")
        if form is None and prefers_html():
            return self._show(query, dataset)
        if form is not None and form not in FORMATS:
            raise NotAcceptableError(f"There is no format {form!r}. There are: {', '.join(FORMATS)}.")
        wanted = accepted_media_types(request.accept_mimetypes) if form is None else FORMATS[form]
        body, media_type = answer_query(self.store, self.project, query, wanted, dataset)
        return Response(body, content_type=with_charset(media_type))

    def _show(self, query: str, dataset: Dataset) -> Response:
        body, media_type = answer_query(self.store, self.project, query, (ROWS_JSON, TURTLE), dataset)
        if media_type == TURTLE:
            page = self._page("answer.html", query=query, error="", columns=None, found=(), text=body.decode())
            return self._html(page)
        columns, rows = read_results(json.loads(body))
        found = [[self._cell(node) for node in row] for row in rows]
        return self._html(self._page("answer.html", query=query, error="", columns=columns, found=found, text=""))

    def _cell(self, node: Node | None) -> Cell:
        """A term as text, link and language."""
        if not isinstance(node, URIRef):
            return ("" if node is None else str(node), "", (isinstance(node, Literal) and node.language) or "")
        own = node.startswith(self.project.base)
        link = relative_link("sparql", path_of(self.project, node)) if own else str(node)
        return (self.project.compact(node), link if link.startswith(("http:", "https:")) or own else "", "")

    def _page(self, template: str, **content: object) -> str:
        settings = page_settings(self.project, "sparql")
        return self.templates.get_template(template).render(**settings, title="Answer", **content)

    def _html(self, page: str, status: int = 200) -> Response:
        return Response(page, status, content_type=with_charset(HTML.media_type))

    def _explain(self) -> Response:
        if prefers_html():
            return send_from_directory(self.project.public, "sparql.html", mimetype=HTML.media_type)
        return self._fail(400, "Say what you ask: GET /sparql?query=…, or POST a query.", "")

    def _fail(self, status: int, text: str, query: str) -> Response:
        if prefers_html():
            page = self._page("answer.html", query=query, error=text, columns=None, found=(), text="")
            return self._html(page, status)
        return Response(f"{text}\n", status, content_type=with_charset("text/plain"))


def find_fault() -> tuple[int, str] | None:
    """What is wrong with how the endpoint was asked, before the query is looked at: a status and its reason."""
    if "update" in request.form or request.mimetype == "application/sparql-update":
        return 403, READ_ONLY
    if request.method == "POST" and request.mimetype not in QUERY_TYPES:
        return 415, f"POST a query as {' or as '.join(QUERY_TYPES)}."
    if len(request.values.getlist("query")) > 1:
        return 400, "There are several queries. Ask one at a time."
    return None


def create_app(project: Project) -> Flask:
    """The site of a project that has been published, as a WSGI application."""
    app = Flask("onrecord", static_folder=None)
    templates = load_templates(project.site / "templates")
    endpoint = Endpoint(project, templates)

    @app.route("/sparql", methods=["GET", "POST", "OPTIONS"])
    def sparql() -> Response:
        return answer_preflight() if request.method == "OPTIONS" else endpoint.respond()

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def serve(path: str) -> Response:
        return find_file(project, path)

    @app.errorhandler(HTTPException)
    def fail(error: HTTPException) -> Response:
        return explain_error(project, templates, error)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.vary.add("Accept")
        return response

    return app


def answer_preflight() -> Response:
    """What a browser may send from the page of another host (Fetch Standard, section 3.2)."""
    methods, headers = "GET, HEAD, POST, OPTIONS", "Accept, Content-Type"
    allowed = {"Allow": methods, "Access-Control-Allow-Methods": methods, "Access-Control-Allow-Headers": headers}
    return Response(status=204, headers=allowed)


def create_served_app() -> Flask:
    """The application of the project that the environment names; what the server's processes load."""
    folder, base = os.environ["ONRECORD_PROJECT"], os.environ.get("ONRECORD_BASE")
    return create_app(read_project(Path(folder), base))


def find_file(project: Project, path: str) -> Response:
    """A published file; or, for a thing, the way (303) to the document that the client prefers."""
    wanted = path or "index.html"
    if posixpath.normpath(wanted) != wanted:
        raise NotFound(f"There is nothing at /{path}.")
    if is_published_file(project, wanted):
        suffix = posixpath.splitext(wanted)[1]
        return send_from_directory(project.public, wanted, mimetype=FILE_TYPES.get(suffix, "text/plain"))
    documents = [form for form in DOCUMENT_FORMATS if is_published_file(project, f"{wanted}.{form.extension}")]
    if not documents:
        raise NotFound(f"There is nothing at /{path}.")
    chosen = choose_format(documents)
    if chosen is None:
        names = ", ".join(form.media_type for form in documents)
        raise NotAcceptable(f"/{path} can be had as {names}.")
    return redirect(f"{request.script_root}/{wanted}.{chosen.extension}", code=303)


def is_published_file(project: Project, path: str) -> bool:
    """Whether the site has a file at a path; a path that no file can have is none."""
    file = safe_join(str(project.public), path)
    try:
        return file is not None and Path(file).is_file()
    except (OSError, ValueError):
        return False


def choose_format(documents: list[Format]) -> Format | None:
    """The document that the client prefers; where it prefers none, the first (RFC 9110, section 12.5.1)."""
    accept = request.accept_mimetypes
    if not accept:
        return documents[0]
    quality = {form: max(accept.quality(name) for name in (form.media_type, *form.aliases)) for form in documents}
    best = max(documents, key=quality.__getitem__)
    return best if quality[best] > 0 else None


def prefers_html() -> bool:
    """Whether the client is one that shows pages: it prefers HTML to everything else that there is."""
    accept = request.accept_mimetypes
    html = accept.quality(HTML.media_type)
    return html > 0 and all(html > accept.quality(name) for name in MEDIA_TYPES)


def with_charset(media_type: str) -> str:
    """The media type with the encoding of what is sent, for those that are text."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def explain_error(project: Project, templates: Environment, error: HTTPException) -> Response:
    """What is wrong, as a page for a browser and as a line of text for everyone else."""
    text, status = error.description or error.name, error.code or 500
    if not prefers_html():
        return _add_headers(Response(f"{text}\n", status, content_type=with_charset("text/plain")), error)
    settings = page_settings(project, request.path.lstrip("/"))
    page = templates.get_template("message.html").render(**settings, title=error.name, text=text)
    return _add_headers(Response(page, status, content_type=with_charset(HTML.media_type)), error)


def _add_headers(response: Response, error: HTTPException) -> Response:
    """Keep what the error says in headers, such as the methods that are allowed."""
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response
