"""Answers: a query in, serialised bytes out, in the first form that the client accepts; nothing fetched or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept

from onrecord.project import Project
from onrecord.reasoning import first_line
from onrecord.refusals import decode_escapes, parse
from onrecord.store import GRAPH_FORMATS, RESULT_FORMATS, Answer, QueryError, RefusedError, Store

ROWS_JSON, ROWS_XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV, TURTLE = "text/csv", "text/tab-separated-values", "text/turtle"
NTRIPLES, RDF_XML, JSON_LD = "application/n-triples", "application/rdf+xml", "application/ld+json"
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
}
# Media types in the order in which they are preferred where a client accepts several equally.
MEDIA_TYPES = (*RESULT_FORMATS, *GRAPH_FORMATS)
# What clients ask for when they mean the registered type.
ALIASES = {"application/json": ROWS_JSON, "application/xml": ROWS_XML, "text/xml": ROWS_XML}

# SPARQL 1.1 Query, section 19.8: what may hold any word without being a keyword, then words and names.
TOKEN = re.compile(
    r"""
      (?P<quoted> \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
                | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<comment> \#[^\n\r]* )
    | (?P<variable> [?$]\w+ )
    | (?P<name> [\w.-]*:[\w.%:-]* )
    | (?P<language> @[A-Za-z-]+ )
    | (?P<word> [A-Za-z]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
UPDATES = frozenset(("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))
READ_ONLY = "This endpoint is read-only: updates are refused. The record is changed in its source files."


class NotAcceptableError(ValueError):
    """No format that the client accepts can hold the answer; the message names those that can."""


@dataclass(frozen=True)
class Dataset:
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
    _refuse_graphs(project, store, query, chosen)
    try:
        return store.answer(query, project.prefixes, project.base, media_types, chosen.default, chosen.named)
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
    return list(dict.fromkeys(ALIASES.get(name, name) for name in admitted))


def _refuse_graphs(project: Project, store: Store, query: str, dataset: Dataset) -> None:
    """Refuse any graph that is not one of the record's own. The engine loads none; who asks should not think it did."""
    named = {*dataset.default, *dataset.named, *_read_from(project, query)}
    foreign = sorted(named - store.graph_names()) if named else []
    if foreign:
        names = ", ".join(f"<{name}>" for name in foreign)
        raise RefusedError(f"{names}: no graph of this record, and nothing else is loaded. The data page lists them.")


def _read_from(project: Project, query: str) -> set[str]:
    """The graphs of a query's FROM clauses; none where the query cannot be parsed, which the engine then says."""
    if "from" not in decode_escapes(query).lower():
        return set()
    parsed = parse(query, project.prefixes, project.base)
    clauses = (parsed.algebra.datasetClause or ()) if parsed else ()
    return {str(clause.default or clause.named) for clause in clauses}


def explain_syntax(project: Project, query: str, error: QueryError) -> str:
    """What is wrong with a query, for the one who wrote it: a prefix that nobody declares, or the engine's message."""
    named = {found["name"].partition(":")[0] for found in TOKEN.finditer(query) if found["name"]}
    declared = {*project.prefixes, *re.findall(r"prefix\s+([\w.-]*):", query, re.IGNORECASE)}
    if unknown := sorted(named - declared):
        names = ", ".join(f"{name}:" for name in unknown)
        known = ", ".join(f"{name}:" for name in project.prefixes)
        return f"Nothing declares the prefix {names}. Declare it with PREFIX, or use one that is known: {known}."
    return f"This is not a SPARQL query: {first_line(error)}."


def find_keywords(query: str) -> Iterator[str]:
    """The bare words of a query in capitals: outside strings, IRIs, comments, variables and prefixed names."""
    for token in TOKEN.finditer(query):
        if token["word"]:
            yield token["word"].upper()


def first_keyword(query: str) -> str:
    """The word that says what is asked, after the prologue; empty if there is none."""
    return next((word for word in find_keywords(query) if word not in ("PREFIX", "BASE")), "")
