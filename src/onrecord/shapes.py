"""Shapes run by pySHACL, and those that it cannot run."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from importlib import import_module

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from onrecord.graph import SHAPES, Source, folder_files, read_turtle
from onrecord.problems import Problem, shorten
from onrecord.project import Project
from onrecord.vocabulary import slug

BLANK_NODE = re.compile(r"'?\bn?[0-9a-f]{32}b\d+\b'?")


def run_shapes(shapes: Graph, data: Graph) -> Graph | str:
    """The results graph of a validation, or what pySHACL says where it cannot run the shapes."""
    try:
        with warnings.catch_warnings(action="ignore"):
            # It takes long to load, and most checks suspect nothing.
            _, results, text = import_module("pyshacl").validate(data, shacl_graph=shapes, advanced=True, inplace=True)
    except Exception as error:
        # What pySHACL, pyparsing, re and rdflib raise on broken shapes has no class in common but this.
        return _what_it_says(error)
    return results if isinstance(results, Graph) else str(text)


def _what_it_says(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    careless = isinstance(error, TypeError | AttributeError | LookupError)
    return BLANK_NODE.sub("a node in brackets", f"{type(error).__name__}, {lines[0]}" if careless else lines[0])


def run_each(project: Project, shapes: Graph, data: Graph) -> tuple[Graph, list[Problem]]:
    """What every shape that can be run alone finds, and the problems of those that cannot."""
    results, problems = Graph(), []
    for source in _shape_sources(project):
        for shape in _targeted(source.triples):
            found = run_shapes(_alone(shapes, shape), data)
            if isinstance(found, Graph):
                results += found
            else:
                problems.append(_unusable(project, source, shape, found))
    return results, problems


def find_unusable(project: Project, shapes: Graph) -> list[Problem]:
    """The shapes that cannot be run, tried on an example made of what they look for."""
    example = make_example(shapes)
    said = run_shapes(shapes, example)
    return blame(said, run_each(project, shapes, example)[1]) if isinstance(said, str) else []


def blame(said: str, problems: list[Problem]) -> list[Problem]:
    """The problems of single shapes; if each can be run alone, a problem of them together."""
    message = f"pySHACL cannot run the shapes: {shorten(said).rstrip('.')}."
    return problems or [Problem(f"{SHAPES}/", None, "", "shape-unusable", message, "Mend the shape that it speaks of.")]


def _shape_sources(project: Project) -> Iterator[Source]:
    for file, path in folder_files(project, SHAPES, "*.ttl"):
        source = read_turtle(file, path, project.base)
        if isinstance(source, Source):
            yield source


def _unusable(project: Project, source: Source, shape: URIRef, said: str) -> Problem:
    name = project.compact(shape)
    line = source.line_of(f"\n{name} a ", f"\n:{slug(shape)} a ", f":{slug(shape)} a ", f":{slug(shape)} ")
    message = f"pySHACL cannot run this shape: {shorten(said).rstrip('.')}."
    return Problem(source.file, line, name, "shape-unusable", message, "Mend the shape, or the data that it speaks of.")


def _targeted(triples: Graph) -> list[URIRef]:
    """The shapes that are looked for in the data."""
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
    shapes = {shape for target in targets for shape in triples.subjects(target) if isinstance(shape, URIRef)}
    return sorted(shapes | {shape for shape in triples.subjects(RDF.type, SH.NodeShape) if isinstance(shape, URIRef)})


def _alone(shapes: Graph, shape: URIRef) -> Graph:
    """A shape with all that it is made of, and with every prefix declared."""
    alone = Graph()
    waiting: list[Node] = [shape, *shapes.subjects(SH.declare)]
    while waiting:
        for triple in shapes.triples((waiting.pop(), None, None)):
            if triple not in alone:
                alone.add(triple)
                waiting += [triple[2]] if isinstance(triple[2], BNode) or triple[1] in (SH.node, SH.property) else []
    return alone


def make_example(shapes: Graph) -> Graph:
    """A thing that every shape looks at, with a value for every property that one speaks of."""
    example, thing = Graph(), URIRef("urn:onrecord:example")
    paths = {path for name in (SH.path, SH.targetSubjectsOf) for path in shapes.objects(None, name)}
    for path in paths:
        if isinstance(path, URIRef):
            example.add((thing, path, Literal(1)))
    for kind in shapes.objects(None, SH.targetClass):
        example.add((thing, RDF.type, kind))
    for path in shapes.objects(None, SH.targetObjectsOf):
        example.add((thing, path, thing))
    return example
