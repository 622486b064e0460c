"""Completions: the names under which the query page finds the record's classes, properties and things."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from rdflib import URIRef
from rdflib.namespace import OWL, RDF
from rdflib.term import Node

from onrecord.catalogue import NAMES, Catalogue
from onrecord.project import Project

COMPLETIONS = "completions.json"
# Local names that a query may hold as they are (SPARQL 1.1 Query, production PN_LOCAL, without its escapes).
LOCAL = re.compile(r"\w(?:[\w.-]*[\w-])?")
CLASS, PROPERTY = "class", "property"
KINDS: Mapping[Node, str] = {
    OWL.Class: CLASS,
    OWL.ObjectProperty: PROPERTY,
    OWL.DatatypeProperty: PROPERTY,
    OWL.AnnotationProperty: PROPERTY,
}


def render_completions(catalogue: Catalogue) -> bytes:
    """For each IRI a row: as a query may write it, its name (empty where it has none), and its kind."""
    project = catalogue.project
    rows = [
        [write_iri(project, node), _label(catalogue, node), kind]
        for node, kind in sorted(_find_kinds(catalogue).items())
    ]
    return (json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def write_iri(project: Project, iri: str) -> str:
    """An IRI in the shortest form that a query of the record can hold."""
    short = project.compact(iri)
    if short.startswith("<") or LOCAL.fullmatch(short.partition(":")[2]):
        return short
    return f"<{iri.removeprefix(project.base)}>"


def _find_kinds(catalogue: Catalogue) -> dict[URIRef, str]:
    """What has a name, and every class and property in use, with its kind."""
    things = [node for document in catalogue.documents() for node in catalogue.parts(document)]
    classes = {kind for thing in things for kind in catalogue.values(thing, RDF.type)}
    found = {**dict.fromkeys(classes, CLASS), **dict.fromkeys(catalogue.users, PROPERTY)}
    found |= {thing: _kind(catalogue, thing) for thing in things if catalogue.values(thing, *NAMES)}
    return {node: kind for node, kind in found.items() if isinstance(node, URIRef)}


def _kind(catalogue: Catalogue, node: Node) -> str:
    types = catalogue.types(node)
    known = [KINDS[kind] for kind in types if kind in KINDS]
    return known[0] if known else catalogue.name(types[0]).text if types else ""


def _label(catalogue: Catalogue, node: Node) -> str:
    return catalogue.name(node).text if catalogue.values(node, *NAMES) else ""
