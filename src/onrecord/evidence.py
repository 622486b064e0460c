"""Attributions: the curator's source notation, with every quote found in its article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node

from onrecord.articles import Article, Span
from onrecord.graph import Source, name_blank_nodes
from onrecord.passages import describe_passages, passage_iri
from onrecord.problems import Problem
from onrecord.quotes import Fault, find_quote
from onrecord.store import Statement, Triple
from onrecord.vocabulary import Vocabulary, slug

NEEDED = ("claim", "speaker", "stance")
NOTATION = ("quote", "via")


@dataclass(frozen=True)
class Evidence:
    """What the articles' files yield.

    ``consumed`` holds, by file, the triples of source notation that the statements replace. ``quoted`` and
    ``boilerplate`` hold the article's IRI with a span of it; boilerplate also the IRI of its passage kind.
    """

    statements: tuple[Statement, ...]
    consumed: Mapping[str, frozenset[Triple]]
    quoted: frozenset[tuple[str, Span]]
    boilerplate: Mapping[tuple[str, Span], str]


@dataclass
class _Findings:
    """Evidence while it is being gathered."""

    statements: list[Statement] = field(default_factory=list)
    consumed: dict[str, set[Triple]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    quoted: set[tuple[str, Span]] = field(default_factory=set)
    boilerplate: dict[tuple[str, Span], str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Reader:
    """One file being read: its source, the vocabulary, and the articles by IRI."""

    source: Source
    words: Vocabulary
    articles: Mapping[str, Article]
    out: _Findings

    @property
    def graph(self) -> Graph:
        return self.source.triples

    def report(self, subject: str, fault: Fault, *needles: str) -> None:
        line = self.source.line_of(*needles)
        self.out.problems.append(Problem(self.source.file, line, subject, fault.code, fault.message, fault.remedy))

    def take(self, holder: Node, name: str, node: Node) -> list[Triple]:
        """Mark a node, and all blank nodes below it, as replaced by the build; return its triples."""
        triples = list(_below(self.graph, node))
        taken = self.out.consumed.setdefault(self.source.file, set())
        taken.add((holder, self.words.rec(name), node))
        taken.update(triples)
        return triples


def read_evidence(
    sources: Iterable[Source], articles: Mapping[str, Article], words: Vocabulary
) -> tuple[Evidence, list[Problem]]:
    """Turn the source notation of all files into attributions and passages, collecting every problem."""
    out = _Findings()
    readers = {"carries": _read_attribution, "boilerplate": _read_boilerplate, "waiver": _check_waiver}
    for source in sources:
        reader = _Reader(source, words, articles, out)
        for name, read in readers.items():
            for article, node in sorted(source.triples.subject_objects(words.rec(name))):
                read(reader, str(article), node)
    out.problems.extend(_find_duplicates(out, words))
    out.statements.extend(_passages(out, articles, words))
    consumed = {file: frozenset(triples) for file, triples in out.consumed.items()}
    return Evidence(tuple(out.statements), consumed, frozenset(out.quoted), out.boilerplate), out.problems


def _read_attribution(reader: _Reader, article: str, node: Node) -> None:
    rec = reader.words.rec
    triples = reader.take(URIRef(article), "carries", node)
    slots = {name: str(reader.graph.value(node, rec(name), default=Literal(""))) for name in NEEDED}
    missing = [f"rec:{name}" for name in NEEDED if not slots[name]]
    subject = slug(slots["claim"]) or f"an attribution of {slug(article)}"
    spans = _find_quotes(reader, article, node, subject)
    if missing:
        fault = Fault("attribution-incomplete", f"There is no {' and no '.join(missing)}.", "Add what is missing.")
        reader.report(subject, fault, str(reader.graph.value(node, rec("quote"))))
    elif spans:
        parts = [slug(article), *(slug(slots[name]) for name in NEEDED), str(spans[0].start)]
        iri = URIRef(f"{reader.words.base}attribution/{'/'.join(parts)}")
        stated = _reroot(reader, triples, node, iri)
        stated += _relay_triples(iri, _relays(reader, node), reader.words)
        stated += _evidence_triples(iri, article, spans, reader.words)
        reader.out.statements.extend(Statement(*triple, reader.source.graph) for triple in stated)
        reader.out.quoted.update((article, span) for span in spans)


def _evidence_triples(iri: URIRef, article: str, spans: Iterable[Span], words: Vocabulary) -> Iterator[Triple]:
    yield (iri, RDF.type, words.rec("Attribution"))
    yield (URIRef(article), words.rec("carries"), iri)
    for span in spans:
        yield (iri, words.rec("evidence"), passage_iri(article, span))


def _reroot(reader: _Reader, triples: list[Triple], node: Node, iri: URIRef) -> list[Triple]:
    """The attribution's own triples, on its IRI, less the notation for quotes and relays."""
    notation = {reader.words.rec(name) for name in NOTATION}
    dropped = {below for s, p, v in triples if p in notation for below in _below(reader.graph, v)}
    kept = [t for t in triples if t not in dropped and t[1] not in notation]
    moved: list[Triple] = [(iri if s == node else s, p, v) for s, p, v in kept]
    return name_blank_nodes(moved, reader.words.base)


