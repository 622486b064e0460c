"""Excerpts: of a large record, what decides whether some attributions and claims agree with their evidence.

These are everything that they lead to, and the names and words of all things, since a sentence is searched for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import RDF, URIRef
from rdflib.namespace import RDFS, SKOS
from rdflib.term import Node

from onrecord.contents import LITERAL_FORM, SPELLINGS
from onrecord.leads import GONE, Change, FarReachingError
from onrecord.rederivation import STATED
from onrecord.statements import sort_statements
from onrecord.store import Statement, Store
from onrecord.vocabulary import Vocabulary

# By what things are named, and on which side they are, which decides what any sentence means (module names).
NAMING = ("cue", "marker", "toldInStatement", "lexicon", "formKind", "side", "speaksFor", "representedSide", "organOf")
LABELLING = (SKOS.inScheme, SKOS.prefLabel, SKOS.altLabel, LITERAL_FORM, *SPELLINGS)
# Links that lead from a text to all that rests on it, or to texts; and those that say nothing of what they lead from.
NOT_FOLLOWED = ("carries", "evidence", "inArticle", "partOfPassage", "attestedIn")
NOT_CLIMBED = ("carries", "inArticle", "attestedIn", "curator", "reviewedBy", "basis", "identifierBasis")
# A change to a thing that more lead to than these concerns too much to be looked into.
MOST = 20_000


@dataclass(frozen=True)
class Affected:
    """The attributions and claims whose agreement with their evidence a change may concern, and their articles."""

    attributions: frozenset[Node]
    claims: frozenset[Node]
    articles: frozenset[Node]


class Excerpts:
    """Finds what a change concerns, and cuts it out of the store."""

    def __init__(self, store: Store, words: Vocabulary) -> None:
        self.store, self.words = store, words
        self.naming = {*map(words.rec, NAMING), *LABELLING}
        self.not_climbed = {*map(words.rec, NOT_CLIMBED), *SPELLINGS}

    def find_affected(self, change: Change, also: Iterable[Node]) -> Affected:
        """What leads to a thing that is stated otherwise now, with all that rests on the same articles; ``also`` counts
        as if it were.

        Raises FarReachingError where a name has changed.
        """
        for subject, predicate, value in change:
            if predicate in self.naming or value == self.words.rec("Outlet") or self._is_named_by(subject, predicate):
                raise FarReachingError(f"{subject} is named otherwise")
        begin = {*also, *(triple[0] for triple in change)}
        found, claims = self._climb(begin)
        articles = {one for attribution in found for one in self._from(attribution, "carries")}
        articles |= {node for node in begin if self._to(node, "file")}
        attributions = found | {one for article in articles for one in self._to(article, "carries")}
        claims |= {claim for one in attributions for claim in self._to(one, "claim")}
        return Affected(frozenset(attributions), frozenset(claims), frozenset(articles))

    def _is_named_by(self, subject: Node, predicate: Node) -> bool:
        is_name = predicate in (RDFS.label, self.words.rec("partOf"), RDF.type)
        return is_name and any(self._find(subject, name, None) for name in SPELLINGS)

    def _find(self, subject: Node | None, predicate: Node | None, value: Node | None) -> list[tuple[Node, Node, Node]]:
        """What is stated, or was."""
        return [one for graph in (STATED, GONE) for one in self.store.match(subject, predicate, value, graph)]

    def _to(self, node: Node, name: str) -> set[Node]:
        return {value for _, _, value in self._find(node, self.words.rec(name), None)}

    def _from(self, node: Node, name: str) -> set[Node]:
        return {subject for subject, _, _ in self._find(None, self.words.rec(name), node)}

    def _climb(self, nodes: set[Node]) -> tuple[set[Node], set[Node]]:
        """The attributions and the claims that lead to some nodes."""
        attributions, claims, seen, waiting = set[Node](), set[Node](), set(nodes), list(nodes)
        while waiting:
            node = waiting.pop()
            if self._to(node, "stance"):
                attributions.add(node)
                continue
            if self._to(node, "statement"):
                claims.add(node)
            links = self._find(None, None, node)
            above = {subject for subject, name, _ in links if name not in self.not_climbed} - seen
            seen |= above
            waiting += above
            if len(seen) > MOST:
                raise FarReachingError("too much leads there")
        return attributions, claims

    def cut(self, affected: Affected) -> tuple[Statement, ...]:
        """All statements that decide about what is affected, as the sources have them."""
        waived = {claim for claim in affected.claims if self._to(claim, "waiver")}
        beside = {one for claim in waived for one in self._from(claim, "claim")}
        named = {one[0] for name in self.naming for one in self.store.match(None, name, None, STATED)}
        named |= {one[0] for one in self.store.match(None, RDF.type, self.words.rec("Outlet"), STATED)}
        articles = {one for attribution in beside for one in self._from(attribution, "carries")}
        begin = {*affected.attributions, *affected.claims, *affected.articles, *beside, *articles, *named}
        return sort_statements(self._descend(begin))

    def _descend(self, begin: set[Node]) -> list[Statement]:
        stops = {*map(self.words.rec, NOT_FOLLOWED)}
        found, seen, waiting = list[Statement](), set(begin), list(begin)
        while waiting:
            # Of a thing that very many name, far more is derived than stated.
            stated = self.store.match(waiting.pop(), None, None, STATED)
            about = [one for triple in stated for one in self.store.find(*triple) if self.words.is_stated(one.graph)]
            found += about
            below = {one.object for one in about if one.predicate not in stops and self._is_own(one.object)} - seen
            seen |= below
            waiting += below
        return found

    def _is_own(self, node: Node) -> bool:
        return isinstance(node, URIRef) and node.startswith(self.words.base)
