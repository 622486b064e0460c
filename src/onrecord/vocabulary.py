"""The core vocabulary's IRIs, resolved against a project's base."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef

from onrecord.project import Project
from onrecord.store import intern


@dataclass(frozen=True)
class Vocabulary:
    """Makes the IRIs of the record's vocabulary, concepts and things for one base."""

    base: str

    def rec(self, name: str) -> URIRef:
        """A term of the core ontology."""
        return intern(f"{self.base}ontology/record#{name}")

    def concept(self, slug: str) -> URIRef:
        """A SKOS concept."""
        return intern(f"{self.base}concept/{slug}")

    def graph(self, path: str) -> URIRef:
        """The graph of a source file, named by its path without the extension."""
        return intern(f"{self.base}graph/{path}")

    def is_stated(self, graph: str) -> bool:
        """Whether a graph is that of a source, or of what the build finds in the articles; not of what is derived."""
        return graph.startswith(self.base) and graph != self.graph("derived")


def vocabulary(project: Project) -> Vocabulary:
    """The vocabulary under the project's base."""
    return Vocabulary(project.base)


def slug(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1]
