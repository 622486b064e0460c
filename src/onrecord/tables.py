"""Tables: the record for people without RDF, as CSV and Parquet, described as a Frictionless data package."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO

import pyarrow as pa
import pyarrow.parquet as pq
from rdflib import RDFS, SDO, SKOS
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.interface import mark
from onrecord.project import Project

Cell = str | Decimal | bool | None
# Between several values of a cell.
BETWEEN = " | "
TEXT, NUMBER, FLAG = "string", "number", "boolean"
TYPES = {TEXT: pa.string(), NUMBER: pa.decimal128(38, 6), FLAG: pa.bool_()}
OWN, PUBLISHERS = "record", "publishers"


@dataclass(frozen=True)
class Column:
    """A column: its name, what it holds, how it is read from a thing, its type, and whose words are in it."""

    name: str
    title: str
    read: Callable[[Catalogue, Node], Cell]
    type: str = TEXT
    rights: str = OWN


@dataclass(frozen=True)
class Table:
    """A table: its name, what a row is, the things that have one, and its columns. The first column is the key."""

    name: str
    title: str
    members: Callable[[Catalogue], Iterable[Node]]
    columns: tuple[Column, ...]


def _values(catalogue: Catalogue, nodes: Sequence[Node], path: Sequence[str]) -> list[Node]:
    """What a path of the core ontology's properties leads to."""
    for name in path:
        found = (value for node in nodes for value in catalogue.values(node, catalogue.words.rec(name)))
        nodes = list(dict.fromkeys(found))
    return list(nodes)


def _iri(*path: str) -> Callable[[Catalogue, Node], Cell]:
    return lambda catalogue, node: _join(str(one) for one in _values(catalogue, [node], path))


def _name(*path: str) -> Callable[[Catalogue, Node], Cell]:
    return lambda catalogue, node: _join(catalogue.name(one).text for one in _values(catalogue, [node], path))


def _number(*path: str) -> Callable[[Catalogue, Node], Cell]:
    def read(catalogue: Catalogue, node: Node) -> Cell:
        found = _values(catalogue, [node], path)
        return Decimal(str(found[0])) if len(found) == 1 else None

    return read


def _flag(*path: str) -> Callable[[Catalogue, Node], Cell]:
    def read(catalogue: Catalogue, node: Node) -> Cell:
        found = _values(catalogue, [node], path)
        return str(found[0]) in ("true", "1") if found else None

    return read


def _kind(catalogue: Catalogue, node: Node) -> Cell:
    types = catalogue.types(node)
    kinds = [kind for kind in types if kind != catalogue.words.rec("Occurrence")] or types
    return _join(catalogue.name(kind).text for kind in kinds)


def _details(catalogue: Catalogue, node: Node) -> Cell:
    """What the project's own vocabulary says of a thing, as the core's columns cannot."""
    core = f"{catalogue.project.base}ontology/record#"
    own = {name: values for name, values in catalogue.outgoing(node).items() if catalogue.is_own(name)}
    told = {
        f"{catalogue.name(name).text}: {catalogue.name(value).text}"
        for name, values in own.items()
        if not str(name).startswith(core)
        for value in values
    }
    return _join(sorted(told))


def _same(catalogue: Catalogue, node: Node) -> Cell:
    return _join(str(value) for value in catalogue.values(node, SDO.sameAs))


def _names(catalogue: Catalogue, node: Node) -> Cell:
    others = (value for value in catalogue.values(node, SKOS.altLabel, SKOS.hiddenLabel, RDFS.label))
    return _join({str(value) for value in others} - {catalogue.name(node).text})


def _join(texts: Iterable[str]) -> Cell:
    return BETWEEN.join(sorted(set(texts))) or None


