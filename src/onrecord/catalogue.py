"""The catalogue: the record's statements by thing, with the names by which a reader knows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from onrecord.project import Project
from onrecord.record import Record
from onrecord.store import Statement, Triple
from onrecord.vocabulary import Vocabulary, vocabulary

LITERAL_FORM = URIRef("http://www.w3.org/2008/05/skos-xl#literalForm")
NAMES = (RDFS.label, SKOS.prefLabel, DCTERMS.title, LITERAL_FORM)
# Classes that say how the vocabulary is written; a reader learns nothing from them.
META = frozenset((OWL.NamedIndividual, OWL.Thing))


class Name(NamedTuple):
    """A label and its language tag, empty where there is none."""

    text: str
    language: str


class Catalogue:
    """Every thing's statements, both ways, each list in a fixed order."""

    def __init__(self, record: Record) -> None:
        self.project: Project = record.project
        self.words: Vocabulary = vocabulary(record.project)
        self.texts: Mapping[Node, str] = {URIRef(article.iri): article.text for article in record.articles}
        self.by_graph: dict[URIRef, list[Statement]] = defaultdict(list)
        self._outgoing: dict[Node, dict[Node, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self._incoming: dict[Node, dict[Node, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in self._load(record.statements):
            self._outgoing[subject][predicate].append(value)
            self._incoming[value][predicate].append(subject)
        for statement in record.views:
            self.by_graph[statement.graph].append(statement)
        # The things that each property describes.
        self.users: dict[Node, list[Node]] = defaultdict(list)
        for subject, links in self._outgoing.items():
            for name in links:
                self.users[name].append(subject)
        self._parts = self._group_parts()
        self._origins = _read_origins(self.words, record.statements)
        self.name, self._key, self._above = cache(self._name), cache(self._sort_key), cache(self._find_above)

    def _load(self, statements: Iterable[Statement]) -> list[Triple]:
        for statement in statements:
            self.by_graph[statement.graph].append(statement)
        return list(dict.fromkeys(statement[:3] for statement in statements))

    def _group_parts(self) -> Mapping[str, list[Node]]:
        """The nodes that belong to a document: its own IRI and those that add a fragment to it."""
        parts: dict[str, list[Node]] = defaultdict(list)
        for node in self._outgoing:
            if self.is_own(node):
                parts[document_of(node)].append(node)
        return parts

    def is_own(self, node: Node) -> bool:
        """Whether the record itself mints this IRI."""
        return isinstance(node, URIRef) and node.startswith(self.project.base)

    def documents(self) -> list[str]:
        """Every IRI that gets a document: all of the record's own that it mentions, without their fragments."""
        nodes = {*self._outgoing, *self._incoming, *self.by_graph}
        nodes |= {predicate for links in self._outgoing.values() for predicate in links}
        return sorted({document_of(node) for node in nodes if self.is_own(node)})

    def parts(self, document: str) -> Sequence[Node]:
        """The things described in a document, the one it is named for first."""
        return sorted(self._parts.get(document, ()), key=lambda node: (str(node) != document, str(node)))

    def values(self, subject: Node, *predicates: Node) -> list[Node]:
        """The objects of a thing's properties, without duplicates, in the order of the properties."""
        return _join(self._outgoing.get(subject, {}), predicates)

    def value(self, subject: Node, predicate: Node) -> Node | None:
        """The first object of a thing's property, or None."""
        return next(iter(self._outgoing.get(subject, {}).get(predicate, ())), None)

    def holders(self, value: Node, *predicates: Node) -> list[Node]:
        """The subjects whose property has this value, without duplicates."""
        return _join(self._incoming.get(value, {}), predicates)

    def outgoing(self, subject: Node) -> Mapping[Node, list[Node]]:
        """A thing's statements, by property."""
        return self._outgoing.get(subject, {})

    def incoming(self, value: Node) -> Mapping[Node, list[Node]]:
        """The statements about other things that name this one, by property."""
        return self._incoming.get(value, {})

    def members(self, kind: Node) -> list[Node]:
        """Everything of a class, by name."""
        return self.sorted(self.holders(kind, RDF.type))

    def sorted(self, nodes: Iterable[Node]) -> list[Node]:
        """Things by their names, as a reader would look them up."""
        return sorted(set(nodes), key=self._key)

    def types(self, node: Node) -> list[Node]:
        """A thing's most specific classes."""
        classes = [kind for kind in self.values(node, RDF.type) if kind not in META]
        wider = {above for kind in classes for above in self._above(kind)}
        return self.sorted(kind for kind in classes if kind not in wider)

    def _find_above(self, kind: Node) -> set[Node]:
        found: set[Node] = set()
        queue = self.values(kind, RDFS.subClassOf)
        while queue:
            above = queue.pop()
            if above not in found:
                found.add(above)
                queue += self.values(above, RDFS.subClassOf)
        return found - {kind}

    def is_a(self, node: Node, kind: Node) -> bool:
        """Whether a thing is of a class."""
        return kind in self._outgoing.get(node, {}).get(RDF.type, ())

    def _sort_key(self, node: Node) -> tuple[tuple[tuple[int, str], ...], str]:
        return natural_key(self.name(node).text), str(node)

    def _name(self, node: Node) -> Name:
        if isinstance(node, Literal):
            return Name(str(node), node.language or "")
        labels = [value for value in self.values(node, *NAMES) if isinstance(value, Literal)]
        if not labels:
            return Name(self._short(node), "")
        best = min(labels, key=lambda label: self._preference(label.language))
        return Name(str(best), best.language or "")

    def _short(self, node: Node) -> str:
        if self.is_own(node):
            return str(node).removeprefix(self.project.base)
        return self.project.compact(str(node))

    def _preference(self, language: str | None) -> int:
        order = self.project.languages
        if language in order:
            return order.index(language)
        return len(order) + (language is not None)

    def other_names(self, node: Node) -> list[Name]:
        """A thing's labels in other languages than the one it is shown by."""
        shown = self.name(node)
        labels = [value for value in self.values(node, *NAMES[:2]) if isinstance(value, Literal)]
        names = {Name(str(label), label.language or "") for label in labels} - {shown}
        return sorted(names, key=lambda name: (self._preference(name.language), name))

    def describe(self, document: str) -> list[Triple]:
        """The triples of a document: of a graph, all that it holds; of anything else, all about it and its parts, and
        all that name it."""
        named = URIRef(document)
        if named in self.by_graph:
            return [statement[:3] for statement in self.by_graph[named]]
        about: list[Triple] = [triple for part in self.parts(document) for triple in self._about(part)]
        naming: list[Triple] = [
            (subject, name, named) for name, subjects in self.incoming(named).items() for subject in subjects
        ]
        return list(dict.fromkeys(about + naming))

    def _about(self, node: Node) -> Iterable[Triple]:
        """All statements about a node, and about the blank nodes that they lead to."""
        for predicate, values in self.outgoing(node).items():
            for value in values:
                yield (node, predicate, value)
                if isinstance(value, BNode):
                    yield from self._about(value)

    def origin(self, triple: Triple) -> str:
        """Where a statement comes from, if not from the articles: "derived" or "outside"; otherwise empty."""
        return self._origins.get(triple, "")

    def graphs(self) -> list[URIRef]:
        """The graphs of the record, by name."""
        return sorted(self.by_graph)


def _join(links: Mapping[Node, list[Node]], names: Sequence[Node]) -> list[Node]:
    """What some properties lead to, without duplicates; of a single one there are none."""
    if len(names) == 1:
        return list(links.get(names[0], ()))
    return list(dict.fromkeys(node for name in names for node in links.get(name, ())))


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts texts as a reader would: whatever their case, and 003.s2 before 003.s10."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def document_of(node: Node | str) -> str:
    """The IRI without its fragment: that of the document that describes the thing."""
    return str(node).partition("#")[0]


def _read_origins(words: Vocabulary, statements: Iterable[Statement]) -> Mapping[Triple, str]:
    outside, derived = words.graph("kb/outside/"), words.graph("derived")
    origins = {s[:3]: "outside" for s in statements if s.graph.startswith(outside)}
    return origins | {s[:3]: "derived" for s in statements if s.graph == derived}
