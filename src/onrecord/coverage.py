"""What of each article the record carries: every sentence, and in it every name, number, time and term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import Literal, URIRef
from rdflib.term import Node

from onrecord.articles import Article, Sentence, Span, find_all
from onrecord.evidence import Evidence, label_of_sentence, passage_iri
from onrecord.lexicon import Lexicon, Word
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import Statement
from onrecord.vocabulary import Vocabulary, vocabulary

SKOSXL = "http://www.w3.org/2008/05/skos-xl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
REACH = 5
NOT_FOLLOWED = (
    "accountOf hasAccount partOf hasPart organOf inArticle carriedBy evidence claimedBy attribution "
    "supersedes componentOf curator reviewedBy speaksFor stance voice hedge channel"
).split()


@dataclass(frozen=True)
class SentenceCoverage:
    """How one sentence is carried: ``share`` of its characters in quotes, 0 to 1, and the words that nothing contains."""

    sentence: Sentence
    state: str
    share: float
    missing: tuple[Word, ...] = ()


@dataclass
class _Index:
    """The record as coverage reads it."""

    project: Project
    words: Vocabulary
    outgoing: dict[Node, list[tuple[Node, Node]]] = field(default_factory=lambda: defaultdict(list))
    resting_on: dict[Node, list[Node]] = field(default_factory=lambda: defaultdict(list))

    def objects(self, subject: Node, predicate: URIRef) -> list[Node]:
        return [value for name, value in self.outgoing.get(subject, ()) if name == predicate]


def measure(
    project: Project, statements: Iterable[Statement], articles: Mapping[str, Article], evidence: Evidence
) -> dict[str, list[SentenceCoverage]]:
    """For each article's IRI, how each of its sentences is carried."""
    index = _index(project, statements)
    lexicon = Lexicon(_meanings(index))
    return {iri: _measure_article(index, lexicon, articles[iri], evidence) for iri in sorted(articles)}


def find_gaps(
    project: Project, statements: Iterable[Statement], articles: Mapping[str, Article], evidence: Evidence
) -> list[Problem]:
    """Every sentence that nothing carries, and every word that nothing attributed to its sentence contains."""
    problems = []
    for iri, sentences in measure(project, statements, articles, evidence).items():
        article = articles[iri]
        file = f"kb/articles/{iri.rsplit('/', 1)[-1]}.ttl"
        for covered in sentences:
            problems += _gaps(file, article, covered)
    return problems


def _gaps(file: str, article: Article, covered: SentenceCoverage) -> list[Problem]:
    name, text = label_of_sentence(article, covered.sentence), article.words(covered.sentence.span)
    if covered.state == "uncarried":
        remedy = "Attribute what it states, or declare it as boilerplate with its kind."
        return [Problem(file, None, name, "sentence-uncarried", f"No attribution rests on this sentence: “{text}”.", remedy)]
    remedy = "Model it in a claim or account attributed there, or waive it with rec:waiver and a reason."
    return [
        Problem(file, None, name, "word-unmodelled", f"Nothing attributed here contains the {w.kind} “{w.text}”: “{text}”.", remedy)
        for w in covered.missing
    ]


def _index(project: Project, statements: Iterable[Statement]) -> _Index:
    words = vocabulary(project)
    index = _Index(project, words)
    derived = words.graph("derived")
    for subject, predicate, value, graph in statements:
        if graph != derived:
            index.outgoing[subject].append((predicate, value))
        if predicate == words.rec("evidence"):
            index.resting_on[value].append(subject)
    return index


def _meanings(index: _Index) -> dict[str, frozenset[str]]:
    """Every spelling and every label of a lexicon's concepts, with the things it may mean."""
    meanings: dict[str, set[str]] = defaultdict(set)
    lexicons = {s for s, rows in index.outgoing.items() if (index.words.rec("lexicon"), Literal(True)) in rows}
    for subject, rows in index.outgoing.items():
        for predicate, value in rows:
            if str(predicate) in (f"{SKOSXL}altLabel", f"{SKOSXL}hiddenLabel"):
                for form in index.objects(value, URIRef(f"{SKOSXL}literalForm")):
                    meanings[str(form)].add(str(subject))
            if str(predicate) == f"{SKOS}inScheme" and value in lexicons:
                for label in ("prefLabel", "altLabel"):
                    for form in index.objects(subject, URIRef(SKOS + label)):
                        meanings[str(form)].add(str(subject))
    return {form: frozenset(things) for form, things in meanings.items()}


