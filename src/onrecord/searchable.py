"""Searchable: things and pages in schema.org's words, for the search engines that read pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rdflib import URIRef
from rdflib.namespace import DCTERMS, OWL, RDFS, SKOS
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.inventory import DATASET_PATH
from onrecord.sayings import Saying, read_sayings

SAME_AS = URIRef("https://schema.org/sameAs")
Described = dict[str, object]
CONTEXT = {"@context": "https://schema.org/"}
# The schema.org type of a thing: the first whose class it has. A class without a colon is one of the core ontology.
TYPES: Mapping[str, str] = {
    "Article": "NewsArticle",
    "Claim": "Claim",
    "Occurrence": "Event",
    "Account": "Event",
    "Person": "Person",
    "Agent": "Organization",
    "Place": "Place",
    str(SKOS.Concept): "DefinedTerm",
    str(SKOS.ConceptScheme): "DefinedTermSet",
    str(OWL.Ontology): "DefinedTermSet",
}
OTHER = "Thing"
# The schema.org types of pages that list no things.
PAGE_TYPES: Mapping[str, str] = {"sparql": "WebPage", "data": "WebPage", "search": "SearchResultsPage"}


class Searchable:
    """Describes things of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.rec = catalogue, catalogue.words.rec
        kinds = ((URIRef(name) if ":" in name else self.rec(name), kind) for name, kind in TYPES.items())
        self._kinds = tuple(kinds)
        self._more: Mapping[str, Callable[[Node], Described]] = {
            "Claim": self._claim,
            "NewsArticle": self._article,
            "Event": self._event,
            "DefinedTerm": self._term,
            "DefinedTermSet": self._definition,
        }

    def describe(self, thing: Node) -> Described:
        """A thing as a JSON-LD object."""
        kind = self.kind(thing)
        same = [str(one) for one in self.catalogue.values(thing, SAME_AS)]
        others = [name.text for name in self.catalogue.other_names(thing)]
        return {
            **CONTEXT,
            "@type": kind,
            "@id": str(thing),
            "name": self.catalogue.name(thing).text,
            **({"alternateName": others} if others else {}),
            **({"sameAs": same} if same else {}),
            **(self._more[kind](thing) if kind in self._more else {}),
        }

    def kind(self, thing: Node) -> str:
        """The schema.org type of a thing."""
        return next((kind for name, kind in self._kinds if self.catalogue.is_a(thing, name)), OTHER)

    def describe_site(self) -> Described:
        """The site, with the dataset that it publishes, as a JSON-LD object."""
        project = self.catalogue.project
        dataset = {"@type": "Dataset", "@id": f"{project.base}{DATASET_PATH}#dataset", "name": project.title}
        return {
            **CONTEXT,
            **self._site(),
            "description": project.description,
            "url": project.base,
            "inLanguage": list(project.languages),
            "license": project.licence,
            "hasPart": {**dataset, "description": project.description, "url": f"{project.base}data.html"},
        }

    def describe_list(self, slug: str, path: str, title: str, count: int | None) -> Described:
        """A page of a list, or another that is not about one thing; ``count`` is how many things all pages list."""
        items = {} if count is None else {"mainEntity": {"@type": "ItemList", "numberOfItems": count}}
        return {**CONTEXT, **self._page(PAGE_TYPES.get(slug, "CollectionPage"), path, title), **items}

    def describe_question(self, path: str, title: str, question: str) -> Described:
        """The page of a question."""
        asked = {"@type": "Question", "name": title, "text": question}
        return {**CONTEXT, **self._page("WebPage", path, title), "mainEntity": asked}

    def _page(self, kind: str, path: str, title: str) -> Described:
        address = f"{self.catalogue.project.base}{path}"
        return {"@type": kind, "@id": address, "url": address, "name": title, "isPartOf": self._site()}

    def _site(self) -> Described:
        project = self.catalogue.project
        return {"@type": "WebSite", "@id": f"{project.base}#site", "name": project.title}

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
            "headline": str(self.catalogue.value(article, DCTERMS.title) or self.catalogue.name(article).text),
            "publisher": [self._named(outlet) for outlet in outlets],
        }

    def _event(self, event: Node) -> Described:
        """How the sides stand to an event or an account of it, and the articles that tell it."""
        values, rec = self.catalogue.values, self.rec
        accounts = [event, *values(event, rec("hasAccount"))]
        articles = self.catalogue.sorted(one for account in accounts for one in values(account, rec("reportedIn")))
        told = [self._explain(status) for status in values(event, rec("status"))]
        return {
            **({"description": " ".join(told)} if told else {}),
            **({"subjectOf": [self._named(article) for article in articles]} if articles else {}),
        }

    def _explain(self, concept: Node) -> str:
        """A concept with its definition."""
        definitions = self.catalogue.values(concept, SKOS.definition)
        return ": ".join([self.catalogue.name(concept).text, *map(str, definitions[:1])])

    def _term(self, concept: Node) -> Described:
        schemes = self.catalogue.sorted(self.catalogue.values(concept, SKOS.inScheme))
        sets = {"inDefinedTermSet": [self._named(scheme) for scheme in schemes]} if schemes else {}
        return {**sets, **self._definition(concept)}

    def _definition(self, thing: Node) -> Described:
        texts = list(map(str, self.catalogue.values(thing, SKOS.definition, RDFS.comment)))
        return {"description": " ".join(texts)} if texts else {}

    def _named(self, thing: Node) -> Described:
        return {"@type": self.kind(thing), "@id": str(thing), "name": self.catalogue.name(thing).text}
