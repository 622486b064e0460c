"""Claims stand together by what they are about."""

from __future__ import annotations

import pytest
from rdflib import URIRef
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.matters import find_matter, group_by_matter


@pytest.fixture(scope="module")
def catalogue(flagship: Draft) -> Catalogue:
    return Catalogue(flagship.record)


@pytest.fixture(scope="module")
def claims(catalogue: Catalogue) -> list[Node]:
    return catalogue.members(catalogue.words.rec("Claim"))


@pytest.mark.parametrize(
    ("claim", "matter"),
    [
        ("az-dead-50", "id/border-clashes"),
        # About the claim before.
        ("az-dead-50-in-clashes", "id/border-clashes"),
    ],
)
def test_a_claim_is_about_what_it_says_it_is_about(catalogue: Catalogue, claim: str, matter: str) -> None:
    base = catalogue.project.base
    assert find_matter(catalogue, URIRef(f"{base}claim/{claim}")) == URIRef(base + matter)


def test_what_claims_an_account_is_about_the_occurrence(catalogue: Catalogue, claims: list[Node]) -> None:
    rec, found = catalogue.words.rec, []
    for claim in claims:
        accounts = catalogue.values(claim, rec("claimsOccurrenceOf"))
        if accounts and not catalogue.values(claim, rec("about")):
            found.append(find_matter(catalogue, claim) in catalogue.values(accounts[0], rec("accountOf")))
    assert len(found) > 100
    assert all(found)


def test_no_claim_is_about_itself_or_another(catalogue: Catalogue, claims: list[Node]) -> None:
    matters = [find_matter(catalogue, claim) for claim in claims]
    assert not [one for one in matters if catalogue.is_a(one, catalogue.words.rec("Claim"))]


def test_every_claim_stands_under_one_matter_and_matters_by_name(catalogue: Catalogue, claims: list[Node]) -> None:
    groups = group_by_matter(catalogue, claims)
    assert catalogue.sorted(one for _, found in groups for one in found) == claims
    assert sum(len(found) for _, found in groups) == len(claims)
    matters = [matter for matter, _ in groups]
    assert matters == catalogue.sorted(matters)
