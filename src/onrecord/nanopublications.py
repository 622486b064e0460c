"""Nanopublications: one for each attribution (nanopub.org guidelines, working draft of 2015).

The assertion is the claim as it is made, the provenance who makes it, how, and in which words.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import DCTERMS, RDF, Literal, Namespace, URIRef
from rdflib.namespace import PROV
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.store import Statement, Triple

NP = Namespace("http://www.nanopub.org/nschema#")
# What a claim says; all else that is known of it is derived from other attributions.
SAID = ("statement", "polarity", "modality")


def find_nanopublications(catalogue: Catalogue) -> list[Statement]:
    """The statements of all nanopublications."""
    attributions = catalogue.members(catalogue.words.rec("Attribution"))
    return [statement for attribution in attributions for statement in _publish(catalogue, attribution)]


def _publish(catalogue: Catalogue, attribution: Node) -> Iterator[Statement]:
    parts = ("nanopublication", "head", "assertion", "provenance", "pubinfo")
    whole, head, assertion, provenance, information = (URIRef(f"{attribution}#{part}") for part in parts)
    yield Statement(whole, RDF.type, NP.Nanopublication, head)
    yield Statement(whole, NP.hasAssertion, assertion, head)
    yield Statement(whole, NP.hasProvenance, provenance, head)
    yield Statement(whole, NP.hasPublicationInfo, information, head)
    for claim in catalogue.values(attribution, catalogue.words.rec("claim")):
        yield from (Statement(*triple, assertion) for triple in _said(catalogue, claim))
    yield from (Statement(*triple, provenance) for triple in _provenance(catalogue, attribution, assertion))
    project = catalogue.project
    yield Statement(whole, DCTERMS.license, URIRef(project.licence), information)
    yield Statement(whole, DCTERMS.rights, Literal(project.licence_note, project.languages[0]), information)
    yield Statement(whole, DCTERMS.isPartOf, URIRef(f"{project.base}dumps/record"), information)


def _said(catalogue: Catalogue, claim: Node) -> Iterator[Triple]:
    said = {*map(catalogue.words.rec, SAID), RDF.type}
    for name, values in catalogue.outgoing(claim).items():
        for value in values:
            if name in said or catalogue.origin((claim, name, value)) != "derived":
                yield claim, name, value


def _provenance(catalogue: Catalogue, attribution: Node, assertion: URIRef) -> Iterator[Triple]:
    rec, values = catalogue.words.rec, catalogue.values
    yield from ((assertion, PROV.wasAttributedTo, one) for one in values(attribution, rec("speaker")))
    yield from ((assertion, PROV.hadPrimarySource, one) for one in values(attribution, rec("carriedBy")))
    yield from ((assertion, PROV.wasQuotedFrom, one) for one in values(attribution, rec("evidence")))
    for name, found in catalogue.outgoing(attribution).items():
        yield from ((attribution, name, value) for value in found)
