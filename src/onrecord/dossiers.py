"""Dossiers: what is on record about one thing and why, as text: a claim, any other thing, a code, a derived triple."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.checks import Draft
from onrecord.codes import Code
from onrecord.derivations import Derivation, find_derivation
from onrecord.locator import Locator
from onrecord.sayings import Saying, read_sayings
from onrecord.store import Triple
from onrecord.vocabulary import slug

# The links of a claim to other claims, and the words for them.
RELATIONS = (
    ("supersedes", "supersedes"),
    ("supersededBy", "is superseded by"),
    ("contradicts", "contradicts"),
    ("componentOf", "is part of"),
    ("hasComponent", "has as part"),
)
NEEDED = ("claim", "speaker", "stance", "carriedBy")
# How alike a name must be to be suggested, and how many are.
LIKENESS, SUGGESTIONS = 0.8, 3


class UnknownError(ValueError):
    """Nothing of that name is on record; the message says what is like it."""


@dataclass(frozen=True)
class Section:
    """A heading and lines below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """What is to be told of one thing; sections without lines are left out when it is printed."""

    title: str
    sections: tuple[Section, ...]

    def __str__(self) -> str:
        told = [section for section in self.sections if section.lines]
        return "\n\n".join([self.title, *("\n".join([f"{one.title}:", *_indent(one.lines)]) for one in told)])


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}".rstrip() for text in lines for line in text.split("\n"))


def describe_code(code: Code) -> Dossier:
    """The page of a code: what is wrong, an example, what to do, and where it is said."""
    place = code.where if code.line is None else f"{code.where}:{code.line}"
    sections = (Section("problem", (code.problem,)), Section("example", tuple(code.example.splitlines())))
    return Dossier(
        f"{code.name}: {code.severity}, {place}",
        (*sections, Section("remedy", (code.remedy,)), Section("more", (code.page,) if code.page else ())),
    )


