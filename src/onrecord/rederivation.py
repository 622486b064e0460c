"""What a change of the sources changes in the derived graph, without deriving the rest anew.

Each rule is asked again only about the things to which its leads lead from the triples that came or went. The store
keeps apart what the sources state and what each rule made, since a rule sees only the first and what the rules before
it made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.term import Node

from onrecord.leads import GONE, HIDDEN, Change, Reads, Trace, follow
from onrecord.narrowing import narrow
from onrecord.project import Project
from onrecord.store import Store, Triple
from onrecord.vocabulary import vocabulary

# The graph of what the sources state; each rule has one for what it made, named for its file.
STATED, MADE = f"{HIDDEN}stated", f"{HIDDEN}made:"


@dataclass(frozen=True)
class Head:
    """A variable that is the subject of what a rule makes, by these properties, None for any.

    ``link`` is the property that leads from it to the variable that it is computed from, where it is. ``value`` is the
    variable of the object, where the leads may lead to both.
    """

    trace: Trace
    properties: tuple[str, ...] | None
    link: str | None = None
    value: str | None = None

    def makes(self, triple: Triple) -> bool:
        """Whether the rule may make a triple like this."""
        return self.properties is None or str(triple[1]) in self.properties


@dataclass(frozen=True)
class Rule:
    """A rule: its file, its query, its heads, and what it looks at; None where that may be anything."""

    file: str
    query: str
    heads: tuple[Head, ...]
    reads: Reads | None


def rederive(project: Project, store: Store, rules: Sequence[Rule], change: Change) -> None:
    """Bring the store and the change up to date with what is stated, which the store holds, and in GONE what went.

    Raises FarReachingError.
    """
    for number, rule in enumerate(rules):
        before = rules[:number]
        known = tuple(MADE + one.file for one in before)
        seen = tuple(MADE + one.file for one in before if _may_see(store, rule, one))
        _Again(project, store, rule, (STATED, *seen), (STATED, *known), change).run()


def _may_see(store: Store, rule: Rule, other: Rule) -> bool:
    """Whether a rule looks at something that another may make."""
    if rule.reads is None:
        return True
    looked_at = rule.reads.list_properties(store)
    return any(head.properties is None or not looked_at.isdisjoint(head.properties) for head in other.heads)


@dataclass(frozen=True)
class _Again:
    """A rule that is asked again about what a change concerns.

    ``known`` are the graphs of what was there before it, ``seen`` those of them that it must see: the more graphs, the
    longer the store takes.
    """

    project: Project
    store: Store
    rule: Rule
    seen: tuple[str, ...]
    known: tuple[str, ...]
    change: Change

    def run(self) -> None:
        old: set[Triple] = set()
        new: set[Triple] = set()
        direct = [head for head in self.rule.heads if not head.link and not head.value]
        subjects = {key for head in direct for key, _ in self.find_keys(head)}
        for source in {head.trace.source for head in direct}:
            new |= {triple for triple in self.ask((source,), [(key,) for key in subjects]) if triple[0] in subjects}
        old |= self.made_of(subjects)
        for head in self.rule.heads:
            if head.value:
                one, other = self.ask_pairs(head)
            elif head.link:
                one, other = self.ask_linked(head, URIRef(head.link))
            else:
                continue
            old, new = old | one, new | other
        self.replace(old, {triple for triple in new if not self.is_known(triple)})

    def find_keys(self, head: Head) -> set[tuple[Node, Node | None]]:
        """What the change may lead to; of a triple that the rule could make as well it must be seen who makes it."""
        keys = set(follow(self.store, head.trace.leads, self.change))
        keys |= {(t[0], t[2] if head.value else None) for t in self.change if head.makes(t)}
        return {key for key in keys if isinstance(key[0], URIRef)}

    def ask(self, names: tuple[str, ...], rows: Iterable[tuple[Node, ...]]) -> set[Triple]:
        """What the rule makes where its variables have one of the rows as values."""
        written = [" ".join(term.n3() for term in row) for row in rows]
        if not written:
            return set()
        query = narrow(self.rule.query, names, [f"({row})" if len(names) > 1 else row for row in written])
        return set(self.store.triples(query, self.project.prefixes, self.project.base, (self.seen, ())))

    def ask_pairs(self, head: Head) -> tuple[set[Triple], set[Triple]]:
        """What the rule made and makes between two things."""
        pairs = {(key, value) for key, value in self.find_keys(head) if isinstance(value, URIRef)}
        graph = MADE + self.rule.file
        old = {triple for key, value in pairs for triple in self.store.match(key, None, value, graph)}
        made = self.ask((head.trace.source, str(head.value)), pairs)
        return old, {triple for triple in made if (triple[0], triple[2]) in pairs}

    def ask_linked(self, head: Head, link: URIRef) -> tuple[set[Triple], set[Triple]]:
        """What the rule made and makes of things that it computes from others."""
        graph = MADE + self.rule.file
        keys = {key for key, _ in self.find_keys(head)}
        keys |= {t[2] for key in keys for t in self.store.match(key, link, None, graph)}
        made = self.ask((head.trace.source,), [(key,) for key in keys])
        computed = {t[0] for key in keys for t in self.store.match(None, link, key, graph)}
        computed |= {subject for subject, name, _ in made if name == link}
        return self.made_of(computed), {triple for triple in made if triple[0] in computed}

    def made_of(self, subjects: Iterable[Node]) -> set[Triple]:
        """What the rule made before of some subjects."""
        graph = MADE + self.rule.file
        return {triple for subject in subjects for triple in self.store.match(subject, None, None, graph)}

    def is_known(self, triple: Triple) -> bool:
        """Whether a triple was there before the rule, so that it is not the one that makes it."""
        return any(self.store.match(*triple, graph) for graph in self.known)

    def replace(self, old: set[Triple], new: set[Triple]) -> None:
        """Change what the rule made, and with that the union."""
        graph = MADE + self.rule.file
        for one in (graph, str(vocabulary(self.project).graph("derived"))):
            self.store.take(old - new, one)
            self.store.put(new - old, one)
        lost = {triple for triple in old - new if not self.is_known(triple)}
        self.store.take(lost)
        self.store.put(lost, GONE)
        self.store.put(new - old)
        self.change.gone.update(lost)
        self.change.come.update(new - old)
