"""Answers: a query in, serialised bytes out, in the first form that the client accepts; nothing fetched or changed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from werkzeug.datastructures import MIMEAccept

from onrecord.project import Project
from onrecord.reasoning import first_line
from onrecord.store import GRAPH_FORMATS, RESULT_FORMATS, Answer, QueryError, Store, sparql_syntax_error

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
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
UPDATES = frozenset(("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"))
READ_ONLY = "This endpoint is read-only: updates are refused. The record is changed in its source files."
NO_SERVICE = "This endpoint asks no other: SERVICE is refused. Ask the other endpoint yourself, and join the answers."


class RefusedError(QueryError):
    """A query that asks for what this record never does; the message says what, and what to do."""


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
    _refuse(project, store, query, chosen)
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


def _refuse(project: Project, store: Store, query: str, dataset: Dataset) -> None:
    """Refuse what would reach beyond the record: SERVICE, and any graph that is not its own.

    Words are looked up in the text as it stands and with its unicode escapes decoded, since engines differ in when
    they decode them.
    """
    words = {word for text in (query, decode_escapes(query)) for word in find_keywords(text)}
    if "SERVICE" in words:
        raise RefusedError(NO_SERVICE)
    named = {*dataset.default, *dataset.named}
    if "FROM" in words:
        named |= _read_from(project, query)
    foreign = sorted(named - store.graph_names()) if named else []
    if foreign:
        names = ", ".join(f"<{name}>" for name in foreign)
        raise RefusedError(f"{names}: no graph of this record, and nothing else is loaded. The data page lists them.")


def _read_from(project: Project, query: str) -> set[str]:
    """The graphs of a query's FROM clauses."""
    try:
        parsed = translateQuery(parseQuery(query), base=project.base, initNs=dict(project.prefixes))
    except Exception as error:
        fault = sparql_syntax_error(query, project.prefixes, project.base)
        raise QueryError(
            fault or "The FROM clauses of this query cannot be read. Write them in a simpler query."
        ) from error
    return {str(clause.default or clause.named) for clause in parsed.algebra.datasetClause or ()}


def explain_syntax(project: Project, query: str, error: QueryError) -> str:
    """What is wrong with a query, for the one who wrote it: a prefix that nobody declares, or the engine's message."""
    named = {found["name"].partition(":")[0] for found in TOKEN.finditer(query) if found["name"]}
    declared = {*project.prefixes, *re.findall(r"prefix\s+([\w.-]*):", query, re.IGNORECASE)}
    if unknown := sorted(named - declared):
        names = ", ".join(f"{name}:" for name in unknown)
        known = ", ".join(f"{name}:" for name in project.prefixes)
        return f"Nothing declares the prefix {names}. Declare it with PREFIX, or use one that is known: {known}."
    return f"This is not a SPARQL query: {first_line(error)}."


def decode_escapes(text: str) -> str:
    r"""The text with \uXXXX and \UXXXXXXXX as the characters they stand for (SPARQL 1.1 Query, section 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= sys.maxunicode else found[0]

    return ESCAPE.sub(character, text)


def find_keywords(query: str) -> Iterator[str]:
    """The bare words of a query in capitals: outside strings, IRIs, comments, variables and prefixed names."""
    for token in TOKEN.finditer(query):
        if token["word"]:
            yield token["word"].upper()


def first_keyword(query: str) -> str:
    """The word that says what is asked, after the prologue; empty if there is none."""
    return next((word for word in find_keywords(query) if word not in ("PREFIX", "BASE")), "")
