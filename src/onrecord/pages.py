"""Pages: for every IRI that the record mints, and for every list of them, the HTML that a reader sees.

What a page shows is written in the templates of site/; this module gives them the record to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS
from rdflib.term import Node

from onrecord.catalogue import NAMES, Catalogue, Name, document_of
from onrecord.charts import Charts
from onrecord.citations import cite
from onrecord.comparisons import Comparisons
from onrecord.documents import FORMATS, KEPT, RDF_FORMATS, Depth, link_from, path_of, web_address
from onrecord.failures import CallError
from onrecord.interface import Interface, mark, read_interface
from onrecord.maps import Atlas
from onrecord.matters import group_by_matter
from onrecord.paging import MOST, Part, split_list
from onrecord.policies import policy_of
from onrecord.project import Project
from onrecord.questions import Asked, group_by_theme
from onrecord.sayings import Saying, read_sayings
from onrecord.searchable import Searchable
from onrecord.terminology import PLAIN_KINDS, SELF_DESCRIPTION, find_example, grow_tree

# Which template shows a thing: the first whose class it has. A class without a colon is one of the core ontology.
TEMPLATES: Mapping[str, str] = {
    "Tombstone": "tombstone.html",
    "Article": "article.html",
    "Attribution": "attribution.html",
    "Claim": "claim.html",
    "Account": "account.html",
    "Occurrence": "occurrence.html",
    "Dispute": "dispute.html",
    "Agent": "agent.html",
    "Place": "place.html",
    str(SKOS.ConceptScheme): "scheme.html",
    str(OWL.Ontology): "ontology.html",
}
OTHER_THING, GRAPH = "thing.html", "graph.html"
# The pages that are not about one thing: path, template, title; in the order of the navigation.
LISTS = (
    ("index", "home.html", mark("Home")),
    ("events", "events.html", mark("Events")),
    ("disputes", "disputes.html", mark("Disputes")),
    ("claims", "claims.html", mark("Claims")),
    ("agents", "agents.html", mark("Agents")),
    ("places", "places.html", mark("Places")),
    ("articles", "articles.html", mark("Articles")),
    ("questions", "questions.html", mark("Questions")),
    ("vocabulary", "vocabulary.html", mark("Vocabulary")),
    ("sparql", "sparql.html", mark("Query")),
    ("data", "data.html", mark("Data")),
)
# The lists that are paged, with the classes of what they show.
PAGED: Mapping[str, tuple[str, ...]] = {
    "events": ("Occurrence",),
    "claims": ("Claim",),
    "agents": ("Agent", "Office"),
    "places": ("Place",),
    "articles": ("Article",),
}
# The lists whose length is known, with the classes of what they show.
COUNTED: Mapping[str, tuple[str, ...]] = {**PAGED, "disputes": ("Dispute",)}
# Pages that are not in the navigation.
SEARCH = ("search", "search.html", mark("Search"))
MISSING = "404.html"
# Properties whose values a page shows elsewhere than in its table of statements: by their names, types, notes, and
# by the core ontology's slots that have a section of their own.
SHOWN_ELSEWHERE = frozenset((RDF.type, RDFS.comment, SKOS.definition, *NAMES[:3]))
SECTIONS = ("attribution", "carries", "hasPassage", "hasAccount", "codingNote")
# The slots of an account that the comparison of accounts shows in columns of their own, or not at all.
COLUMNS = (
    *("hasRole", "atLocation", "hasTime", "accountOf", "claimedBy", "status", "basis", "curator", "reviewedBy"),
    *("codingNote", "reportedIn"),
)
# How many parts of pages that are the same on many are kept.
MOST_FRAMES = 64
# How many matters a page shows with the evidence of each side.
FEW = 50
# Classes whose members, written in brackets, are shown within the thing that holds them.
HELD = ("Role", "LocationExpression", "Relay", "Representation", "Coding", "Waiver")
# What a query may say in place of an IRI, as narrow as any reader of it.
PREFIXED = re.compile(r"[\w-]*:[A-Za-z_][\w-]*", re.ASCII)
SPELLINGS = tuple(URIRef(f"http://www.w3.org/2008/05/skos-xl#{name}") for name in ("altLabel", "hiddenLabel"))


@dataclass(frozen=True)
class Row:
    """A property and its values, each with where it comes from: "derived", "outside", or the articles (empty)."""

    property: Node
    values: tuple[tuple[Node, str], ...]


@dataclass(frozen=True)
class Evidence:
    """A sentence of an article that attributions rest on: the passage, its text in pieces, each with the anchors of the
    passages that begin there, and the attributions."""

    sentence: Node
    pieces: list[tuple[list[str], str]]
    sayings: list[Saying]


@dataclass(frozen=True)
class Spelling:
    """A form in which articles print a name, of what kind it is, and in which articles."""

    iri: Node
    text: str
    kinds: list[Node]
    articles: list[Node]


def load_templates(project: Project, folder: Path, interface: Interface) -> Environment:
    """The templates of a site; a name that a template misspells is an error.

    ``frame(name, depth, current)`` shows the template of a part that is the same on every page which lies so many
    folders deep and belongs to the same list of LISTS, or to none: it is rendered once for them all.
    """
    environment = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    # The extension adds the method, of which types know nothing.
    cast(Any, environment).install_gettext_translations(interface.translations, newstyle=True)

    @lru_cache(maxsize=MOST_FRAMES)
    def frame(name: str, depth: Depth, current: str) -> Markup:
        return Markup(environment.get_template(name).render(to=partial(link_from, depth), depth=depth, current=current))

    environment.globals.update(project=project, lists=LISTS, interface=interface, frame=frame)
    return environment


def page_settings(path: str, assets: str, root: str = "") -> dict[str, Any]:
    """What every page needs to know: where it lies, and how to link from there, also to what it loads from the folder
    ``assets``; ``root`` is the path of the site's root where the page is shown at any depth."""
    depth: Depth = root or path.count("/")
    to = partial(link_from, depth)
    return {
        "depth": depth,
        "current": next((slug for slug, *_ in LISTS if path == f"{slug}.html" or path.startswith(f"{slug}/")), ""),
        "policy": policy_of(path),
        "to": to,
        "asset": lambda name: to(f"{assets}/{name}"),
    }


