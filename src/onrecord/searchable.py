"""Searchable: things in schema.org's words, for the search engines that read pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rdflib import URIRef
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.sayings import Saying, read_sayings

SAME_AS = URIRef("https://schema.org/sameAs")
Described = dict[str, object]
# The schema.org type of a thing: the first whose class of the core ontology it has.
TYPES: Mapping[str, str] = {
    "Article": "NewsArticle",
    "Claim": "Claim",
    "Occurrence": "Event",
    "Account": "Event",
    "Person": "Person",
    "Agent": "Organization",
    "Place": "Place",
}
OTHER = "Thing"


class Searchable:
    """Describes things of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.rec = catalogue, catalogue.words.rec
        self._more: Mapping[str, Callable[[Node], Described]] = {
            "Claim": self._claim,
            "NewsArticle": self._article,
        }

    def describe(self, thing: Node) -> Described:
        """A thing as a JSON-LD object."""
        kind = self.kind(thing)
        same = [str(one) for one in self.catalogue.values(thing, SAME_AS)]
        others = [name.text for name in self.catalogue.other_names(thing)]
        return {
            "@context": "https://schema.org/",
            "@type": kind,
            "@id": str(thing),
            "name": self.catalogue.name(thing).text,
            **({"alternateName": others} if others else {}),
            **({"sameAs": same} if same else {}),
            **(self._more[kind](thing) if kind in self._more else {}),
        }

    def kind(self, thing: Node) -> str:
        """The schema.org type of a thing."""
        return next((kind for name, kind in TYPES.items() if self.catalogue.is_a(thing, self.rec(name))), OTHER)

    def _claim(self, claim: Node) -> Described:
        """Who makes a claim, and where: a claim is somebody's, not the record's."""
        sayings = read_sayings(self.catalogue, self.catalogue.values(claim, self.rec("attribution")))
        speakers = self.catalogue.sorted(one.speaker for one in sayings)
        return {
            "text": self.catalogue.name(claim).text,
            "author": [self._named(speaker) for speaker in speakers],
            "appearance": [self._appearance(one) for one in sayings],
        }

    def _appearance(self, saying: Saying) -> Described:
        quotes = " … ".join(quotation.text for quotation in saying.quotations)
        return {"@type": "Quotation", "text": quotes, "isPartOf": self._named(saying.article)}

    def _article(self, article: Node) -> Described:
        outlets = self.catalogue.values(article, self.rec("outlet"))
        return {
            "headline": self.catalogue.name(article).text,
            "publisher": [self._named(outlet) for outlet in outlets],
        }

    def _named(self, thing: Node) -> Described:
        return {"@type": self.kind(thing), "@id": str(thing), "name": self.catalogue.name(thing).text}