class Dossiers:
    """Tells of the things of one record; ``codes`` are other names that may have been meant by an unknown one."""

    def __init__(self, draft: Draft, codes: Iterable[str] = ()) -> None:
        self.draft = draft
        self.codes = list(codes)
        self.project = draft.record.project
        self.catalogue = Catalogue(draft.record)
        self.rec = self.catalogue.words.rec

    def describe_thing(self, name: str) -> Dossier:
        """The dossier of a thing by its IRI: full, relative or prefixed. Raises UnknownError."""
        node = URIRef(self.project.expand(name))
        if node in self.catalogue.by_graph:
            return Dossier(self._named(node), (self._statements(node),))
        if not self.catalogue.outgoing(node):
            raise UnknownError(f"Nothing is on record about {name}.{self._suggest(name)}")
        is_claim = self.catalogue.is_a(node, self.rec("Claim"))
        told = self._claim_sections(node) if is_claim else (self._attribution_section("said", [node]),)
        return Dossier(self._named(node), (self._nature(node), *told, self._statements(node)))

    def describe_triple(self, subject: str, predicate: str, value: str) -> Dossier:
        """Why a triple is on record: the rule that derived it and what from, or who states it. Raises UnknownError."""
        triple = self._find_triple(subject, predicate, value)
        derived = self.catalogue.words.graph("derived")
        graphs = [one.graph for one in self.draft.record.statements if one[:3] == triple and one.graph != derived]
        if graphs:
            places = tuple(self._place_in(graph, URIRef(str(triple[0]))) for graph in graphs)
            return Dossier(self._compact(triple), (Section("stated in", places),))
        stated = [one for one in self.draft.record.statements if one.graph != derived]
        found = find_derivation(self.project, stated, triple)
        return Dossier(self._compact(triple), self._derivation_sections(found))

    def _derivation_sections(self, found: Derivation | None) -> tuple[Section, ...]:
        if found is None:
            return (Section("derived", ("No rule derives it any more.",)),)
        premises = tuple(f"{self._compact(premise)}{self._origin(premise)}" for premise in found.premises)
        unknown = ("The triples that it came from could not be told apart; the rule says which kind they are.",)
        return (
            Section("derived by", (found.file, found.comment)),
            Section("from", premises or unknown),
        )

    def _origin(self, triple: Triple) -> str:
        origin = self.catalogue.origin(triple)
        return f" ({origin})" if origin else ""

    def _find_triple(self, subject: str, predicate: str, value: str) -> Triple:
        node = URIRef(self.project.expand(subject))
        name = RDF.type if predicate == "a" else URIRef(self.project.expand(predicate))
        if not self.catalogue.outgoing(node):
            raise UnknownError(f"Nothing is on record about {subject}.{self._suggest(subject)}")
        values = self.catalogue.values(node, name)
        for found in values:
            if value in (str(found), found.n3()) or (isinstance(found, URIRef) and self._is_named(value, found)):
                return node, name, found
        others = ", ".join(self._term(one) for one in values) or "nothing"
        raise UnknownError(f"That is not on record. What is: {subject} {predicate} {others}.")

    def _is_named(self, name: str, node: URIRef) -> bool:
        return self.project.expand(name) == str(node)

    def _named(self, node: Node) -> str:
        name, short = self.catalogue.name(node).text, self._term(node)
        return short if name in (short, slug(str(node))) else f"{short}: {name}"

    def _nature(self, node: Node) -> Section:
        kinds = [self._term(kind) for kind in self.catalogue.types(node)]
        names = ("status", "polarity", "modality")
        values = [
            f"{name}: {self._label(value)}" for name in names for value in self.catalogue.values(node, self.rec(name))
        ]
        return Section("what it is", (", ".join(kinds), *values))

    def _statements(self, node: URIRef) -> Section:
        """How many statements about a thing each graph holds, and where; or how many a graph holds."""
        about = {
            graph: len(rows) if graph == node else sum(row.subject == node for row in rows)
            for graph, rows in self.catalogue.by_graph.items()
        }
        lines = (f"{n} in {self._place_in(graph, node)}" for graph, n in sorted(about.items()) if n)
        return Section("statements", tuple(lines))

    def _place_in(self, graph: URIRef, node: URIRef) -> str:
        """The file of a graph, with the line that begins to speak of the thing where it can be told."""
        sources = [source for source in self.draft.sources if source.graph == graph]
        name = self._term(node)
        begins = (source.line_of(f"\n{name} a ", f"\n{name} ") for source in sources)
        line = next(begins, None) or Locator(self.project, sources).find(str(node))[1]
        return self._file_of(graph) if line is None else f"{self._file_of(graph)}:{line}"

    def _file_of(self, graph: URIRef) -> str:
        files = {source.graph: source.file for source in self.draft.sources}
        return files.get(graph, graph.removeprefix(self.project.base))

    def _claim_sections(self, claim: URIRef) -> tuple[Section, ...]:
        attributions = self.catalogue.holders(claim, self.rec("claim"))
        articles = self.catalogue.values(claim, self.rec("reportedIn"))
        links = [
            f"{words} {self._named(other)}"
            for name, words in RELATIONS
            for other in self.catalogue.sorted(self.catalogue.values(claim, self.rec(name)))
        ]
        return (
            self._attribution_section("who says so", attributions),
            Section("other claims", tuple(links)),
            Section("coding", tuple(line for article in sorted(articles, key=str) for line in self._coding(article))),
            Section("judgements that it rests on", tuple(self._judgements(claim, attributions))),
        )

    def _attribution_section(self, title: str, nodes: Iterable[Node]) -> Section:
        whole = [node for node in nodes if all(self.catalogue.values(node, self.rec(name)) for name in NEEDED)]
        return Section(title, tuple(self._tell(saying) for saying in read_sayings(self.catalogue, whole)))

    def _tell(self, saying: Saying) -> str:
        """Who takes which stance, how, through whom and where; below it the words, each with its sentence."""
        known_as = f" (as “{saying.speaker_as}”)" if saying.speaker_as else ""
        manner = [words % {"thing": self._label(value)} for words, value in saying.manner]
        relays = [f"via {', '.join(map(self._label, saying.relays))}"] if saying.relays else []
        head = f"{self._label(saying.speaker)}{known_as} {self._label(saying.stance)}"
        article = f"article {slug(str(saying.article))}"
        first = ", ".join([head, *manner, *relays, article])
        return "\n".join([first, *(f"  {one.sentence}: “{one.text}”" for one in saying.quotations)])

    def _coding(self, article: Node) -> Iterator[str]:
        for coding in self.catalogue.values(article, self.rec("coding")):
            confidence = [self._label(one) for one in self.catalogue.values(coding, self.rec("confidence"))]
            where = self._file_of(self._graph_of(coding))
            yield f"{where}: {self._workers(coding)}, confidence {', '.join(confidence) or 'not stated'}"

    def _graph_of(self, value: Node) -> URIRef:
        """The first graph that names a thing as a value."""
        return next(
            graph for graph, rows in self.catalogue.by_graph.items() if any(row.object == value for row in rows)
        )

    def _workers(self, node: Node) -> str:
        """Who coded and who reviewed."""
        pairs = (("coded by", "curator"), ("reviewed by", "reviewedBy"))
        return ", ".join(
            f"{words} {self._label(who)}"
            for words, name in pairs
            for who in self.catalogue.values(node, self.rec(name))
        )

    def _judgements(self, claim: Node, attributions: Iterable[Node]) -> Iterator[str]:
        for account in self.catalogue.values(claim, self.rec("claimsOccurrenceOf")):
            whole = ", ".join(self._term(one) for one in self.catalogue.values(account, self.rec("accountOf")))
            workers = self._workers(account) or "nobody's"
            yield f"{self._term(account)} is an account of {whole}: {self._basis(account)} ({workers})"
        speakers = {one for node in attributions for one in self.catalogue.values(node, self.rec("speaker"))}
        for speaker in self.catalogue.sorted(speakers):
            for representation in self.catalogue.values(speaker, self.rec("speaksFor")):
                side, dispute = (self._objects(representation, name) for name in ("representedSide", "inDispute"))
                yield f"{self._term(speaker)} speaks for {side} in {dispute}: {self._basis(representation)}"

    def _objects(self, node: Node, name: str) -> str:
        return ", ".join(self._term(value) for value in self.catalogue.values(node, self.rec(name)))

    def _basis(self, node: Node) -> str:
        return " ".join(str(value) for value in self.catalogue.values(node, self.rec("basis"))) or "no basis stated"

    def _label(self, node: Node) -> str:
        return self.catalogue.name(node).text

    def _term(self, node: Node) -> str:
        if isinstance(node, Literal):
            return f"“{node}”"
        return self.project.compact(str(node))

    def _compact(self, triple: Triple) -> str:
        return " ".join(self._term(term) for term in triple)

    def _suggest(self, name: str) -> str:
        """The things that an unknown name may mean: with the same last part, or with a name much like it."""
        documents = self.catalogue.documents()
        wanted = self.project.expand(name)
        same = [document for document in documents if slug(document) == slug(wanted)]
        # A bare word is compared with the last parts of names, anything else with whole IRIs.
        is_bare = name == slug(wanted)
        known = {
            slug(document) if is_bare else document.removeprefix(self.project.base): document for document in documents
        }
        relative = wanted.removeprefix(self.project.base)
        near = difflib.get_close_matches(relative, sorted(known), SUGGESTIONS, LIKENESS)
        found = map(self.project.compact, [*same, *(known[one] for one in near)])
        codes = difflib.get_close_matches(name, self.codes, SUGGESTIONS, LIKENESS)
        names = ", ".join(list(dict.fromkeys([*codes, *found]))[:SUGGESTIONS])
        return f" Did you mean {names}?" if names else " Give the IRI of a thing, a prefixed name, or a code."