NUMBERS = (
    Column("quantity", "The number claimed, where it is one", _number("quantity"), NUMBER),
    Column("lower_bound", "The least number claimed", _number("lowerBound"), NUMBER),
    Column("upper_bound", "The largest number claimed", _number("upperBound"), NUMBER),
    Column("unit", "What is counted", _name("unit")),
)
CLAIM_NUMBERS = tuple(
    Column(one.name, one.title, read, one.type)
    for one, read in zip(
        NUMBERS,
        (
            _number("claim", "quantity"),
            _number("claim", "lowerBound"),
            _number("claim", "upperBound"),
            _name("claim", "unit"),
        ),
        strict=True,
    )
)
TABLES = (
    Table(
        "attributions",
        mark("an attribution: who says what, and where"),
        lambda catalogue: catalogue.members(catalogue.words.rec("Attribution")),
        (
            Column("attribution", "The IRI of the attribution", lambda _, node: str(node)),
            Column("speaker", "The IRI of the speaker", _iri("speaker")),
            Column("speaker_name", "The name of the speaker", _name("speaker")),
            Column("speaker_as", "What the article calls the speaker", _name("speakerAs"), rights=PUBLISHERS),
            Column("side", "The IRI of the side for which the speaker speaks", _iri("onSide")),
            Column("side_name", "The name of that side", _name("onSide")),
            Column("stance", "What the speaker does with the claim", _name("stance")),
            Column("hedge", "How the speaker limits it", _name("hedge")),
            Column("voice", "Whose words the article prints", _name("voice")),
            Column("relayed_by", "Through whom it reached the article", _name("relay", "relayedBy")),
            Column("claim", "The IRI of the claim", _iri("claim")),
            Column("statement", "The claim in one sentence", _name("claim", "statement")),
            *CLAIM_NUMBERS,
            Column("as_printed", "The number as the article prints it", _name("quantityAsPrinted"), rights=PUBLISHERS),
            Column("status", "How the claim stands: unilateral, contested, …", _name("claim", "status")),
            Column("said_at", "When it was said, as far as the article says", _name("saidAt")),
            Column("article", "The IRI of the article", _iri("carriedBy")),
            Column("article_title", "The title of the article", _name("carriedBy"), rights=PUBLISHERS),
            Column("sentence", "The IRI of the sentence", _iri("evidenceSentence")),
            Column("sentence_text", "The sentence", _name("evidenceSentence", "exact"), rights=PUBLISHERS),
            Column("quote", "The words that it rests on", _name("evidence", "exact"), rights=PUBLISHERS),
        ),
    ),
    Table(
        "claims",
        mark("a claim: what is said, and by whom"),
        lambda catalogue: catalogue.members(catalogue.words.rec("Claim")),
        (
            Column("claim", "The IRI of the claim", lambda _, node: str(node)),
            Column("kind", "What kind of claim it is", _kind),
            Column("statement", "The claim in one sentence", _name("statement")),
            Column("status", "How the claim stands", _name("status")),
            Column("polarity", "Whether it affirms or denies", _name("polarity")),
            Column("modality", "Whether it happened, is planned, …", _name("modality")),
            Column("is_current", "Whether no later claim of the same side updates it", _flag("isCurrent"), FLAG),
            Column("about", "The IRI of what it is about", _iri("about")),
            Column("subject", "Of what something is said", _name("subject")),
            Column("relation", "What is said of it", _name("relation")),
            Column("object", "Of what else", _name("object")),
            *NUMBERS,
            Column("details", "What the project's own vocabulary adds", _details),
            Column("asserted_by", "Who asserts it", _name("assertedBy")),
            Column("denied_by", "Who denies it", _name("deniedBy")),
            Column("asserted_by_side", "The sides for which it is asserted", _name("assertedBySide")),
            Column("denied_by_side", "The sides for which it is denied", _name("deniedBySide")),
            Column("supersedes", "The IRI of the claim that it updates", _iri("supersedes")),
            Column("contradicts", "The IRIs of the claims that it contradicts", _iri("contradicts")),
            Column("articles", "The IRIs of the articles that carry it", _iri("reportedIn")),
        ),
    ),
    Table(
        "events",
        mark("an occurrence: what happened, or is said to have"),
        lambda catalogue: catalogue.members(catalogue.words.rec("Occurrence")),
        (
            Column("event", "The IRI of the occurrence", lambda _, node: str(node)),
            Column("label", "Its name", lambda catalogue, node: catalogue.name(node).text),
            Column("kind", "What its accounts say that it is", _kind),
            Column("status", "How its accounts stand", _name("status")),
            Column("part_of", "The IRI of what it is part of", _iri("partOf")),
            Column("accounts", "The accounts of it", _name("hasAccount")),
            Column("accounts_by", "Whose accounts these are", _name("hasAccount", "claimedBy", "assertedBy")),
            Column("places", "Where, as the accounts say", _name("hasAccount", "atLocation", "anchor")),
            Column("times", "When, as the accounts say", _name("hasAccount", "hasTime")),
            Column("articles", "The IRIs of the articles that tell of it", _iri("hasAccount", "reportedIn")),
        ),
    ),
    Table(
        "entities",
        mark("an agent or a place"),
        lambda catalogue: catalogue.sorted(
            {*catalogue.members(catalogue.words.rec("Agent")), *catalogue.members(catalogue.words.rec("Place"))}
        ),
        (
            Column("entity", "The IRI of the agent or place", lambda _, node: str(node)),
            Column("label", "Its name", lambda catalogue, node: catalogue.name(node).text),
            Column("kind", "What it is", _kind),
            Column("other_names", "Its names in other languages, and how the articles spell it", _names),
            Column("same_as", "Its IRIs elsewhere", _same),
            Column("part_of", "The IRI of what it is part of", _iri("partOf")),
            Column("organ_of", "The IRI of the body whose organ it is", _iri("organOf")),
            Column("attested_in", "The IRIs of the articles that name it", _iri("namedIn")),
        ),
    ),
)


def render_tables(catalogue: Catalogue) -> Iterator[tuple[str, bytes]]:
    """The files of the tables by their names: each as CSV (RFC 4180) and as Parquet, and what describes them."""
    for table in TABLES:
        rows = [[column.read(catalogue, node) for column in table.columns] for node in table.members(catalogue)]
        rows.sort(key=lambda row: str(row[0]))
        yield f"{table.name}.csv", _write_csv(table, rows)
        yield f"{table.name}.parquet", _write_parquet(table, rows)
    yield "datapackage.json", _describe(catalogue.project)


def _write_csv(table: Table, rows: Iterable[Sequence[Cell]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _as_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None else str(cell)


def _write_parquet(table: Table, rows: Sequence[Sequence[Cell]]) -> bytes:
    schema = pa.schema([(column.name, TYPES[column.type]) for column in table.columns])
    columns = [[row[at] for row in rows] for at in range(len(table.columns))]
    written = BytesIO()
    pq.write_table(pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema), written)
    return written.getvalue()


def _describe(project: Project) -> bytes:
    """A data package (specs.frictionlessdata.io, version 1) of the tables."""
    licence = {"path": project.licence, "title": project.licence_note}
    package = {
        "profile": "tabular-data-package",
        "name": "record",
        "title": project.title,
        "description": project.description,
        "version": project.version,
        "licenses": [licence],
        "resources": [_describe_table(table, project, licence) for table in TABLES],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _describe_table(table: Table, project: Project, licence: dict[str, str]) -> dict[str, object]:
    rights = {OWN: project.licence, PUBLISHERS: project.licence_note}
    fields = [
        {"name": one.name, "title": one.title, "type": one.type, "rights": rights[one.rights]} for one in table.columns
    ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": [licence],
        "schema": {"fields": fields, "primaryKey": table.columns[0].name},
    }
