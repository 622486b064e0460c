"""Answers: a query in, serialised bytes out, in the first form that the client accepts; nothing fetched or changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from werkzeug.datastructures import MIMEAccept

from onrecord.algebra import parse
from onrecord.descriptions import select_described
from onrecord.project import Project
from onrecord.refusals import decode_escapes
from onrecord.store import RESULT_FORMATS, TRIPLE_FORMATS, Answer, QueryError, RefusedError, Store
from onrecord.tokens import first_keyword, has_keyword

ROWS_JSON, ROWS_XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV, TURTLE = "text/csv", "text/tab-separated-values", "text/turtle"
NTRIPLES, RDF_XML, JSON_LD = "application/n-triples", "application/rdf+xml", "application/ld+json"
NQUADS, TRIG = "application/n-quads", "application/trig"
# For each name of a format, the media types that an answer in it may take: of rows, of triples.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "json": (ROWS_JSON, JSON_LD),
    "xml": (ROWS_XML, RDF_XML),
    "csv": (CSV,),
    "tsv": (TSV,),
    "ttl": (TURTLE,),
    "nt": (NTRIPLES,),
    "rdf": (RDF_XML,),
    "jsonld": (JSON_LD,),
    "nq": (NQUADS,),
    "trig": (TRIG,),
}
# Media types in the order in which they are preferred where a client accepts several equally.
MEDIA_TYPES = (*RESULT_FORMATS, *TRIPLE_FORMATS)
# What clients ask for when they mean the registered types.
XML = (ROWS_XML, RDF_XML)
ALIASES = {"application/json": (ROWS_JSON, JSON_LD), "application/xml": XML, "text/xml": XML}

FROM = frozenset(("FROM",))
UPDATES = frozenset(("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))
READ_ONLY = "This endpoint is read-only: updates are refused. The record is changed in its source files."


class NotAcceptableError(ValueError):
    """No format that the client accepts can hold the answer; the message names those that can."""


class Dataset(NamedTuple):
    """The graphs that a client restricts a query to (SPARQL 1.1 Protocol, section 2.1.4); none means all."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def answer_query(
    store: Store, project: Project, query: str, media_types: Sequence[str], dataset: Dataset | None = None
) -> Answer:
    """The answer to a query of any form, in the first of the media types that can hold it.

    Raises RefusedError, QueryError if the query cannot be parsed, NotAcceptableError if no media type can hold it.
    """
    chosen = dataset or Dataset()
    graphs = _read_from(project, query)
    _refuse_graphs(store, {*chosen.default, *chosen.named, *graphs.default, *graphs.named})
    try:
        answer = store.answer(query, project.prefixes, project.base, media_types, chosen.default, chosen.named)
        described = select_described(query)
        if described is None:
            return answer
        rows = store.rows(described, project.prefixes, project.base, dataset=(chosen.default, chosen.named))
        things = dict.fromkeys(value for row in rows for value in row.values())
        is_restricted = any((*chosen, *graphs))
        places = (chosen.default or graphs.default) if is_restricted else None
        return store.describe(things, media_types, project.prefixes, places)
    except QueryError as error:
        if first_keyword(query) in UPDATES:
            raise RefusedError(READ_ONLY) from error
        raise
    except KeyError as error:
        raise NotAcceptableError(f"The answer to this query can be had as {error.args[0]}.") from error


def accepted_media_types(accept: MIMEAccept) -> list[str]:
    """The media types that an Accept header admits (RFC 9110, section 12.5.1), best first."""
    if not accept:
        return list(MEDIA_TYPES)
    names = [*MEDIA_TYPES, *ALIASES]
    admitted = sorted((name for name in names if accept.quality(name) > 0), key=lambda name: -accept.quality(name))
    return list(dict.fromkeys(meant for name in admitted for meant in ALIASES.get(name, (name,))))


def _refuse_graphs(store: Store, named: set[str]) -> None:
    """Refuse any graph that is not one of the record's own. The engine loads none; who asks should not think it did."""
    foreign = sorted(named - store.graph_names()) if named else []
    if foreign:
        names = ", ".join(f"<{name}>" for name in foreign)
        raise RefusedError(f"{names}: no graph of this record, and nothing else is loaded. The data page lists them.")


def _read_from(project: Project, query: str) -> Dataset:
    """The graphs of a query's FROM clauses; none where the query cannot be parsed, which the engine then says."""
    if not has_keyword(decode_escapes(query), FROM):
        return Dataset()
    parsed = parse(query, project.prefixes, project.base)
    clauses = (parsed.algebra.datasetClause or ()) if parsed else ()
    return Dataset(
        default=tuple(str(clause.default) for clause in clauses if clause.default),
        named=tuple(str(clause.named) for clause in clauses if clause.named),
    )