def first_of_each(themes: Sequence[tuple[str, Sequence[Asked]]], most: int) -> list[Asked]:
    """The first question of each theme, then the second of each, and so on: no more than so many."""
    rounds = zip_longest(*(questions for _, questions in themes))
    return [one for turn in rounds for one in turn if one][:most]


class Pages:
    """Renders pages from a catalogue and the answered questions."""

    def __init__(self, catalogue: Catalogue, asked: Iterable[Asked], assets: str) -> None:
        self.catalogue, self.assets = catalogue, assets
        self.project = catalogue.project
        self.themes = group_by_theme(asked)
        self.asked = tuple(one for _, questions in self.themes for one in questions)
        self.comparisons = Comparisons(catalogue)
        self.interface = read_interface(self.project)
        self.charts = Charts(catalogue, self.comparisons, self.interface)
        self.searchable = Searchable(catalogue)
        self.atlas = Atlas(catalogue, self.comparisons)
        self._templates = load_templates(self.project, self.project.site / "templates", self.interface)
        self._links = lru_cache(maxsize=KEPT)(self._link)
        self.is_nested = lru_cache(maxsize=KEPT)(self._is_nested)
        rec = catalogue.words.rec
        self._kinds = {URIRef(kind) if ":" in kind else rec(kind): file for kind, file in TEMPLATES.items()}
        self._held = frozenset(map(rec, HELD))
        self._templates.globals.update(self._functions())

    def _functions(self) -> dict[str, Any]:
        """What templates may ask of the record. Names of properties are those of the core ontology."""
        catalogue, rec = self.catalogue, self.catalogue.words.rec
        return {
            "name": catalogue.name,
            "other_names": catalogue.other_names,
            "kinds": self.kinds,
            "plain_kinds": PLAIN_KINDS,
            "is_a": lambda node, kind: catalogue.is_a(node, rec(kind)),
            "get": lambda node, *names: catalogue.values(node, *map(rec, names)),
            "holders": lambda node, *names: catalogue.holders(node, *map(rec, names)),
            "members": lambda kind: catalogue.members(rec(kind)),
            "instances": catalogue.members,
            "by_name": catalogue.sorted,
            "as_set": frozenset,
            "sayings": self.sayings,
            "rows": self.rows,
            "incoming": self.incoming,
            "is_nested": self.is_nested,
            "is_literal": lambda node: isinstance(node, Literal),
            "is_own": catalogue.is_own,
            "concept": catalogue.words.concept,
            "grouped": self.grouped,
            "by_matter": lambda claims: group_by_matter(catalogue, claims),
            "evidence": self.evidence,
            "unused_sentences": self.unused_sentences,
            "named_parts": self.named_parts,
            "spellings": self.spellings,
            "claims_naming": self.claims_naming,
            "further": self.further,
            "roles": self.roles,
            "graph_things": self.graph_things,
            "data_path": lambda node, form: path_of(self.project, document_of(node), form.extension),
            "owner": lambda node: URIRef(document_of(node)),
            "hidden": [*map(rec, SECTIONS), *SPELLINGS],
            "usage": self.usage,
            "grow": lambda terms: grow_tree(catalogue, terms),
            "example": lambda term: find_example(catalogue, term),
            "terms": self.terms,
            "described": lambda graph: catalogue.by_graph[URIRef(str(graph))],
            "graphs": catalogue.graphs,
            "asked": self.asked,
            "themes": self.themes,
            "first_of_each": first_of_each,
            "formats": FORMATS,
            "rdf_formats": RDF_FORMATS,
            "RDFS": RDFS,
            "SKOS": SKOS,
            "OWL": OWL,
            "values": catalogue.values,
            "sources": catalogue.holders,
            "compare": self.comparisons,
            "charts": self.charts,
            "atlas": self.atlas,
            "searchable": self.searchable.describe,
            "cite": lambda claim: cite(catalogue, self.interface, claim),
            "term": self._term,
            "most": MOST,
            "few": FEW,
            "whole_text": lambda node: catalogue.texts.get(node, "") if str(node) in self.project.whole_texts else "",
        }

    def _term(self, node: Node) -> str:
        """A thing as a query names it: with a prefix of the record if it has one, or in full."""
        short = self.project.compact(str(node))
        return short if PREFIXED.fullmatch(short) else f"<{node}>"

    def render_document(self, iri: str) -> str:
        """The page of one of the record's own IRIs, which has no fragment."""
        node = URIRef(iri)
        template = GRAPH if node in self.catalogue.by_graph else self._template_of(node)
        return self._render(template, path_of(self.project, iri), self.catalogue.name(node).text, thing=node)

    def render_list(self, slug: str, **content: Any) -> Iterator[tuple[str, str]]:
        """One of LISTS, in one page or several, each with its path; ``content`` is what its template needs beside the
        record."""
        template, title = next((template, title) for path, template, title in (*LISTS, SEARCH) if path == slug)
        for part in self._parts(slug):
            heading = self.interface.gettext(title)
            if part.number > 1:
                heading = self.interface.gettext("%(title)s, page %(page)s", title=heading, page=str(part.number))
            described = self._describe_list(slug, part.path, heading)
            yield part.path, self._render(template, part.path, heading, part=part, about_page=described, **content)

    def _describe_list(self, slug: str, path: str, title: str) -> dict[str, object]:
        """What search engines read of a page that is not about one thing."""
        if slug == LISTS[0][0]:
            return self.searchable.describe_site()
        members = [
            one for kind in COUNTED.get(slug, ()) for one in self.catalogue.members(self.catalogue.words.rec(kind))
        ]
        count = len(self.asked) if slug == "questions" else len(set(members)) if slug in COUNTED else None
        return self.searchable.describe_list(slug, path, title, count)

    def _parts(self, slug: str) -> Iterator[Part]:
        kinds = map(self.catalogue.words.rec, PAGED.get(slug, ()))
        return split_list(slug, self.grouped(member for kind in kinds for member in self.catalogue.members(kind)))

    def render_question(self, asked: Asked) -> str:
        """The page of a question: what it asks, its answer, and its query."""
        path = f"questions/{asked.slug}.html"
        described = self.searchable.describe_question(path, asked.title, asked.question)
        return self._render("question.html", path, asked.title, one=asked, about_page=described)

    def render_missing(self) -> str:
        """What a plain file host shows where there is nothing, at any depth: links begin with the path of the base."""
        settings = page_settings(MISSING, self.assets, root=urlsplit(self.project.base).path)
        missing = CallError(404, "There is nothing at this address.")
        return self._templates.get_template("message.html").render(**settings, title=missing.title, text=missing.detail)

    def _template_of(self, node: Node) -> str:
        kinds = set(self.catalogue.values(node, RDF.type))
        return next((file for kind, file in self._kinds.items() if kind in kinds), OTHER_THING)

    def _render(self, template: str, path: str, title: str, **content: Any) -> str:
        settings = page_settings(path, self.assets)
        depth = settings["depth"]
        links = {"href": partial(self._href, depth), "link": partial(self._links, depth)}
        return self._templates.get_template(template).render(**settings, **links, title=title, **content)

    def _href(self, depth: int, node: Node) -> str:
        """Where a link to a node leads from so many folders deep; empty if it leads nowhere."""
        if not self.catalogue.is_own(node):
            return web_address(str(node))
        return link_from(depth, path_of(self.project, str(node)))

    def _link(self, depth: int, node: Node) -> Markup:
        """The name of a node, linked where a link leads."""
        return Markup(self._pieces.link(self.catalogue.name(node), self._href(depth, node)))

    @cached_property
    def _pieces(self) -> Any:
        """The macros of pieces that are the same on all pages."""
        return self._templates.get_template("links.html").module

    def sayings(self, attributions: Iterable[Node]) -> list[Saying]:
        """Attributions as a reader sees them, in the order of the articles."""
        return read_sayings(self.catalogue, attributions)

    def rows(self, node: Node) -> list[Row]:
        """A thing's statements, by property."""
        links = self.catalogue.outgoing(node)
        return [
            Row(name, tuple((value, self.catalogue.origin((node, name, value))) for value in self._in_order(values)))
            for name, values in self._by_property(links)
        ]

    def incoming(self, node: Node) -> list[tuple[Node, list[Node]]]:
        """The things that name this one, by property."""
        links = self.catalogue.incoming(node)
        return [(name, self.catalogue.sorted(subjects)) for name, subjects in self._by_property(links)]

    def _by_property(self, links: Mapping[Node, list[Node]]) -> Iterator[tuple[Node, list[Node]]]:
        for name in sorted(links, key=lambda one: (self.catalogue.name(one).text.casefold(), str(one))):
            if name not in SHOWN_ELSEWHERE:
                yield name, links[name]

    def _in_order(self, values: list[Node]) -> list[Node]:
        return sorted(set(values), key=lambda value: (self.catalogue.name(value).text.casefold(), str(value)))

    def _is_nested(self, node: Node) -> bool:
        """Whether a node is but a part of the thing that holds it, and is shown within it."""
        if isinstance(node, BNode):
            return True
        held = any(kind in self._held for kind in self.catalogue.values(node, RDF.type))
        return self.catalogue.is_own(node) and "#" in str(node) and (held or not self.catalogue.values(node, *NAMES))

    def kinds(self, node: Node) -> list[Node]:
        """A thing's most specific classes, without saying that a happening is an account or an occurrence of it."""
        rec, types = self.catalogue.words.rec, self.catalogue.types(node)
        return [kind for kind in types if kind not in (rec("Account"), rec("Occurrence"))] or types

    def grouped(self, nodes: Iterable[Node]) -> list[tuple[Name, list[Node]]]:
        """Things by their most specific class, classes and things by name."""
        groups: dict[Node, list[Node]] = {}
        for node in self.catalogue.sorted(nodes):
            groups.setdefault(next(iter(self.kinds(node)), RDFS.Resource), []).append(node)
        return [(self.catalogue.name(kind), groups[kind]) for kind in self.catalogue.sorted(groups)]

    def evidence(self, article: Node) -> list[Evidence]:
        """An article's sentences that serve as evidence, in printed order."""
        rec, catalogue = self.catalogue.words.rec, self.catalogue
        passages = catalogue.holders(article, rec("inArticle"))
        sentences = [node for node in passages if catalogue.is_a(node, rec("Sentence"))]
        shown = [node for node in sentences if catalogue.values(node, rec("exact"))]
        return [self._evidence(sentence) for sentence in sorted(shown, key=self._start)]

    def unused_sentences(self, article: Node) -> list[Node]:
        """An article's sentences that nothing rests on, in printed order; their text is not published."""
        rec, catalogue = self.catalogue.words.rec, self.catalogue
        passages = catalogue.holders(article, rec("inArticle"))
        return sorted((node for node in passages if not catalogue.values(node, rec("exact"))), key=self._start)

    def named_parts(self, thing: Node) -> list[Node]:
        """The parts of a thing that have names of their own and no place elsewhere on its page."""
        placed = (self.catalogue.words.rec("Passage"), OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
        parts = [part for part in self.catalogue.parts(str(thing)) if part != thing and not self.is_nested(part)]
        shown = {*self.catalogue.values(thing, *SPELLINGS), *self.catalogue.holders(thing, RDFS.isDefinedBy)}
        return [part for part in parts if part not in shown and not any(self.catalogue.is_a(part, k) for k in placed)]

    def _evidence(self, sentence: Node) -> Evidence:
        rec, catalogue = self.catalogue.words.rec, self.catalogue
        parts = catalogue.holders(sentence, rec("partOfPassage"))
        attributions = [one for part in (sentence, *parts) for one in catalogue.holders(part, rec("evidence"))]
        text, start = str(catalogue.value(sentence, rec("exact"))), self._start(sentence)
        anchors: dict[int, list[str]] = {0: [str(sentence).partition("#")[2]]}
        for part in sorted(parts, key=str):
            if self._start(part) >= start:
                anchors.setdefault(self._start(part) - start, []).append(str(part).partition("#")[2])
        ends = [*sorted(anchors)[1:], len(text)]
        pieces = [(anchors[at], text[at:end]) for at, end in zip(sorted(anchors), ends, strict=True)]
        return Evidence(sentence, pieces, self.sayings(attributions))

    def _start(self, passage: Node) -> int:
        return int(str(self.catalogue.value(passage, self.catalogue.words.rec("start"))))

    def spellings(self, thing: Node) -> list[Spelling]:
        """The forms in which the articles print a thing's name, by form."""
        rec, values = self.catalogue.words.rec, self.catalogue.values
        forms = self.catalogue.sorted(values(thing, *SPELLINGS))
        return [
            Spelling(
                form, self.catalogue.name(form).text, values(form, rec("formKind")), values(form, rec("attestedIn"))
            )
            for form in forms
        ]

    def claims_naming(self, thing: Node) -> list[Node]:
        """The claims that name a thing themselves, or through a role or place in the account that they claim. Who only
        makes a claim is not named in it: that is derived from its attributions."""
        rec, catalogue = self.catalogue.words.rec, self.catalogue
        links = [(node, name) for name, subjects in catalogue.incoming(thing).items() for node in subjects]
        naming = {node for node, name in links if catalogue.origin((node, name, thing)) != "derived"}
        owners = {URIRef(document_of(node)) for node in naming if self.is_nested(node)}
        told = {claim for owner in owners for claim in catalogue.values(owner, rec("claimedBy"))}
        return catalogue.sorted(node for node in naming | told if catalogue.is_a(node, rec("Claim")))

    def further(self, account: Node) -> list[Row]:
        """What an account states beyond its roles, places and times."""
        known = set(map(self.catalogue.words.rec, COLUMNS))
        return [row for row in self.rows(account) if row.property not in known]

    def roles(self, account: Node) -> list[tuple[Node, list[Node]]]:
        """Who or what plays a part in an account, by the kind of part."""
        rec, values = self.catalogue.words.rec, self.catalogue.values
        players: dict[Node, list[Node]] = {}
        for role in values(account, rec("hasRole")):
            for kind in values(role, rec("roleKind")):
                players.setdefault(kind, []).extend(values(role, rec("player")))
        return [(kind, self.catalogue.sorted(players[kind])) for kind in self.catalogue.sorted(players)]

    def graph_things(self, graph: Node) -> list[Node]:
        """The things that a graph describes, without the nodes within them."""
        subjects = {statement.subject for statement in self.catalogue.by_graph[URIRef(str(graph))]}
        return self.catalogue.sorted(subject for subject in subjects if not self.is_nested(subject))

    def usage(self, term: Node) -> int:
        """How often the record uses a term: as a class, a property or a value."""
        naming = self.catalogue.incoming(term)
        used = [subject for name, subjects in naming.items() if name not in SELF_DESCRIPTION for subject in subjects]
        named = sum(not isinstance(subject, BNode) for subject in used)
        return named + len(self.catalogue.users.get(term, ()))

    def terms(self, ontology: Node) -> list[tuple[str, list[Node]]]:
        """The terms that an ontology defines: classes first, then properties, each by name."""
        defined = self.catalogue.holders(ontology, RDFS.isDefinedBy)
        kinds = ((mark("Classes"), (OWL.Class,)), (mark("Properties"), (OWL.ObjectProperty, OWL.DatatypeProperty)))
        notation = (mark("Notation for curators"), (OWL.AnnotationProperty,))
        groups = [
            (title, [term for term in defined if any(self.catalogue.is_a(term, kind) for kind in classes)])
            for title, classes in (*kinds, notation)
        ]
        schemes = [term for term in defined if self.catalogue.is_a(term, SKOS.ConceptScheme)]
        groups.append((mark("Concept schemes"), schemes))
        return [(title, self.catalogue.sorted(terms)) for title, terms in groups if terms]
