"""Passages as triples: every sentence of an article, and every quote that an attribution rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rdflib import Literal, URIRef
from rdflib.namespace import RDF

from onrecord.articles import Article, Sentence, Span
from onrecord.store import Statement, Triple
from onrecord.vocabulary import Vocabulary, slug


def passage_iri(article: str, span: Span) -> URIRef:
    """The IRI of a passage: the article's, with its character range (RFC 5147)."""
    return URIRef(f"{article}#char={span.start},{span.end}")


def label_of_sentence(article: Article, sentence: Sentence) -> str:
    """How a sentence is cited: 003.s9."""
    return f"{slug(article.iri)}.s{sentence.number}"


def describe_passages(
    article: Article, quotes: Iterable[Span], declared: Mapping[Span, str], words: Vocabulary
) -> Iterator[Statement]:
    """The passages of one article: its sentences, and the quotes that attributions rest on.

    ``declared`` gives the kind of passages that the curator declared as stating nothing.
    """
    spans = sorted(quotes, key=lambda span: (span.start, span.end))
    triples = [*_sentence_triples(article, spans, declared, words), *_quote_triples(article, spans, words)]
    yield from (Statement(*triple, words.graph("evidence")) for triple in triples)


def _sentence_triples(
    article: Article, quotes: list[Span], declared: Mapping[Span, str], words: Vocabulary
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
