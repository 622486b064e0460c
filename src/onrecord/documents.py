"""Documents: for every IRI that the record mints, the files that answer for it, and where they lie."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import quote

from onrecord.catalogue import Catalogue, document_of
from onrecord.project import Project
from onrecord.store import serialise


@dataclass(frozen=True)
class Format:
    """A form in which documents are published: file extension, media type, what a reader calls it, and other media
    types by which clients mean it."""

    extension: str
    media_type: str
    title: str
    aliases: tuple[str, ...] = ()


# In the order of preference where a client accepts several equally.
HTML = Format("html", "text/html", "HTML")
RDF_FORMATS = (
    Format("ttl", "text/turtle", "Turtle"),
    Format("jsonld", "application/ld+json", "JSON-LD", ("application/json",)),
    Format("nt", "application/n-triples", "N-Triples"),
    Format("rdf", "application/rdf+xml", "RDF/XML"),
)
FORMATS = (HTML, *RDF_FORMATS)


def path_of(project: Project, iri: str, extension: str = HTML.extension) -> str:
    """The path of the document of one of the record's own IRIs, relative to the site's root, with the fragment."""
    document, mark, fragment = iri.removeprefix(project.base).partition("#")
    return f"{document or 'index'}.{extension}{mark}{fragment}"


def relative_link(from_path: str, to_path: str) -> str:
    """A link from one page of the site to another, right wherever the site lies."""
    path, mark, fragment = to_path.partition("#")
    start = posixpath.dirname(from_path) or "."
    return quote(posixpath.relpath(path, start)) + mark + quote(fragment, safe="=,/-._~")


def render_rdf(catalogue: Catalogue, iri: str, media_type: str) -> bytes:
    """The triples of a document, those about the thing itself first; the same bytes for the same record."""
    document = document_of(iri)
    return serialise(catalogue.describe(document), media_type, catalogue.project.prefixes, first=document)