def _measure_article(
    index: _Index, lexicon: Lexicon, article: Article, evidence: Evidence
) -> list[SentenceCoverage]:
    quotes = [span for iri, span in evidence.quoted if iri == article.iri]
    declared = [span for iri, span in evidence.boilerplate if iri == article.iri]
    masked = declared + _waived(index, article)
    return [_measure_sentence(index, lexicon, article, s, quotes, declared, masked) for s in article.sentences]


def _waived(index: _Index, article: Article) -> list[Span]:
    rec, spans = index.words.rec, []
    for waiver in index.objects(URIRef(article.iri), rec("waiver")):
        exact = "".join(str(value) for value in index.objects(waiver, rec("exact")))
        found = find_all(article.text, exact)
        chosen = [int(str(value)) for value in index.objects(waiver, rec("occurrence"))]
        spans += [found[n - 1] for n in chosen if 0 < n <= len(found)] if chosen else found
    return spans


def _measure_sentence(  # noqa: PLR0913, PLR0917
    index: _Index,
    lexicon: Lexicon,
    article: Article,
    sentence: Sentence,
    quotes: list[Span],
    declared: list[Span],
    masked: list[Span],
) -> SentenceCoverage:
    mine = [quote for quote in quotes if quote.overlaps(sentence.span)]
    if not mine:
        silent = any(span.start <= sentence.span.start and sentence.span.end <= span.end for span in declared)
        return SentenceCoverage(sentence, "boilerplate" if silent or _states_nothing(index, sentence) else "uncarried", 0)
    found = lexicon.find(article.words(sentence.span), [_within(span, sentence.span) for span in masked])
    attributions = {a for quote in mine for a in index.resting_on[passage_iri(article.iri, quote)]}
    things, texts = _contents(index, attributions)
    missing = tuple(word for word in found if not _is_contained(word, things, texts))
    return SentenceCoverage(sentence, "carried", _share(sentence.span, mine, declared), missing)


def _within(span: Span, sentence: Span) -> Span:
    start = min(max(span.start, sentence.start), sentence.end)
    return Span(start - sentence.start, max(start, min(span.end, sentence.end)) - sentence.start)


def _states_nothing(index: _Index, sentence: Sentence) -> bool:
    kind = index.words.concept(sentence.kind)
    return Literal(True) in index.objects(kind, index.words.rec("statesNothing"))


def _share(sentence: Span, quotes: list[Span], declared: list[Span]) -> float:
    characters = set(range(sentence.start, sentence.end))
    silent = characters & {at for span in declared for at in range(span.start, span.end)}
    quoted = characters & {at for span in quotes for at in range(span.start, span.end)}
    return len(quoted) / max(1, len(characters - silent))


def _contents(index: _Index, attributions: Iterable[Node]) -> tuple[set[str], str]:
    """The things and the words that attributions reach through claims, accounts, roles, places and times."""
    stops = {index.words.rec(name) for name in NOT_FOLLOWED}
    seen: set[Node] = set(attributions)
    texts: list[str] = []
    edge = set(seen)
    for _ in range(REACH):
        values = {v for node in edge for p, v in index.outgoing.get(node, ()) if p not in stops and _is_content(p)}
        texts += [str(value).lower() for value in values if isinstance(value, Literal)]
        edge = {v for v in values if isinstance(v, URIRef) and str(v).startswith(index.project.base)} - seen
        seen |= edge
    return {str(node) for node in seen}, "\n".join(texts)


def _is_content(predicate: Node) -> bool:
    """Whether a predicate's value says what is claimed: not labels, notes, statements or spellings."""
    local = str(predicate).replace("#", "/").rsplit("/", 1)[-1]
    return local not in {"label", "statement", "codingNote", "basis", "type", "altLabel", "hiddenLabel", "sameAs"}


def _is_contained(word: Word, things: set[str], texts: str) -> bool:
    if word.kind == "name":
        return bool(word.meanings & things)
    return word.text.lower() in texts
