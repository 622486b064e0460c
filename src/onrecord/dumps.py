"""Dumps: the whole record in single files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from onrecord.record import Record
from onrecord.store import dump, serialise


@dataclass(frozen=True)
class Dump:
    """A file of the whole record: its path in the site, media type, what it is, how many statements, its bytes."""

    path: str
    media_type: str
    title: str
    count: int
    body: bytes


def _render_triples(record: Record, media_type: str) -> tuple[int, bytes]:
    triples = {statement[:3] for statement in record.statements}
    return len(triples), serialise(triples, media_type, record.project.prefixes)


def _render_quads(record: Record, media_type: str) -> tuple[int, bytes]:
    return len(record.statements), dump(record.statements, media_type, record.project.prefixes)


Render = Callable[[Record, str], tuple[int, bytes]]
# Each dump: path, media type, what a reader is told, and how it is made.
DUMPS: tuple[tuple[str, str, str, Render], ...] = (
    ("dumps/record.ttl", "text/turtle", "Turtle, all graphs in one", _render_triples),
    ("dumps/record.trig", "application/trig", "TriG, graph by graph", _render_quads),
    ("dumps/record.nq", "application/n-quads", "N-Quads, graph by graph", _render_quads),
)
# The dump from which a server loads its store.
STORE_DUMP = "dumps/record.nq"


def render_dumps(record: Record) -> Iterator[Dump]:
    """Every dump of the record."""
    for path, media_type, title, render in DUMPS:
        count, body = render(record, media_type)
        yield Dump(path, media_type, title, count, body)
