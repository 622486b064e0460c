"""Attributions: the curator's source notation, with every quote found in its article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from onrecord.articles import Article, Span
from onrecord.graph import Source, name_blank_nodes
from onrecord.passages import describe_passages, passage_iri
from onrecord.problems import Fault, Problem, shorten
from onrecord.quotes import find_quote
from onrecord.store import Statement, Triple
from onrecord.vocabulary import Vocabulary, slug

NEEDED = ("claim", "speaker", "stance")
NOTATION = ("quote", "via")
NO_QUOTE = Fault("quote-missing", "There is no rec:quote.", "Quote the words that it rests on.")


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
        self.out.problems.append(fault.at(self.source.file, self.source.line_of(*needles), subject))

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
    slots = {name: next(iter(sorted(reader.graph.objects(node, rec(name)), key=str)), None) for name in NEEDED}
    claim = "" if isinstance(slots["claim"], BNode) else str(slots["claim"] or "")
    subject = slug(claim) or f"an attribution of {slug(article)}"
    spans, relays = _find_quotes(reader, article, node, subject), _relays(reader, node, subject)
    faults = list(_slot_faults(slots))
    for fault in faults:
        first = next((slot for slot in slots.values() if isinstance(slot, Literal)), None)
        reader.report(subject, fault, f'"{first}"', str(reader.graph.value(node, rec("quote"))))
    if spans and not faults:
        parts = [slug(article), *(slug(str(slots[name])) for name in NEEDED), str(spans[0].start)]
        iri = URIRef(f"{reader.words.base}attribution/{'/'.join(parts)}")
        stated = _reroot(reader, triples, node, iri)
        stated += _relay_triples(iri, relays, reader.words)
        stated += _evidence_triples(iri, article, spans, reader.words)
        reader.out.statements.extend(Statement(*triple, reader.source.graph) for triple in stated)
        reader.out.quoted.update((article, span) for span in spans)


def _slot_faults(slots: Mapping[str, Node | None]) -> Iterator[Fault]:
    missing = [f"rec:{name}" for name in NEEDED if not slots[name]]
    if missing:
        yield Fault("attribution-incomplete", f"There is no {' and no '.join(missing)}.", "Add what is missing.")
    for name, slot in slots.items():
        if slot and not isinstance(slot, URIRef):
            found = f"the text “{shorten(slot)}”" if isinstance(slot, Literal) else "something in brackets"
            remedy = "Describe the thing on its own, and write its name."
            yield Fault("name-needed", f"rec:{name} is {found} where a name is needed.", remedy)


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
    """The triples of a blank node and of those below it, each node's once."""
    waiting, seen = [node] if isinstance(node, BNode) else [], {node}
    while waiting:
        for subject, predicate, value in graph.triples((waiting.pop(), None, None)):
            yield (subject, predicate, value)
            if isinstance(value, BNode) and value not in seen:
                seen.add(value)
                waiting.append(value)


def _relays(reader: _Reader, node: Node, subject: str) -> list[Node]:
    """The agents of rec:via, in order; a single agent need not be written as a list."""
    heads = list(reader.graph.objects(node, reader.words.rec("via")))
    agents = [agent for head in heads for agent in _list_of(reader.graph, head)]
    if len(heads) > 1 or not all(isinstance(agent, URIRef) for agent in agents):
        message = "rec:via is not one agent, nor one list of agents in their order."
        remedy = "Write rec:via :agent, or rec:via ( :first-to-tell :next )."
        quote = reader.graph.value(node, reader.words.rec("quote"))
        reader.report(subject, Fault("relay-unclear", message, remedy), str(quote))
    return agents


def _list_of(graph: Graph, head: Node) -> list[Node]:
    """The members of a list, or the one node that is none; a list that breaks off ends with where it does."""
    members: list[Node] = []
    seen: set[Node] = set()
    rest: Node | None = head
    while isinstance(rest, BNode) and rest not in seen and (first := graph.value(rest, RDF.first)) is not None:
        seen.add(rest)
        members.append(first)
        rest = graph.value(rest, RDF.rest)
    return members if rest in (None, RDF.nil) else [*members, rest]


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
    """Waived words are looked up where coverage is measured; here only that the article prints them, and how often."""
    if article not in reader.articles:
        return
    chosen = [str(number) for number in reader.graph.objects(node, reader.words.rec("occurrence"))]
    for words in reader.graph.objects(node, reader.words.rec("exact")):
        for occurrence in sorted(chosen) or ["1"]:
            found = find_quote(reader.articles[article], str(words), occurrence)
            if isinstance(found, Fault):
                needles = _as_written(str(words), occurrence)
                reader.report(f"waiver of {slug(article)}", found, *needles)


def _find_quotes(reader: _Reader, article: str, node: Node, subject: str) -> list[Span]:
    quotes = list(reader.graph.objects(node, reader.words.rec("quote")))
    if not quotes:
        reader.report(subject, NO_QUOTE, f":{subject} ")
    found = [_find_one(reader, article, quote, subject) for quote in quotes]
    return sorted((span for span in found if span), key=lambda span: (span.start, span.end))


def _find_one(reader: _Reader, article: str, quote: Node, subject: str) -> Span | None:
    words, occurrence = quote, None
    if isinstance(quote, BNode):
        words = reader.graph.value(quote, reader.words.rec("exact")) or Literal("")
        given = reader.graph.value(quote, reader.words.rec("occurrence"))
        occurrence = None if given is None else str(given)
    found = _look_up(reader.articles.get(article), words, occurrence)
    if isinstance(found, Fault):
        reader.report(subject, found, *_as_written(str(words), occurrence), f":{subject} ")
    return found if isinstance(found, Span) else None


def _look_up(article: Article | None, words: Node, occurrence: str | None) -> Span | Fault | None:
    """Where an article prints a quote; nothing where there is no article to look into."""
    if not isinstance(words, Literal) or words.datatype not in (None, XSD.string):
        message = f"rec:quote is {shorten(str(words))}, which is no text."
        return Fault("quote-not-text", message, "Write the words of the article between quotation marks.")
    if not words.strip():
        return NO_QUOTE
    return find_quote(article, str(words), occurrence) if article else None


def _as_written(words: str, occurrence: str | None) -> tuple[str, str, str]:
    """How a file may write a quote."""
    escaped = words.replace('"', '\\"')
    return f'"{escaped}" ; rec:occurrence {occurrence}', words, escaped


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
