"""Dumps: the whole record in single files."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from onrecord.interface import mark
from onrecord.nanopublications import render_nanopublications
from onrecord.record import Record
from onrecord.reified import render_reified
from onrecord.store import dump, serialise

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


def _render_triples(record: Record, media_type: str) -> tuple[int, bytes]:
    triples = {statement[:3] for statement in record.statements}
    return len(triples), serialise(triples, media_type, record.project.prefixes)


def _render_quads(record: Record, media_type: str) -> tuple[int, bytes]:
    statements = [*record.statements, *record.views]
    return len(statements), dump(statements, media_type, record.project.prefixes)


Render = Callable[[Record, str], tuple[int, bytes]]
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
        render_nanopublications,
    ),
    (f"{FOLDER}/rdf12.ttl", "text/turtle", mark("RDF 1.2, with what is claimed as triple terms"), render_reified),
)
# The dump from which a server loads its store, and which stands for the whole record.
STORE_DUMP = f"{FOLDER}/record.nq"
# The dump that holds what the default graph of the endpoint holds.
UNION_DUMP = f"{FOLDER}/record.ttl"
SUMS = f"{FOLDER}/SHA256SUMS"


def render_dumps(record: Record) -> Iterator[Dump]:
    """Every dump of the record."""
    for path, media_type, title, render in DUMPS:
        count, body = render(record, media_type)
        yield Dump(path, media_type, title, count, body)


def compress(body: bytes) -> bytes:
    """A file compressed, the same bytes each time (RFC 1952)."""
    return gzip.compress(body, compresslevel=6, mtime=0)


def sum_up(files: dict[str, bytes]) -> bytes:
    """The SHA-256 of files by their names, as sha256sum writes and reads them."""
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items())).encode()
