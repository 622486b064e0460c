"""Attributions and passages: every quote of the curator found in its article, offsets derived."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node

from onrecord.articles import Article, Sentence, Span, find_all
from onrecord.graph import Source
from onrecord.problems import Problem
from onrecord.store import Statement, Triple
from onrecord.vocabulary import Vocabulary, slug

COPY = "Copy the words as printed, or withdraw the attribution."


@dataclass
class Evidence:
    """What the articles' files yield: statements, the triples that remain, and problems."""

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
    articles: dict[str, Article]
    out: Evidence

    @property
    def graph(self) -> Graph:
        return self.source.triples

    def report(self, subject: str, code: str, message: str, remedy: str, *needles: str) -> None:
        line = self.source.line_of(*needles)
        self.out.problems.append(Problem(self.source.file, line, subject, code, message, remedy))

    def take(self, node: Node) -> None:
        """Mark a blank node's triples, and those below it, as replaced by the build."""
        taken = self.out.consumed.setdefault(self.source.file, set())
        for subject, predicate, value in self.graph.triples((node, None, None)):
            taken.add((subject, predicate, value))
            if isinstance(value, BNode):
                self.take(value)

    def take_triple(self, triple: Triple) -> None:
        self.out.consumed.setdefault(self.source.file, set()).add(triple)


def read_evidence(sources: Iterable[Source], articles: dict[str, Article], words: Vocabulary) -> Evidence:
    """Turn the source notation of all files into attributions and passages, collecting every problem."""
    out = Evidence()
    for source in sources:
        reader = _Reader(source, words, articles, out)
        for article_iri, node in sorted(source.triples.subject_objects(words.rec("carries"))):
            _read_attribution(reader, str(article_iri), node)
        for article_iri, node in sorted(source.triples.subject_objects(words.rec("boilerplate"))):
            _read_boilerplate(reader, str(article_iri), node)
    _report_duplicates(out, words)
    out.statements.extend(_passages(out, articles, words))
    return out


def _read_attribution(reader: _Reader, article_iri: str, node: Node) -> None:
    rec, graph = reader.words.rec, reader.graph
    reader.take_triple((URIRef(article_iri), rec("carries"), node))
    reader.take(node)
    article = reader.articles.get(article_iri)
    claim, speaker, stance = (graph.value(node, rec(name)) for name in ("claim", "speaker", "stance"))
    subject = slug(str(claim)) if claim else "an attribution without a claim"
    spans = _find_quotes(reader, article, node, subject)
    if not (claim and speaker and stance):
        missing = [n for n, v in (("claim", claim), ("speaker", speaker), ("stance", stance)) if not v]
        quote = str(next(graph.objects(node, rec("quote")), ""))
        message = f"An attribution has no rec:{' and no rec:'.join(missing)}."
        reader.report(subject, "attribution-incomplete", message, "Add what is missing.", quote)
        return
    if article is None or not spans:
        return
    parts = [article_iri.rsplit("/", 1)[-1], slug(claim), slug(speaker), slug(stance), str(min(s.start for s in spans))]
    iri = URIRef(reader.words.base + "attribution/" + "/".join(parts))
    _state_attribution(reader, URIRef(article_iri), iri, node, spans)


def _state_attribution(reader: _Reader, article: URIRef, iri: URIRef, node: Node, spans: list[Span]) -> None:
    rec, graph = reader.words.rec, reader.source.graph
    skipped = {rec("quote"), rec("via"), RDF.type}
    triples: list[Triple] = [(iri, RDF.type, rec("Attribution")), (article, rec("carries"), iri)]
    triples += [(iri, p, v) for p, v in reader.graph.predicate_objects(node) if p not in skipped]
    triples += [(iri, rec("evidence"), passage_iri(article, span)) for span in spans]
    for position, relay in enumerate(_relays(reader, node), start=1):
        step = URIRef(f"{iri}#relay-{position}")
        triples += [(iri, rec("via"), relay), (iri, rec("relay"), step), (step, RDF.type, rec("Relay"))]
        triples += [(step, rec("position"), Literal(position)), (step, rec("relayedBy"), relay)]
    reader.out.statements.extend(Statement(*triple, graph) for triple in triples)
    reader.out.quoted.update((str(article), span) for span in spans)


def _relays(reader: _Reader, node: Node) -> list[Node]:
    head = reader.graph.value(node, reader.words.rec("via"))
    if head is None:
        return []
    is_list = head == RDF.nil or (head, RDF.first, None) in reader.graph
    return list(Collection(reader.graph, head)) if is_list else [head]  # type: ignore[arg-type]


def _read_boilerplate(reader: _Reader, article_iri: str, node: Node) -> None:
    rec = reader.words.rec
    reader.take_triple((URIRef(article_iri), rec("boilerplate"), node))
    reader.take(node)
    kind = reader.graph.value(node, rec("passageKind"))
    for span in _find_quotes(reader, reader.articles.get(article_iri), node, "boilerplate"):
        reader.out.boilerplate[(article_iri, span)] = str(kind or reader.words.concept("navigation"))


def _find_quotes(reader: _Reader, article: Article | None, node: Node, subject: str) -> list[Span]:
    quotes = list(reader.graph.objects(node, reader.words.rec("quote")))
    if not quotes:
        reader.report(subject, "quote-missing", "There is no rec:quote.", "Quote the words that it rests on.", subject)
    found = [_find_quote(reader, article, quote, subject) for quote in quotes]
    return sorted((span for span in found if span), key=lambda span: (span.start, span.end))


