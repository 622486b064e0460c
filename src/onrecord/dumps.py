"""Dumps: the whole record in single files."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from onrecord.catalogue import Catalogue
from onrecord.interface import mark
from onrecord.nanopublications import NP, find_nanopublications
from onrecord.record import Record
from onrecord.reified import find_reified
from onrecord.store import Quads, Triples

FOLDER = "dumps"


@dataclass(frozen=True)
class Dump:
    """A file of the whole record: its path in the site, media type, what it is, how many statements, its bytes."""

    path: str
    media_type: str
    title: str
    count: int
    body: bytes

    @property
    def hash(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.body).hexdigest()


class Content:
    """What the dumps of a record are made of; what several of them are made of is converted once for them all."""

    def __init__(self, record: Record, catalogue: Catalogue) -> None:
        self.catalogue, self.prefixes = catalogue, record.project.prefixes
        self.triples = Triples({statement[:3] for statement in record.statements})
        self.quads = Quads([*record.statements, *record.views])


def _render_triples(content: Content, media_type: str) -> tuple[int, bytes]:
    return len(content.triples), content.triples.write(media_type, content.prefixes)


def _render_quads(content: Content, media_type: str) -> tuple[int, bytes]:
    return len(content.quads), content.quads.write(media_type, content.prefixes)


def _render_reified(content: Content, media_type: str) -> tuple[int, bytes]:
    triples = content.triples.reify(find_reified(content.catalogue))
    return len(triples), triples.write(media_type, content.prefixes)


def _render_nanopublications(content: Content, media_type: str) -> tuple[int, bytes]:
    quads = Quads(find_nanopublications(content.catalogue))
    return len(quads), quads.write(media_type, {**content.prefixes, "np": str(NP)})


Render = Callable[[Content, str], tuple[int, bytes]]
# Each dump: path, media type, what a reader is told, and how it is made. The graphs in one are without the viewpoints.
DUMPS: tuple[tuple[str, str, str, Render], ...] = (
    (f"{FOLDER}/record.ttl", "text/turtle", mark("Turtle, all graphs in one"), _render_triples),
    (f"{FOLDER}/record.rdf", "application/rdf+xml", mark("RDF/XML, all graphs in one"), _render_triples),
    (f"{FOLDER}/record.trig", "application/trig", mark("TriG, graph by graph"), _render_quads),
    (f"{FOLDER}/record.nq", "application/n-quads", mark("N-Quads, graph by graph, canonical"), _render_quads),
    (f"{FOLDER}/record.jsonld", "application/ld+json", mark("JSON-LD, graph by graph"), _render_quads),
    (
        f"{FOLDER}/nanopublications.trig",
        "application/trig",
        mark("Nanopublications, one for each attribution"),
        _render_nanopublications,
    ),
    (f"{FOLDER}/rdf12.ttl", "text/turtle", mark("RDF 1.2, with what is claimed as triple terms"), _render_reified),
)
# The dump from which a server loads its store, and which stands for the whole record.
STORE_DUMP = f"{FOLDER}/record.nq"
# The dump that holds what the default graph of the endpoint holds.
UNION_DUMP = f"{FOLDER}/record.ttl"
SUMS = f"{FOLDER}/SHA256SUMS"


def render_dumps(record: Record, catalogue: Catalogue) -> Iterator[Dump]:
    """Every dump of the record."""
    content = Content(record, catalogue)
    for path, media_type, title, render in DUMPS:
        count, body = render(content, media_type)
        yield Dump(path, media_type, title, count, body)


def compress(body: bytes) -> bytes:
    """A file compressed, the same bytes each time (RFC 1952)."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def sum_up(files: dict[str, bytes]) -> bytes:
    """The SHA-256 of files by their names, as sha256sum writes and reads them."""
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items())).encode()
