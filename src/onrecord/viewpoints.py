"""Viewpoints: the occurrences as each side tells them, in plain triples, each side's in a graph of its own.

They answer only when they are named: in the union of the graphs nothing contested is a plain triple.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDF, RDFS
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.record import Record
from onrecord.store import Statement
from onrecord.vocabulary import slug

VIEW = "view/"
# What an account says of itself and not of what happened: bookkeeping, and what is derived from it.
OWN = (
    *("accountOf", "basis", "claimedBy", "coding", "codingNote", "confidence", "curator", "reportedIn", "reviewedBy"),
    *("status", "waiver"),
)
# The classes that every account has.
EVERY = ("Account", "Happening", "Entity", "Item")


def find_viewpoints(record: Record) -> tuple[Statement, ...]:
    """What each side says of each occurrence, sorted: a side's claims that are affirmed and that something occurred."""
    catalogue = Catalogue(record)
    rec, graph = catalogue.words.rec, catalogue.words.graph
    found = {
        Statement(*triple, graph(f"{VIEW}{slug(str(side))}"))
        for claim in catalogue.members(rec("OccurrenceClaim"))
        for side in catalogue.values(claim, rec("assertedBySide"))
        if _tells_what_happened(catalogue, claim)
        for account in catalogue.values(claim, rec("claimsOccurrenceOf"))
        for triple in told_of(catalogue, account)
    }
    return tuple(sorted(found, key=lambda s: (str(s.graph), *(term.n3() for term in s[:3]))))


def _tells_what_happened(catalogue: Catalogue, claim: Node) -> bool:
    """Whether a claim says that something happened or goes on: not that it did not, nor that it is planned."""
    concept, values = catalogue.words.concept, catalogue.values
    affirmed = concept("affirmative") in values(claim, catalogue.words.rec("polarity"))
    return affirmed and not {concept("happened"), concept("ongoing")}.isdisjoint(
        values(claim, catalogue.words.rec("modality"))
    )


def told_of(catalogue: Catalogue, account: Node) -> Iterator[tuple[Node, Node, Node]]:
    """An account's statements, as if they were the occurrence's own."""
    rec = catalogue.words.rec
    own, every = {*map(rec, OWN), RDFS.label}, set(map(rec, EVERY))
    for occurrence in catalogue.values(account, rec("accountOf")):
        for name, values in catalogue.outgoing(account).items():
            yield from ((occurrence, name, value) for value in values if name not in own and value not in every)
        yield occurrence, RDF.type, rec("Occurrence")


def views_of(base: str) -> str:
    """What the IRIs of the viewpoints begin with."""
    return f"{base}graph/{VIEW}"
