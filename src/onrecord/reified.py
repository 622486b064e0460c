"""The record in RDF 1.2: what each claim says of things, as a triple term that the claim reifies and nobody asserts."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import URIRef
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.store import Triple
from onrecord.viewpoints import told_of

# The slots of claims that say one thing of another: the subject, what is said of it, the value.
SLOTS = (("subject", "relation", "object"), ("about", "unit", "quantity"))


def find_reified(catalogue: Catalogue) -> set[tuple[Node, Triple]]:
    """What each claim says of things: the claim, and the triple that it reifies."""
    return set(_reified(catalogue))


def _reified(catalogue: Catalogue) -> Iterator[tuple[Node, Triple]]:
    rec, values = catalogue.words.rec, catalogue.values
    for claim in catalogue.members(rec("Claim")):
        for slots in SLOTS:
            terms = [values(claim, rec(slot)) for slot in slots]
            yield from ((claim, (s, p, o)) for s in terms[0] for p in terms[1] for o in terms[2])
        for account in values(claim, rec("claimsOccurrenceOf")):
            yield from ((claim, triple) for triple in told_of(catalogue, account) if isinstance(triple[1], URIRef))
