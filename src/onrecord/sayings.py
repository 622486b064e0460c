"""Sayings: attributions as a reader sees them, who says what, how, and in which sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.interface import mark

# How the slots of an attribution, beside speaker, claim and stance, are told: its property and the words around it.
MANNERS = (
    ("hedge", "%(thing)s"),
    ("voice", "%(thing)s"),
    ("channel", mark("by %(thing)s")),
    ("saidAt", mark("said %(thing)s")),
    ("addressee", mark("to %(thing)s")),
    ("interest", "%(thing)s"),
)


@dataclass(frozen=True)
class Quotation:
    """Words as printed, the passage they are, and the name of their sentence (003.s9)."""

    passage: Node
    sentence: str
    text: str

    @property
    def number(self) -> str:
        """The number of the sentence in its article."""
        return self.sentence.rpartition(".s")[2]


@dataclass(frozen=True)
class Saying:
    """An attribution with all that it says; ``manner`` pairs words with a thing: ("by %(thing)s", radio)."""

    iri: Node
    claim: Node
    speaker: Node
    speaker_as: str
    stance: Node
    relays: tuple[Node, ...]
    sides: tuple[Node, ...]
    manner: tuple[tuple[str, Node], ...]
    article: Node
    quotations: tuple[Quotation, ...]
    notes: tuple[Node, ...]

    @property
    def printed(self) -> list[tuple[str, list[Quotation]]]:
        """The words, each once, with every passage that prints them."""
        found: dict[str, list[Quotation]] = {}
        for quotation in self.quotations:
            found.setdefault(quotation.text, []).append(quotation)
        return list(found.items())


def read_sayings(catalogue: Catalogue, attributions: Iterable[Node]) -> list[Saying]:
    """The attributions in the order of their articles and of the words they rest on."""
    return [read_saying(catalogue, node) for node in sorted(set(attributions), key=lambda one: _order(catalogue, one))]


def read_saying(catalogue: Catalogue, attribution: Node) -> Saying:
    """One attribution. It must be complete, as the shapes make sure."""
    rec = catalogue.words.rec

    def one(name: str) -> Node:
        return catalogue.values(attribution, rec(name))[0]

    manner = [(words, value) for name, words in MANNERS for value in catalogue.values(attribution, rec(name))]
    passages = sorted(catalogue.values(attribution, rec("evidence")), key=lambda node: _start(catalogue, node))
    return Saying(
        iri=attribution,
        claim=one("claim"),
        speaker=one("speaker"),
        speaker_as=", ".join(str(value) for value in catalogue.values(attribution, rec("speakerAs"))),
        stance=one("stance"),
        relays=tuple(_relays(catalogue, attribution)),
        sides=tuple(catalogue.sorted(catalogue.values(attribution, rec("onSide")))),
        manner=tuple(manner),
        article=one("carriedBy"),
        quotations=tuple(_quotation(catalogue, passage) for passage in passages),
        notes=tuple(catalogue.values(attribution, rec("codingNote"))),
    )


def _relays(catalogue: Catalogue, attribution: Node) -> list[Node]:
    rec = catalogue.words.rec
    steps = catalogue.values(attribution, rec("relay"))
    steps.sort(key=lambda step: int(str(catalogue.value(step, rec("position")))))
    return [agent for step in steps for agent in catalogue.values(step, rec("relayedBy"))]


def _quotation(catalogue: Catalogue, passage: Node) -> Quotation:
    text = str(catalogue.value(passage, catalogue.words.rec("exact")))
    sentence = catalogue.name(passage).text.partition(":")[0]
    return Quotation(passage, sentence, text)


def _order(catalogue: Catalogue, attribution: Node) -> tuple[str, int, str]:
    rec = catalogue.words.rec
    starts = [_start(catalogue, passage) for passage in catalogue.values(attribution, rec("evidence"))]
    return (str(catalogue.value(attribution, rec("carriedBy"))), min(starts, default=0), str(attribution))


def _start(catalogue: Catalogue, passage: Node) -> int:
    return int(str(catalogue.value(passage, catalogue.words.rec("start"))))
