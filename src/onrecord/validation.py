"""SHACL validation of the whole record, its results as problems."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyshacl
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH, XSD
from rdflib.term import Node

from onrecord.graph import ONTOLOGY, SHAPES, Source, folder_files, read_turtle
from onrecord.locator import Locator
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import Statement
from onrecord.vocabulary import slug

SEVERITIES = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "warning"}


def read_shapes(project: Project) -> tuple[Graph, list[Problem]]:
    """Every shape file as one graph, relative sh:declare namespaces resolved against the base."""
    shapes, problems = Graph(), []
    for file, path in folder_files(project, SHAPES, "*.ttl"):
        read = read_turtle(file, path, project.base)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            shapes += read.triples
    for node, namespace in list(shapes.subject_objects(SH.namespace)):
        shapes.set((node, SH.namespace, Literal(project.iri(str(namespace)), datatype=XSD.anyURI)))
    return shapes, problems


def validate(
    project: Project, shapes: Graph, statements: Iterable[Statement], sources: Iterable[Source]
) -> list[Problem]:
    """Every SHACL result over the union of the statements, located in the sources."""
    data, ontology = Graph(), Graph()
    vocabularies = project.iri(f"graph/{ONTOLOGY}/")
    for subject, predicate, value, graph in statements:
        data.add((subject, predicate, value))
        if graph.startswith(vocabularies):
            ontology.add((subject, predicate, value))
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes, ont_graph=ontology, advanced=True, inplace=True)
    if not isinstance(results, Graph):
        raise TypeError("pySHACL returned no results graph")
    located = Locator(project, sources)
    return [_problem(results, result, shapes, located) for result in results.subjects(SH.resultSeverity)]


def _problem(results: Graph, result: Node, shapes: Graph, located: Locator) -> Problem:
    focus = str(results.value(result, SH.focusNode))
    value = results.value(result, SH.value)
    path = results.value(result, SH.resultPath)
    message = _compact_iris(located.project, str(results.value(result, SH.resultMessage) or "A shape does not hold."))
    shape = _named_shape(shapes, results.value(result, SH.sourceShape))
    file, line = located.find(focus)
    found = "" if value is None or str(value) == focus else f" Found: {located.project.compact(str(value))}."
    what = f"{slug(str(path))}: " if isinstance(path, URIRef) else ""
    severity = SEVERITIES.get(URIRef(str(results.value(result, SH.resultSeverity))), "error")
    subject = located.project.compact(focus)
    return Problem(file, line, subject, slug(str(shape)), what + message, found.strip(), severity)


def _compact_iris(project: Project, message: str) -> str:
    return re.sub(r"https?://[^\s,;]*[\w/#]", lambda found: project.compact(found[0]), message)


def _named_shape(shapes: Graph, shape: Node | None) -> Node | None:
    """The nearest shape with an IRI that holds this one."""
    while shape is not None and not isinstance(shape, URIRef):
        shape = next(shapes.subjects(None, shape), None)
    return shape
