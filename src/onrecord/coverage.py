"""What of each article the record carries: every sentence, and in it every name, number, time and term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import Literal, URIRef

from onrecord.articles import Article, Sentence, Span, find_all
from onrecord.contents import Reach
from onrecord.evidence import Evidence
from onrecord.graph import Source
from onrecord.lexicon import Lexicon, Word
from onrecord.passages import label_of_sentence, passage_iri
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.quotes import read_number
from onrecord.store import Statement
from onrecord.vocabulary import slug

CARRIED, BOILERPLATE, UNCARRIED = "carried", "boilerplate", "uncarried"


@dataclass(frozen=True)
class Coverage:
    """How one sentence is carried.

    ``state`` is carried, boilerplate or uncarried; ``share``, from 0 to 1, is how much of its text the quotes
    cover; ``missing`` are the words that nothing attributed to it contains; ``quotes`` are those that overlap it.
    """

    sentence: Sentence
    state: str
    share: float = 0.0
    missing: tuple[Word, ...] = ()
    quotes: tuple[Span, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """An article with everything that the record says of its text: quotes, boilerplate and waived words."""

    article: Article
    quotes: tuple[Span, ...]
    declared: tuple[Span, ...]
    waived: tuple[Span, ...]


def measure_coverage(
    project: Project, statements: Iterable[Statement], articles: Iterable[Article], evidence: Evidence
) -> dict[str, list[Coverage]]:
    """For each article's IRI, how each of its sentences is carried."""
    reach = Reach(project, statements)
    lexicon = Lexicon(reach.meanings())
    readings = [_read(reach, article, evidence) for article in articles]
    return {
        reading.article.iri: [_measure(reach, lexicon, reading, sentence) for sentence in reading.article.sentences]
        for reading in readings
    }


def find_gaps(
    articles: Iterable[Article], measured: Mapping[str, list[Coverage]], sources: Iterable[Source]
) -> Iterator[Problem]:
    """Every sentence that nothing carries, and every word that nothing attributed to its sentence contains."""
    by_file = {source.file: source for source in sources}
    for article in articles:
        file = f"kb/articles/{slug(article.iri)}.ttl"
        for coverage in measured[article.iri]:
            lines = (by_file[file].first_line_of(article.words(q)) for q in coverage.quotes if file in by_file)
            yield from _gaps(file, next(lines, None), article, coverage)


def _gaps(file: str, line: int | None, article: Article, coverage: Coverage) -> Iterator[Problem]:
    name, text = label_of_sentence(article, coverage.sentence), article.words(coverage.sentence.span)
    if coverage.state == UNCARRIED:
        message = f"No attribution rests on this sentence: “{text}”."
        remedy = "Attribute what it states, or declare it as boilerplate with its kind."
        yield Problem(file, line, name, "sentence-uncarried", message, remedy)
    for word in coverage.missing:
        message = f"Nothing attributed here contains the {word.kind} “{word.text}”: “{text}”."
        remedy = "Model it in a claim or account attributed there, or waive it with rec:waiver and a reason."
        yield Problem(file, line, name, "word-unmodelled", message, remedy)


def _read(reach: Reach, article: Article, evidence: Evidence) -> _Reading:
    quotes = tuple(span for iri, span in evidence.quoted if iri == article.iri)
    declared = tuple(span for iri, span in evidence.boilerplate if iri == article.iri)
    return _Reading(article, quotes, declared, tuple(_waived(reach, article)))


def _waived(reach: Reach, article: Article) -> Iterator[Span]:
    for waiver in reach.objects(URIRef(article.iri), reach.words.rec("waiver")):
        chosen = [read_number(str(value)) for value in reach.objects(waiver, reach.words.rec("occurrence"))]
        for words in reach.objects(waiver, reach.words.rec("exact")):
            found = find_all(article.text, str(words))
            yield from [found[n - 1] for n in chosen if 0 < n <= len(found)] if chosen else found


def _measure(reach: Reach, lexicon: Lexicon, reading: _Reading, sentence: Sentence) -> Coverage:
    mine = sorted((q for q in reading.quotes if q.overlaps(sentence.span)), key=lambda q: (q.start, q.end))
    if not mine:
        return Coverage(sentence, BOILERPLATE if _states_nothing(reach, reading, sentence) else UNCARRIED)
    masked = [_within(span, sentence.span) for span in (*reading.declared, *reading.waived)]
    found = lexicon.find(reading.article.words(sentence.span), masked)
    passages = [passage_iri(reading.article.iri, quote) for quote in mine]
    contents = reach.contents({one for passage in passages for one in reach.resting_on[passage]})
    missing = tuple(word for word in found if not contents.contain(word))
    return Coverage(sentence, CARRIED, _share(sentence.span, mine, reading.declared), missing, tuple(mine))


def _within(span: Span, sentence: Span) -> Span:
    start = min(max(span.start, sentence.start), sentence.end)
    return Span(start - sentence.start, max(start, min(span.end, sentence.end)) - sentence.start)


def _states_nothing(reach: Reach, reading: _Reading, sentence: Sentence) -> bool:
    """Whether the sentence is declared as boilerplate, or is of a kind whose passages state nothing."""
    kind = reach.words.concept(sentence.kind)
    declared = any(one.holds(sentence.span) for one in reading.declared)
    return declared or Literal(True) in reach.objects(kind, reach.words.rec("statesNothing"))


def _share(sentence: Span, quotes: Iterable[Span], declared: Iterable[Span]) -> float:
    characters = set(range(sentence.start, sentence.end)).difference(*(range(s.start, s.end) for s in declared))
    quoted = {at for span in quotes for at in range(span.start, span.end)}
    return len(characters & quoted) / max(1, len(characters))


def count_states(sentences: Iterable[Coverage]) -> dict[str, int]:
    """How many sentences are carried, boilerplate and uncarried, in this order."""
    states = [coverage.state for coverage in sentences]
    return {state: states.count(state) for state in (CARRIED, BOILERPLATE, UNCARRIED)}


def mean_share(sentences: Iterable[Coverage]) -> float:
    """How much of the text of the carried sentences the quotes cover, from 0 to 1, each sentence counted alike."""
    shares = [coverage.share for coverage in sentences if coverage.state == CARRIED]
    return sum(shares) / max(1, len(shares))


def coverage_as_json(measured: Mapping[str, list[Coverage]]) -> list[dict[str, object]]:
    """A JSON object for each sentence of each article."""
    return [
        {
            "article": iri,
            "sentence": coverage.sentence.number,
            "kind": coverage.sentence.kind,
            "state": coverage.state,
            "share": round(coverage.share, 3),
            "missing": [{"kind": word.kind, "text": word.text} for word in coverage.missing],
        }
        for iri, sentences in measured.items()
        for coverage in sentences
    ]
