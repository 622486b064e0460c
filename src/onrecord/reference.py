"""The reference: the table of verified identifiers that values from outside the articles are held to.

A project may keep it in kb/outside/reference.tsv: a row for each thing, its name in the first column. A value's
`rec:identifierBasis` names its row: Row "Harle weir" of the reference list.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping

from rdflib import Literal, URIRef
from rdflib.namespace import RDFS
from rdflib.term import Node

from onrecord.graph import Source
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.vocabulary import vocabulary

FILE = "kb/outside/reference.tsv"
ROW = re.compile(r'Row "([^"]+)" of the reference')
WKT = URIRef("http://www.opengis.net/ont/geosparql#asWKT")
GEOMETRY = URIRef("http://www.opengis.net/ont/geosparql#hasGeometry")
SAME_AS = URIRef("https://schema.org/sameAs")
Rows = Mapping[str, frozenset[str]]


def find_unreferenced(project: Project, sources: Iterable[Source]) -> Iterator[Problem]:
    """Every identifier, coordinate and name from outside whose row of the reference does not hold it."""
    rows = read_reference(project)
    basis = vocabulary(project).rec("identifierBasis")
    for source in sources if rows else ():
        for thing, stated in sorted(source.triples.subject_objects(basis)):
            yield from _check(project, source, thing, str(stated), rows)


def read_reference(project: Project) -> Rows:
    """The cells of each row, by the name in its first column; empty where there is no table."""
    path = project.root / FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        table = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {row[0]: frozenset(part for cell in row for part in (cell, *re.split("[;|]", cell))) for row in table if row}


def _check(project: Project, source: Source, thing: Node, basis: str, rows: Rows) -> Iterator[Problem]:
    named = ROW.search(basis)
    if named is None:
        return
    cells = rows.get(named[1], frozenset())
    for value, keys in _values(source, thing):
        if not all(key in cells for key in keys):
            name, shown = project.compact(str(thing)), str(value)
            message = f"{shown} does not stand in the row “{named[1]}” of {FILE}."
            remedy = "Copy it from there; if the row is wrong, verify the value and correct the row."
            yield Problem(source.file, source.line_of(shown), name, "identifier-not-in-reference", message, remedy)


def _values(source: Source, thing: Node) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The values of a thing that come from outside, each with the cells that its row must have."""
    triples = source.triples
    for same in sorted(triples.objects(thing, SAME_AS), key=str):
        yield same, (str(same).rstrip("/").rsplit("/", 1)[-1],)
    for geometry in triples.objects(thing, GEOMETRY):
        for point in triples.objects(geometry, WKT):
            longitude, latitude = re.findall(r"-?[\d.]+", str(point))[:2] or ("", "")
            yield point, (longitude, latitude)
    for name, value in sorted(triples.predicate_objects(thing)):
        if name == RDFS.label and isinstance(value, Literal) and value.language:
            yield value, (f"{value.language}={value}",)
        elif str(name).endswith("#isoCode"):
            yield value, (str(value),)
