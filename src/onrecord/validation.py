"""SHACL validation of the whole record, its results as problems."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH, XSD
from rdflib.term import Node

from onrecord.graph import SHAPES, Source, folder_files, read_turtle
from onrecord.leads import FarReachingError
from onrecord.locator import Locator
from onrecord.memory import recall
from onrecord.problems import Problem, split_message
from onrecord.project import Project
from onrecord.shapes import blame, make_example, run_each, run_shapes
from onrecord.store import QueryError, Statement, Store, is_kept
from onrecord.suspects import aim, find_suspects
from onrecord.union_graph import union_graph
from onrecord.vocabulary import slug, vocabulary

SEVERITIES: Mapping[Node | None, str] = {SH.Violation: "error", SH.Warning: "warning", SH.Info: "warning"}


def read_shapes(project: Project) -> tuple[Graph, list[Problem]]:
    """Every shape file as one graph, relative sh:declare namespaces resolved against the base.

    The graph's name is a hash of what it was read from.
    """
    found = [read_turtle(file, path, project.base) for file, path in folder_files(project, SHAPES, "*.ttl")]
    read = [one for one in found if isinstance(one, Source)]
    digest = hashlib.sha256("\0".join([project.base, *(one.text for one in read)]).encode()).hexdigest()
    shapes = Graph(identifier=URIRef(f"urn:sha256:{digest}"))
    problems = [one for one in found if isinstance(one, Problem)]
    for source in read:
        shapes += source.triples
        problems += source.faults
    for node, namespace in list(shapes.subject_objects(SH.namespace)):
        shapes.set((node, SH.namespace, Literal(project.iri(str(namespace)), datatype=XSD.anyURI)))
    return shapes, problems


def validate(
    project: Project,
    shapes: Graph,
    statements: Sequence[Statement],
    sources: Iterable[Source],
    store: Store | None,
) -> list[Problem]:
    """Every SHACL result over the union of the statements, located in the sources.

    With a store that holds them, pySHACL looks only at what the store suspects; the results are the same.
    """
    suspects = _choose_suspects(project, shapes, statements, store) if store else None
    if suspects == {}:
        return []
    data = Graph()
    for subject, predicate, value, _ in statements:
        data.add((subject, predicate, value))
    problems: list[Problem] = []
    results = run_shapes(shapes if suspects is None else aim(shapes, suspects), data)
    if isinstance(results, str):
        said = results
        results, problems = run_each(project, shapes, data)
        problems = blame(said, problems)
    return problems + list(_read_results(_Reader(results, shapes, data, Locator(project, sources))))


def validate_suspects(
    shapes: Graph, store: Store, suspects: Mapping[URIRef, Iterable[Node]], located: Locator
) -> list[Problem]:
    """Every SHACL result about what shapes suspect, in the union of a store.

    Raises FarReachingError where the shapes cannot be run.
    """
    data = union_graph(store)
    results = run_shapes(aim(shapes, suspects), data)
    if isinstance(results, str):
        raise FarReachingError(results)
    return list(_read_results(_Reader(results, shapes, data, located)))


def _read_results(reader: _Reader) -> Iterator[Problem]:
    # What pySHACL found on the way to a result only repeats it, at another place.
    details = set(reader.results.objects(None, SH.detail))
    results = reader.results.subjects(SH.resultSeverity)
    return (reader.read(result) for result in results if result not in details)


def _choose_suspects(
    project: Project, shapes: Graph, statements: Iterable[Statement], store: Store
) -> dict[URIRef, list[Node]] | None:
    """What each shape must be run on, where any; None for all shapes on everything.

    That is where a shape is broken or goes beyond a query, or a literal is not kept by the store as it was written.
    """
    if not are_usable(shapes) or not all(is_kept(one.object) for one in statements):
        return None
    try:
        return find_suspects(project, shapes, store)
    except (QueryError, ValueError, re.error):
        return None


def are_usable(shapes: Graph) -> bool:
    """Whether pySHACL can run the shapes, tried on an example."""

    def find() -> bool:
        return not isinstance(run_shapes(shapes, make_example(shapes)), str)

    name = shapes.identifier
    return bool(recall("usable", [name], find, still=lambda: True)) if isinstance(name, URIRef) else find()


@dataclass(frozen=True)
class _Reader:
    """Reads problems off a results graph (SHACL, section 3.6)."""

    results: Graph
    shapes: Graph
    data: Graph
    located: Locator

    def read(self, result: Node) -> Problem:
        focus = self.results.value(result, SH.focusNode)
        severity = SEVERITIES.get(self.results.value(result, SH.resultSeverity), "error")
        text = str(self.results.value(result, SH.resultMessage) or "A shape does not hold.")
        what, remedy = split_message(_compact_iris(self.located.project, text))
        message = " ".join([self._path(result) + what, *self._found(result, focus), *self._sentence(focus)])
        code = slug(str(_named_shape(self.shapes, self.results.value(result, SH.sourceShape))))
        file, line = self.located.find(str(focus))
        return Problem(file, line, self.located.project.compact(str(focus)), code, message, remedy, severity)

    def _path(self, result: Node) -> str:
        path = self.results.value(result, SH.resultPath)
        return f"{slug(str(path))}: " if isinstance(path, URIRef) else ""

    def _found(self, result: Node, focus: Node | None) -> Iterator[str]:
        value = self.results.value(result, SH.value)
        if isinstance(value, Literal):
            yield f"Found: “{value}”."
        elif isinstance(value, URIRef) and value != focus:
            yield f"Found: {self.located.project.compact(value)}."

    def _sentence(self, focus: Node | None) -> Iterator[str]:
        """The words of the article that an attribution rests on."""
        words = vocabulary(self.located.project)
        passages = sorted(self.data.objects(focus, words.rec("evidence")), key=str)
        texts = (self.data.value(passage, words.rec("exact")) for passage in passages)
        yield from (f"Printed: “{text}”." for text in texts if text is not None)


def _compact_iris(project: Project, message: str) -> str:
    return re.sub(r"https?://[^\s,;]*[\w/#]", lambda found: project.compact(found[0]), message)


def _named_shape(shapes: Graph, shape: Node | None) -> Node | None:
    """The nearest shape with an IRI that holds this one."""
    while shape is not None and not isinstance(shape, URIRef):
        shape = next(shapes.subjects(None, shape), None)
    return shape
