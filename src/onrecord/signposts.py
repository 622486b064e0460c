"""Signposts: what tells programs the way around the site, at the addresses where they look for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from onrecord.answers import FORMATS, MEDIA_TYPES
from onrecord.catalogue import Catalogue
from onrecord.documents import FORMATS as DOCUMENT_FORMATS
from onrecord.dumps import Dump
from onrecord.project import Project
from onrecord.record import Record

# The file of the site that tells the server what is no longer where it was.
GONE = "gone.json"
PROBLEM = "application/problem+json"
# What a query parameter is, and whether it may stand several times.
PARAMETERS = (
    ("query", "A SPARQL 1.1 query. The prefixes of the record need not be declared.", False),
    ("default-graph-uri", "A graph of the record that the query sees as the default graph.", True),
    ("named-graph-uri", "A graph of the record that the query sees as a named graph.", True),
    ("format", "The format of the answer, in place of the Accept header.", False),
)
# The statuses of the endpoint: what each means.
STATUSES = {
    "200": "The answer.",
    "304": "The client already has the answer.",
    "400": "The query is none, or nests too deeply.",
    "403": "The query asks for what is never done: updates, other endpoints, other graphs.",
    "406": "The answer cannot be had in a format that the client reads.",
    "408": "The request was not sent in time.",
    "413": "The request is too long.",
    "414": "The address is too long.",
    "415": "The query was posted as what is not read.",
    "503": "A stated limit was reached; the client may ask again.",
}


def render_robots(project: Project) -> bytes:
    """What crawlers may read (RFC 9309): all but the answers to queries."""
    lines = ["User-agent: *", "Disallow: /sparql?", "Allow: /", f"Sitemap: {project.base}sitemap.xml"]
    return ("\n".join(lines) + "\n").encode()


def render_sitemap(project: Project, paths: Iterable[str]) -> bytes:
    """The pages of the site (sitemaps.org, protocol 0.9)."""
    entries = "".join(f"<url><loc>{escape(project.base + path)}</loc></url>\n" for path in sorted(paths))
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{entries}</urlset>\n'.encode()


def render_gone(catalogue: Catalogue) -> bytes:
    """What was withdrawn, with reason and day, and what goes by another name: by the paths where it was."""
    rec, project = catalogue.words.rec, catalogue.project
    told: dict[str, dict[str, str]] = {}
    for thing in catalogue.members(rec("Tombstone")):
        path = str(thing).removeprefix(project.base)
        for reason in catalogue.values(thing, rec("withdrawnBecause")):
            day = str(catalogue.value(thing, rec("withdrawnOn")))[:10]
            told[path] = {"reason": f"Withdrawn on {day}: {reason}"}
        for other in catalogue.values(thing, rec("renamedTo")):
            told[path] = {"path": str(other).removeprefix(project.base)}
    return (json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def describe_for_search(record: Record, dumps: Iterable[Dump], dataset_hash: str) -> dict[str, object]:
    """The dataset in schema.org's words, for the page of downloads."""
    project = record.project
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{project.base}void#dataset",
        "name": project.title,
        "description": project.description,
        "url": f"{project.base}data.html",
        "version": project.version,
        "license": project.licence,
        "creditText": project.licence_note,
        "identifier": f"sha256:{dataset_hash}",
        "inLanguage": list(project.languages),
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": dump.title,
                "encodingFormat": dump.media_type,
                "contentUrl": project.base + dump.path,
                "contentSize": f"{len(dump.body)} B",
                "sha256": dump.hash,
            }
            for dump in dumps
        ],
    }


def render_openapi(project: Project) -> bytes:
    """The HTTP interface (OpenAPI 3.1)."""
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": project.title,
            "description": project.description,
            "version": project.version,
            "license": {"name": project.licence_note, "url": project.licence},
        },
        "servers": [{"url": "/"}],
        "paths": {"/sparql": _describe_endpoint(), "/{path}": _describe_documents()},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _describe_endpoint() -> dict[str, object]:
    form = {"type": "object", "properties": {name: _schema(name, many) for name, _, many in PARAMETERS}}
    bodies = {
        "application/x-www-form-urlencoded": {"schema": {**form, "required": ["query"]}},
        "application/sparql-query": {"schema": {"type": "string"}},
    }
    parameters = [_parameter(name, told, many) for name, told, many in PARAMETERS]
    return {
        "get": {
            "operationId": "query",
            "summary": "Ask a query; without one, a browser gets the query page, all others the service description.",
            "parameters": parameters,
            "responses": _responses(MEDIA_TYPES),
        },
        "post": {
            "operationId": "postQuery",
            "summary": "Ask a query that is too long for an address.",
            "parameters": parameters[1:],
            "requestBody": {"required": True, "content": bodies},
            "responses": _responses(MEDIA_TYPES),
        },
    }


def _describe_documents() -> dict[str, object]:
    path = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
    told = "What is asked for: the IRI of a thing without the base, or a file of the site. May hold slashes."
    statuses = {
        "303": "The document of the thing that the client prefers.",
        "206": "A part of the file.",
        "404": "There is nothing there.",
        "410": "What was there has been withdrawn; the answer says why.",
        "301": "What was there has another name.",
        "416": "The file has no such part.",
    }
    kept = ("200", "304", "406", "414")
    return {
        "get": {
            "operationId": "read",
            "summary": "Read a page, a document or a download; a thing's IRI leads to its document.",
            "parameters": [{**path, "description": told, "allowReserved": True}],
            "responses": _responses(
                [form.media_type for form in DOCUMENT_FORMATS], {**{k: STATUSES[k] for k in kept}, **statuses}
            ),
        }
    }


def _schema(name: str, many: bool) -> dict[str, object]:
    one: dict[str, object] = {"type": "string"}
    if name == "format":
        one["enum"] = list(FORMATS)
    return {"type": "array", "items": one} if many else one


def _parameter(name: str, told: str, many: bool) -> dict[str, object]:
    return {"name": name, "in": "query", "description": told, "schema": _schema(name, many)}


def _responses(media_types: Iterable[str], statuses: Mapping[str, str] = STATUSES) -> dict[str, object]:
    answers: dict[str, object] = {media_type: {} for media_type in [*media_types, "text/html"]}
    failures: dict[str, object] = {media_type: {} for media_type in (PROBLEM, "text/plain", "text/html")}
    return {
        status: {"description": told, **({"content": answers} if status == "200" else {"content": failures})}
        if status not in ("304", "303", "301", "206")
        else {"description": told}
        for status, told in sorted(statuses.items())
    }