def _below(graph: Graph, node: Node) -> Iterator[Triple]:
    if isinstance(node, BNode):
        for subject, predicate, value in graph.triples((node, None, None)):
            yield (subject, predicate, value)
            yield from _below(graph, value)


def _relays(reader: _Reader, node: Node) -> list[Node]:
    """The agents of rec:via, in order; a single agent need not be written as a list."""
    heads = list(reader.graph.objects(node, reader.words.rec("via")))
    lists = [Collection(reader.graph, head) if isinstance(head, BNode) else [head] for head in heads]
    return [agent for agents in lists for agent in agents if agent != RDF.nil]


def _relay_triples(iri: URIRef, relays: list[Node], words: Vocabulary) -> Iterator[Triple]:
    for position, agent in enumerate(relays, start=1):
        step = URIRef(f"{iri}#relay-{position}")
        yield (iri, words.rec("via"), agent)
        yield (iri, words.rec("relay"), step)
        yield (step, RDF.type, words.rec("Relay"))
        yield (step, words.rec("position"), Literal(position))
        yield (step, words.rec("relayedBy"), agent)


def _read_boilerplate(reader: _Reader, article: str, node: Node) -> None:
    reader.take(URIRef(article), "boilerplate", node)
    kind = reader.graph.value(node, reader.words.rec("passageKind"), default=reader.words.concept("navigation"))
    for span in _find_quotes(reader, article, node, f"boilerplate of {slug(article)}"):
        reader.out.boilerplate[(article, span)] = str(kind)


def _check_waiver(reader: _Reader, article: str, node: Node) -> None:
    """Waived words are looked up where coverage is measured; here only that the article prints them."""
    for words in reader.graph.objects(node, reader.words.rec("exact")):
        found = find_quote(reader.articles[article], str(words), "1") if article in reader.articles else None
        if isinstance(found, Fault):
            reader.report(f"waiver of {slug(article)}", found, str(words))


def _find_quotes(reader: _Reader, article: str, node: Node, subject: str) -> list[Span]:
    quotes = list(reader.graph.objects(node, reader.words.rec("quote")))
    if not quotes:
        fault = Fault("quote-missing", "There is no rec:quote.", "Quote the words that it rests on.")
        reader.report(subject, fault, f":{subject} ")
    if article not in reader.articles:
        return []
    found = [_find_one(reader, reader.articles[article], quote, subject) for quote in quotes]
    return sorted((span for span in found if span), key=lambda span: (span.start, span.end))


def _find_one(reader: _Reader, article: Article, quote: Node, subject: str) -> Span | None:
    words, occurrence = str(quote), None
    if isinstance(quote, BNode):
        words = str(reader.graph.value(quote, reader.words.rec("exact"), default=Literal("")))
        given = reader.graph.value(quote, reader.words.rec("occurrence"))
        occurrence = None if given is None else str(given)
    found = find_quote(article, words, occurrence)
    if isinstance(found, Span):
        return found
    escaped = words.replace('"', '\\"')
    numbered = f'"{escaped}" ; rec:occurrence {occurrence}'
    reader.report(subject, found, numbered, words, escaped, f":{subject} ")
    return None


def _find_duplicates(out: _Findings, words: Vocabulary) -> Iterator[Problem]:
    seen: set[Node] = set()
    for subject, predicate, attribution, graph in out.statements:
        if predicate == words.rec("carries") and attribution in seen:
            file = str(graph).removeprefix(words.base + "graph/") + ".ttl"
            name = str(attribution).removeprefix(words.base)
            message = f"{slug(str(subject))} carries the same claim, speaker, stance and passage twice: {name}."
            yield Problem(file, None, name, "duplicate-attribution", message, "Remove one of them.")
        if predicate == words.rec("carries"):
            seen.add(attribution)


def _passages(out: _Findings, articles: Mapping[str, Article], words: Vocabulary) -> Iterator[Statement]:
    for iri, article in sorted(articles.items()):
        quotes = {span for quoted, span in out.quoted if quoted == iri}
        declared = {span: kind for (named, span), kind in out.boilerplate.items() if named == iri}
        yield from describe_passages(article, quotes, declared, words)
