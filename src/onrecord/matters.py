"""Matters: what claims are about, so that many of them can be read together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib.term import Node

from onrecord.catalogue import Catalogue

Group = tuple[Node, list[Node]]


def group_by_matter(catalogue: Catalogue, claims: Iterable[Node]) -> list[Group]:
    """Claims by what they are about, matters and claims by name; each claim stands under one matter."""
    groups: dict[Node, list[Node]] = {}
    for claim in catalogue.sorted(claims):
        groups.setdefault(find_matter(catalogue, claim), []).append(claim)
    return [(matter, groups[matter]) for matter in catalogue.sorted(groups)]


def find_matter(catalogue: Catalogue, claim: Node) -> Node:
    """What a claim is about: the first thing that it names as such, the occurrence whose account it claims, its
    subject, or the occurrence of an account that it names; a claim about a claim is about what that one is about.

    Where there is none of these, the kind of the claim.
    """
    matter, seen = claim, {claim}
    while catalogue.is_a(matter, catalogue.words.rec("Claim")):
        found = next(_candidates(catalogue, matter), None)
        if found is None or found in seen:
            return next(iter(catalogue.types(matter)), matter)
        seen.add(found)
        matter = found
    return matter


def _candidates(catalogue: Catalogue, claim: Node) -> Iterator[Node]:
    rec = catalogue.words.rec

    def told(accounts: Iterable[Node]) -> list[Node]:
        return catalogue.sorted(one for account in accounts for one in catalogue.values(account, rec("accountOf")))

    yield from catalogue.sorted(catalogue.values(claim, rec("about")))
    yield from told(catalogue.values(claim, rec("claimsOccurrenceOf")))
    yield from catalogue.sorted(catalogue.values(claim, rec("subject")))
    yield from told(value for values in catalogue.outgoing(claim).values() for value in values)
