"""Wording: whether a claim's statement and its slots say the same.

Who reads the statement must learn what who queries the slots learns: the names in the statement are in the slots, the
sides in the slots are in the statement, the count is that of its words, and words that stand for one concept only
stand with that concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import URIRef
from rdflib.namespace import RDFS, SKOS
from rdflib.term import Node

from onrecord.articles import Span
from onrecord.contents import Contents
from onrecord.figures import Figure, read_figure
from onrecord.lexicon import Word
from onrecord.names import Names, begins_word, first_place
from onrecord.problems import Fault

# From a thing to the wider one that names it too: a ministry's state, an account's occurrence.
WIDER = ("organOf", "accountOf", "partOf")
QUOTED = re.compile("“[^”]*”")


# A fault with the word or name by which it can be waived; None if it cannot.
Named = tuple[str | None, Fault]


def check_claim(names: Names, claim: Node) -> Iterator[Named]:
    """Where a claim's statement and slots part, or its count and the words kept for it."""
    for statement in map(str, names.objects(claim, "statement")):
        yield from _check_names(names, claim, statement)
        yield from ((None, fault) for fault in _check_sides(names, claim, statement))
        yield from ((None, fault) for fault in _check_markers(names, claim, statement))
    yield from ((None, fault) for fault in _check_figure(names, claim))


def _check_names(names: Names, claim: Node, statement: str) -> Iterator[Named]:
    contents = widen(names, claim)
    masked = [Span(*found.span()) for found in QUOTED.finditer(statement)]
    for word in names.lexicon.find(statement, masked):
        if not _holds(contents, word):
            message = f"The statement says “{word.text}”, which no slot of the claim holds: “{statement}”"
            remedy = "Put it into a slot, correct the statement, or waive the word with a reason."
            yield word.text, Fault("statement-beyond-slots", message, remedy)


def _holds(contents: Contents, word: Word) -> bool:
    printed = re.search(rf"(?<!\w){re.escape(word.text.lower())}(?!\w)", contents.words)
    return printed is not None or contents.contain(word)


def widen(names: Names, claim: Node) -> Contents:
    """What a claim contains, with the wider things that its things belong to, and the labels of all."""
    reach, wider = names.reach, {names.rec(name) for name in WIDER}
    contents = reach.contents([claim])
    things, edge = set(contents.things), set(contents.things)
    for _ in range(2):
        links = [link for thing in edge for link in reach.outgoing.get(URIRef(thing), ())]
        above = {str(value) for name, value in links if name in wider} - things
        things |= above | reach.contents(URIRef(thing) for thing in above).things
        edge = above
    labels = [
        str(label).lower()
        for thing in things
        for name in (RDFS.label, SKOS.prefLabel, SKOS.altLabel)
        for label in reach.objects(URIRef(thing), name)
    ]
    return Contents(frozenset(things), contents.numbers, "\n".join([contents.words, *sorted(labels)]))


def _check_sides(names: Names, claim: Node, statement: str) -> Iterator[Fault]:
    """The sides that act, suffer or hold a position according to the slots must be those of the statement."""
    actors, targets = (_sides_in_role(names, claim, kind) for kind in ("actor", "target"))
    for side in sorted(_sides_in_slots(names, claim) | actors):
        if first_place(names.sides[side], statement) is None:
            name = names.project.compact(side)
            message = f"A slot of the claim is of {name}, which the statement does not name: “{statement}”"
            yield Fault("side-not-in-statement", message, "Correct the slot or the statement by the sentence.")
    for actor, target in ((one, other) for one in sorted(actors) for other in sorted(targets - actors)):
        first, second = (first_place(names.sides[side], statement) for side in (actor, target))
        if first is not None and second is not None and first > second:
            name = names.project.compact(actor)
            message = f"By its roles {name} acts, and the statement names the other side first: “{statement}”"
            yield Fault("roles-against-statement", message, "Exchange the roles, or name first who acts.")


def _sides_in_slots(names: Names, claim: Node) -> set[str]:
    return _sides_of(names, (value for name, value in names.reach.outgoing.get(claim, ()) if name in names.told))


def _sides_in_role(names: Names, claim: Node, kind: str) -> set[str]:
    accounts = names.objects(claim, "claimsOccurrenceOf")
    roles = [role for account in accounts for role in names.objects(account, "hasRole")]
    mine = (role for role in roles if names.concept(kind) in names.objects(role, "roleKind"))
    return _sides_of(names, (player for role in mine for player in names.objects(role, "player")))


def _sides_of(names: Names, things: Iterator[Node]) -> set[str]:
    sides = frozenset(names.sides)
    return {side for thing in things if (side := names.side_of(str(thing), sides))}


def _check_markers(names: Names, claim: Node, statement: str) -> Iterator[Fault]:
    """Words of the statement that stand for a polarity, a modality or an outcome must stand with it."""
    used = {value for _, value in names.reach.outgoing.get(claim, ())}
    for slot in ("polarities", "modalities"):
        for concept, words in sorted(names.markers.items(), key=str):
            if names.concept(slot) not in names.reach.objects(concept, SKOS.inScheme):
                continue
            marks = [word for word in words if begins_word(word, QUOTED.sub("", statement))]
            name = names.project.compact(str(concept))
            if marks and concept not in used:
                message = f"The statement says “{marks[0]}” and the claim is not {name}: “{statement}”"
                yield Fault("marker-without-concept", message, "Give the claim that concept, or correct the statement.")
            if concept in used and not marks:
                message = f"The claim is {name}, and its statement says none of “{'”, “'.join(words)}”: “{statement}”"
                yield Fault("concept-without-marker", message, "Say so in the statement, or correct the concept.")


def _check_figure(names: Names, claim: Node) -> Iterator[Fault]:
    stated = figure_of(names, claim)
    for words in names.objects(claim, "verbatimQuantity"):
        read = read_figure(str(words))
        if read is not None and read != stated:
            message = f"“{words}” stands for {describe_figure(read)}, and the claim says {describe_figure(stated)}."
            remedy = "Correct the count by the words, or the words by the article (table: docs/vocabulary.md)."
            yield Fault("figure-against-words", message, remedy)


def figure_of(names: Names, claim: Node) -> Figure:
    """The count that a claim states."""

    def number(name: str) -> int | None:
        values = names.objects(claim, name)
        return int(str(values[0])) if values and str(values[0]).isdecimal() else None

    approximate = names.concept("approximate") in names.objects(claim, "precision")
    return Figure(number("quantity"), number("lowerBound"), approximate)


def describe_figure(figure: Figure) -> str:
    """A figure in words, for a message."""
    if figure.quantity is not None:
        return f"about {figure.quantity}" if figure.approximate else f"exactly {figure.quantity}"
    return "no number" if figure.lower is None else f"at least {figure.lower}"