def _find_quote(reader: _Reader, article: Article | None, quote: Node, subject: str) -> Span | None:
    rec, occurrence = reader.words.rec, None
    if isinstance(quote, BNode):
        occurrence = reader.graph.value(quote, rec("occurrence"))
        quote = reader.graph.value(quote, rec("exact")) or Literal("")
    if article is None:
        return None
    quote_words = str(quote)
    spans = find_all(article.text, quote_words)
    needles = (quote_words, quote_words.replace('"', '\\"'), subject)
    if not spans:
        near = closest_passage(article, quote_words)
        message = f"This quote is not in {article.file}: “{quote_words}”{near}."
        reader.report(subject, "quote-not-found", message, COPY, *needles)
    elif occurrence is not None and not 1 <= int(str(occurrence)) <= len(spans):
        message = f"The quote “{quote_words}” is printed {len(spans)} times in {article.file}, not {occurrence}."
        reader.report(subject, "quote-occurrence", message, f"Give rec:occurrence 1 to {len(spans)}.", *needles)
    elif occurrence is None and len(spans) > 1:
        message = f"The quote “{quote_words}” is printed {len(spans)} times in {article.file}."
        remedy = 'Say which: rec:quote [ rec:exact "…" ; rec:occurrence 1 ], or quote more words.'
        reader.report(subject, "quote-ambiguous", message, remedy, *needles)
    else:
        return spans[int(str(occurrence)) - 1 if occurrence is not None else 0]
    return None


def closest_passage(article: Article, words: str) -> str:
    """The passage of the article nearest to the words, and by how many characters it differs, for a message."""
    best: tuple[int, str] | None = None
    for sentence in article.sentences:
        text = article.words(sentence.span)
        blocks = difflib.SequenceMatcher(None, text, words, autojunk=False).get_matching_blocks()
        same = sum(block.size for block in blocks)
        if best is None or same > best[0]:
            start = max(0, blocks[0].a - blocks[0].b)
            best = (same, text[start : start + len(words)])
    if best is None or best[0] < len(words) / 2:
        return ""
    return f" (closest: “{best[1]}”, {max(len(words), len(best[1])) - best[0]} characters differ)"


def passage_iri(article: str, span: Span) -> URIRef:
    """The IRI of a passage: the article's, with its character range (RFC 5147)."""
    return URIRef(f"{article}#char={span.start},{span.end}")


def _report_duplicates(out: Evidence, words: Vocabulary) -> None:
    seen: set[Node] = set()
    for subject, predicate, attribution, graph in out.statements:
        if predicate != words.rec("carries"):
            continue
        if attribution in seen:
            file = str(graph).removeprefix(words.base + "graph/") + ".ttl"
            message = f"{slug(str(subject))} carries the same claim, speaker, stance and passage twice: {attribution}."
            name = str(attribution).split("/")[-4]
            out.problems.append(Problem(file, None, name, "duplicate-attribution", message, "Remove one of them."))
        seen.add(attribution)


def _passages(out: Evidence, articles: dict[str, Article], words: Vocabulary) -> Iterator[Statement]:
    graph = words.graph("evidence")
    for iri, article in sorted(articles.items()):
        quotes = sorted({s for a, s in out.quoted if a == iri}, key=lambda s: (s.start, s.end))
        declared = {s: kind for (a, s), kind in out.boilerplate.items() if a == iri}
        triples = list(_sentence_triples(article, quotes, declared, words))
        triples += _quote_triples(article, quotes, words)
        yield from (Statement(*triple, graph) for triple in triples)


def _sentence_triples(
    article: Article, quotes: list[Span], declared: dict[Span, str], words: Vocabulary
) -> Iterator[Triple]:
    for sentence in article.sentences:
        passage = passage_iri(article.iri, sentence.span)
        yield from _passage_triples(article, sentence.span, words)
        yield (passage, RDF.type, words.rec("Sentence"))
        yield (passage, words.rec("sentenceNumber"), Literal(sentence.number))
        kind = declared.get(sentence.span, str(words.concept(sentence.kind)))
        yield (passage, words.rec("passageKind"), URIRef(kind))
        if any(sentence.span.overlaps(quote) for quote in quotes):
            yield (passage, words.rec("exact"), Literal(article.words(sentence.span)))


def _quote_triples(article: Article, quotes: list[Span], words: Vocabulary) -> Iterator[Triple]:
    for span in quotes:
        passage = passage_iri(article.iri, span)
        yield from _passage_triples(article, span, words)
        yield (passage, RDF.type, words.rec("Quote"))
        yield (passage, words.rec("exact"), Literal(article.words(span)))
        for sentence in article.sentences_of(span):
            if sentence.span != span:
                yield (passage, words.rec("partOfPassage"), passage_iri(article.iri, sentence.span))


def _passage_triples(article: Article, span: Span, words: Vocabulary) -> Iterator[Triple]:
    passage = passage_iri(article.iri, span)
    yield (passage, RDF.type, words.rec("Passage"))
    yield (passage, words.rec("inArticle"), URIRef(article.iri))
    yield (passage, words.rec("start"), Literal(span.start))
    yield (passage, words.rec("end"), Literal(span.end))


def label_of_sentence(article: Article, sentence: Sentence) -> str:
    """How a sentence is cited: 003.s9."""
    return f"{slug(article.iri)}.s{sentence.number}"
