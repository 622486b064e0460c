"""What an attribution contains: the things, figures and words that it reaches through its claim."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.namespace import SKOS, XSD
from rdflib.term import Node

from onrecord.lexicon import Word, number_of
from onrecord.project import Project
from onrecord.store import Statement
from onrecord.vocabulary import Vocabulary, vocabulary

# An attribution, its claim, an account, a role or place or time on it, and what these name: five steps.
REACH = 5
LITERAL_FORM = URIRef("http://www.w3.org/2008/05/skos-xl#literalForm")
SPELLINGS = tuple(URIRef(f"http://www.w3.org/2008/05/skos-xl#{name}") for name in ("altLabel", "hiddenLabel"))
# Links that lead from what is said to something that is not said here: the whole, the other telling, the text.
NOT_FOLLOWED = (
    *("accountOf", "hasAccount", "partOf", "hasPart", "organOf", "inArticle", "carriedBy", "evidence", "claimedBy"),
    *("attribution", "supersedes", "componentOf", "curator", "reviewedBy", "speaksFor", "stance", "voice", "hedge"),
    *("channel", "statement", "codingNote", "basis", "identifierBasis", "exact", "attestedIn", "formKind"),
    *("cue", "waiver"),
)
# Literals of other vocabularies name or describe a thing; they are not what somebody said.
NOT_CONTENT = frozenset(
    (
        *("label", "type", "altLabel", "hiddenLabel", "prefLabel", "definition", "sameAs", "isDefinedBy", "inScheme"),
        *("broader", "eventCode", "lowerBound", "upperBound"),
    )
)


@dataclass(frozen=True)
class Contents:
    """What some attributions contain: IRIs of things, numbers, and words as printed, in lower case."""

    things: frozenset[str]
    numbers: frozenset[int]
    words: str

    def contain(self, word: Word) -> bool:
        """Whether a word of the sentence is here, as a thing it may mean, as a number, or as printed."""
        if word.meanings:
            return bool(word.meanings & self.things)
        printed = re.search(rf"(?<!\w){re.escape(word.text.lower())}(?!\w)", self.words) is not None
        return printed or number_of(word.text) in self.numbers


class Reach:
    """The record as a web of statements, to be followed from attributions to what they contain."""

    def __init__(self, project: Project, statements: Iterable[Statement]) -> None:
        self.base = project.base
        self.words: Vocabulary = vocabulary(project)
        self.outgoing: dict[Node, list[tuple[Node, Node]]] = defaultdict(list)
        self._values: dict[tuple[Node, Node], list[Node]] = defaultdict(list)
        self.resting_on: dict[Node, set[Node]] = defaultdict(set)
        self._stops = {self.words.rec(name) for name in NOT_FOLLOWED}
        derived, evidence = str(self.words.graph("derived")), str(self.words.rec("evidence"))
        for subject, predicate, value, graph in statements:
            if str(graph) != derived:
                self.outgoing[subject].append((predicate, value))
                self._values[subject, predicate].append(value)
            if str(predicate) == evidence:
                self.resting_on[value].add(subject)

    def objects(self, subject: Node, predicate: URIRef) -> list[Node]:
        """The values of a property as the sources state them."""
        return self._values.get((subject, predicate), [])

    def incoming(self, predicate: URIRef) -> dict[Node, list[Node]]:
        """For each value of a property what the sources give it to."""
        holders: dict[Node, list[Node]] = defaultdict(list)
        for subject, name, value in self._links():
            if name == predicate:
                holders[value].append(subject)
        return holders

    def contents(self, attributions: Iterable[Node]) -> Contents:
        """What the attributions contain, followed for REACH steps."""
        seen: set[Node] = set(attributions)
        edge: set[Node] = set(seen)
        literals: set[Literal] = set()
        for _ in range(REACH):
            values = {value for node in edge for value in self._said(node)}
            literals |= {value for value in values if isinstance(value, Literal)}
            edge = {value for value in values if self._is_own(value)} - seen
            seen |= edge
        numbers = {int(str(value)) for value in literals if value.datatype == XSD.integer}
        texts = sorted(str(value).lower() for value in literals)
        return Contents(frozenset(str(node) for node in seen), frozenset(numbers), "\n".join(texts))

    def meanings(self) -> Mapping[str, frozenset[str]]:
        """Every attested spelling, and every label of a lexicon's concepts, with the things it may mean."""
        meanings: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, value in self._links():
            if predicate in SPELLINGS:
                for form in self.objects(value, LITERAL_FORM):
                    meanings[str(form)].add(str(subject))
            if predicate == SKOS.inScheme and Literal(True) in self.objects(value, self.words.rec("lexicon")):
                for label in self._labels(subject):
                    meanings[label].add(str(subject))
        return {form: frozenset(things) for form, things in meanings.items()}

    def _links(self) -> Iterable[tuple[Node, Node, Node]]:
        return ((subject, predicate, value) for subject, links in self.outgoing.items() for predicate, value in links)

    def _is_own(self, node: Node) -> bool:
        return isinstance(node, URIRef) and str(node).startswith(self.base)

    def _labels(self, concept: Node) -> set[str]:
        """A concept's labels, also as they begin a sentence."""
        labels = {str(form) for name in (SKOS.prefLabel, SKOS.altLabel) for form in self.objects(concept, name)}
        return labels | {label[:1].upper() + label[1:] for label in labels}

    def _said(self, node: Node) -> Iterable[Node]:
        for predicate, value in self.outgoing.get(node, ()):
            local = str(predicate).replace("#", "/").rsplit("/", 1)[-1]
            if predicate not in self._stops and local not in NOT_CONTENT:
                yield value
