"""Documents: for every IRI that the record mints, the files that answer for it, and where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from onrecord.catalogue import Catalogue, document_of
from onrecord.project import Project
from onrecord.store import Triples


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
# How many folders deep a page lies, or the path of the site's root where a page is shown at any depth.
Depth = int | str
# How many links are remembered: those of a page repeat, and so does the navigation.
KEPT = 8_192
# The longest segment of a path that leaves room for an extension in a file name of 255 bytes.
LONGEST = 240
# What a path may not begin with: the pages that list things, and the site's own folders and files.
RESERVED = frozenset(
    (
        *("index", "events", "claims", "agents", "places", "articles", "questions", "vocabulary", "sparql", "data"),
        *("disputes", "search", "search.json", "completions.json", "404"),
        *(
            "assets",
            "dumps",
            "version.json",
            "void",
            "service",
            "robots.txt",
            "favicon.ico",
            "sitemap.xml",
            "openapi.json",
            "gone.json",
        ),
    )
)


def path_of(project: Project, iri: str, extension: str = HTML.extension) -> str:
    """The path of the document of one of the record's own IRIs, relative to the site's root, with the fragment."""
    document, mark, fragment = iri.removeprefix(project.base).partition("#")
    return f"{document or 'index'}.{extension}{mark}{fragment}"


def relative_link(from_path: str, to_path: str) -> str:
    """A link from one page of the site to another, right wherever the site lies."""
    return link_from(from_path.count("/"), to_path)


@lru_cache(maxsize=KEPT)
def link_from(depth: Depth, to_path: str) -> str:
    """A link from any page that lies so many folders deep: up to the root of the site, and down from there."""
    path, mark, fragment = to_path.partition("#")
    root = depth if isinstance(depth, str) else "../" * depth
    return root + quote(path) + (f"#{quote(fragment, safe='=,/-._~')}" if mark else "")


def web_address(iri: str) -> str:
    """An IRI of others as a page may link it: only one of the web, so that nothing is run; otherwise empty."""
    return iri if iri.startswith(("http://", "https://")) else ""


def render_rdf(catalogue: Catalogue, iri: str) -> Iterator[tuple[Format, bytes]]:
    """The triples of a document in each of RDF_FORMATS, those about the thing itself first; the same bytes for the same
    record."""
    document = document_of(iri)
    triples = Triples(catalogue.describe(document), first=document)
    return ((form, triples.write(form.media_type, catalogue.project.prefixes)) for form in RDF_FORMATS)


def find_unpublishable(project: Project, document: str) -> str | None:
    """Why no file of the site can hold a document, or None if one can: its path must be plain, and its own."""
    path = document.removeprefix(project.base)
    segments = path.split("/")
    if not path or segments[0] in RESERVED:
        return "Its place on the site belongs to a page or folder of the site itself."
    if any(segment in ("", ".", "..") for segment in segments):
        return "Its path has an empty segment or one of dots."
    if any(len(segment.encode()) > LONGEST for segment in segments):
        return f"A segment of its path is longer than {LONGEST} bytes, which no file name can be."
    if any(segment.endswith(tuple(f".{form.extension}" for form in FORMATS)) for segment in segments):
        return "A segment of its path ends like a file of the site."
    return None
