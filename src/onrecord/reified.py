"""The record in RDF 1.2: what each claim says of things, as a triple term that the claim reifies and nobody asserts."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import URIRef
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.record import Record
from onrecord.store import Triple, serialise
from onrecord.viewpoints import told_of

# The slots of claims that say one thing of another: the subject, what is said of it, the value.
SLOTS = (("subject", "relation", "object"), ("about", "unit", "quantity"))


def render_reified(record: Record, media_type: str) -> tuple[int, bytes]:
    """How many statements there are in the RDF 1.2 form of a record, and these as bytes."""
    catalogue = Catalogue(record)
    reified = sorted(set(_reified(catalogue)), key=lambda one: (str(one[0]), *(term.n3() for term in one[1])))
    triples = {statement[:3] for statement in record.statements}
    return len(triples) + len(reified), serialise(triples, media_type, record.project.prefixes, reified=reified)


def _reified(catalogue: Catalogue) -> Iterator[tuple[Node, Triple]]:
    rec, values = catalogue.words.rec, catalogue.values
    for claim in catalogue.members(rec("Claim")):
        for slots in SLOTS:
            terms = [values(claim, rec(slot)) for slot in slots]
            yield from ((claim, (s, p, o)) for s in terms[0] for p in terms[1] for o in terms[2])
        for account in values(claim, rec("claimsOccurrenceOf")):
            yield from ((claim, triple) for triple in told_of(catalogue, account) if isinstance(triple[1], URIRef))
