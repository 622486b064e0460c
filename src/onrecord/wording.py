"""Wording: whether statement, model and evidence say the same, word for word where words can tell.

Three questions, each asked with the same lexicon. Does a claim's statement name only what its slots hold? Does the
evidence of an attribution print what the claim holds: names, counts, times, and for a concept one of its cues? Does it
name the speaker? What cannot be settled by words is waived in the sources, with a reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import RDFS, SKOS
from rdflib.term import Node

from onrecord.articles import Article, Span
from onrecord.contents import Contents, Reach
from onrecord.figures import Figure, read_figure
from onrecord.lexicon import NUMBER, Lexicon, Word, number_of
from onrecord.locator import Locator
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.store import Statement

# How many sentences before its own an attribution may lean on, for what pronouns stand for.
BEFORE = 3
# From a thing to the wider one that names it too: a ministry's state, an account's occurrence.
WIDER = ("organOf", "accountOf", "partOf")
# Literals that keep words of the article; the evidence prints at least one of each kind.
VERBATIM = ("verbatimTime", "verbatimLocation", "verbatimQuantity")
QUOTED = re.compile("“[^”]*”")


@dataclass(frozen=True)
class Fault:
    """A disagreement: its code, what is wrong, and what to do."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Evidence:
    """The words an attribution rests on: those of its own sentences, and those of the sentences before as well."""

    own: str
    near: str


class Wording:
    """The record's names and cues, to be held against statements and sentences."""

    def __init__(self, project: Project, statements: Iterable[Statement], articles: Iterable[Article]) -> None:
        rows = list(statements)
        self.project = project
        self.reach = Reach(project, rows)
        self.rec = self.reach.words.rec
        self.articles = {article.iri: article for article in articles}
        self.forms = self._read_forms()
        self.cues = self._read_cues()
        self.lexicon = Lexicon(self._read_meanings())
        self.outlets = {iri: set(self.reach.objects(URIRef(iri), self.rec("outlet"))) for iri in self.articles}

    def _read_forms(self) -> Mapping[str, set[str]]:
        """For each thing the words by which articles name it: spellings, and labels of a lexicon's concepts."""
        forms: dict[str, set[str]] = defaultdict(set)
        for form, things in self.reach.meanings().items():
            for thing in things:
                forms[thing].add(form)
        return forms

    def _read_cues(self) -> Mapping[Node, list[str]]:
        cued = self.reach.outgoing.items()
        found = {node: [str(value) for name, value in links if name == self.rec("cue")] for node, links in cued}
        return {node: sorted(cues) for node, cues in found.items() if cues}

    def _read_meanings(self) -> Mapping[str, frozenset[str]]:
        """Every name with the things it may mean, display names of what articles name included."""
        meanings: dict[str, set[str]] = defaultdict(set)
        for thing, forms in self.forms.items():
            labels = self.reach.objects(URIRef(thing), RDFS.label)
            for form in forms | {str(label) for label in labels}:
                meanings[form].add(thing)
        return {form: frozenset(things) for form, things in meanings.items()}

    def check_claim(self, claim: Node) -> Iterator[Fault]:
        """What a claim's statement names beyond its slots, and where its count is not that of its own words."""
        waived = self.waived(claim)
        for statement in self.reach.objects(claim, self.rec("statement")):
            contents = self.widen(claim)
            masked = [Span(*found.span()) for found in QUOTED.finditer(str(statement))]
            for word in self.lexicon.find(str(statement), masked):
                if word.text not in waived and not self._holds(contents, word):
                    message = f"The statement says “{word.text}”, which no slot of the claim holds: “{statement}”"
                    remedy = "Put it into a slot, correct the statement, or waive the word with a reason."
                    yield Fault("statement-beyond-slots", message, remedy)
        yield from self._check_figure(claim)

    def _check_figure(self, claim: Node) -> Iterator[Fault]:
        stated = self._figure(claim)
        for words in self.reach.objects(claim, self.rec("verbatimQuantity")):
            read = read_figure(str(words))
            if read is not None and read != stated:
                message = f"“{words}” stands for {describe_figure(read)}, and the claim says {describe_figure(stated)}."
                remedy = "Correct the count by the words, or the words by the article (table: docs/vocabulary.md)."
                yield Fault("figure-against-words", message, remedy)

    def _figure(self, claim: Node) -> Figure:
        def number(name: str) -> int | None:
            values = self.reach.objects(claim, self.rec(name))
            return int(str(values[0])) if values and str(values[0]).isdecimal() else None

        approximate = self.reach.words.concept("approximate") in self.reach.objects(claim, self.rec("precision"))
        return Figure(number("quantity"), number("lowerBound"), approximate)

    def _holds(self, contents: Contents, word: Word) -> bool:
        printed = re.search(rf"(?<!\w){re.escape(word.text.lower())}(?!\w)", contents.words)
        return printed is not None or contents.contain(word)

    def widen(self, claim: Node) -> Contents:
        """What a claim contains, with the wider things that its things belong to, and the labels of all."""
        contents = self.reach.contents([claim])
        things, edge = set(contents.things), set(contents.things)
        wider = {self.rec(name) for name in WIDER}
        for _ in range(2):
            above = {str(value) for thing in edge for value in self._objects(thing, wider)} - things
            things |= above | self.reach.contents(URIRef(thing) for thing in above).things
            edge = above
        labels = [
            str(label).lower()
            for thing in things
            for name in (RDFS.label, SKOS.prefLabel, SKOS.altLabel)
            for label in self.reach.objects(URIRef(thing), name)
        ]
        return Contents(frozenset(things), contents.numbers, "\n".join([contents.words, *sorted(labels)]))

    def _objects(self, thing: str, names: set[URIRef]) -> list[Node]:
        return [value for name, value in self.reach.outgoing.get(URIRef(thing), ()) if name in names]

    def check_attribution(self, attribution: Node) -> Iterator[Fault]:
        """What the evidence of an attribution does not print of what it is said to carry."""
        evidence = self.read_evidence(attribution)
        if evidence is None:
            return
        claims = self.reach.objects(attribution, self.rec("claim"))
        waived = {word for node in (attribution, *claims) for word in self.waived(node)}
        faults = (
            *self._check_speaker(attribution, evidence),
            *self._check_things(attribution, evidence),
            *self._check_words(attribution, evidence),
            *self._check_numbers(attribution, evidence),
            *self._check_cues(attribution, evidence),
        )
        yield from (fault for name, fault in faults if name not in waived)

    def read_evidence(self, attribution: Node) -> Evidence | None:
        """The sentences of an attribution's quotes; None where nothing was found."""
        passages = [str(node) for node in self.reach.objects(attribution, self.rec("evidence"))]
        article = self.articles.get(passages[0].partition("#")[0]) if passages else None
        if article is None:
            return None
        spans = [Span(*map(int, passage.partition("#char=")[2].split(","))) for passage in passages]
        own = {sentence.number for span in spans for sentence in article.sentences_of(span)}
        near = {number - back for number in own for back in range(BEFORE + 1)}
        return Evidence(*(self._join(article, numbers) for numbers in (own, near)))

    def _join(self, article: Article, numbers: set[int]) -> str:
        return "\n".join(article.words(one.span) for one in article.sentences if one.number in numbers)

    def _check_speaker(self, attribution: Node, evidence: Evidence) -> Iterator[tuple[str, Fault]]:
        standing_for = self.reach.objects(attribution, self.rec("speakerAs"))
        for words in standing_for:
            if not is_printed(str(words), evidence.own):
                message = f"The quoted sentences do not print “{words}”, given as the words for the speaker."
                remedy = "Copy in rec:speakerAs the words that stand there for the speaker."
                yield str(words), Fault("speaker-as-not-printed", message, remedy)
        for speaker in self.reach.objects(attribution, self.rec("speaker")):
            if self._is_outlet(attribution, speaker) or standing_for or self._is_named(str(speaker), evidence.own):
                continue
            name = self.project.compact(str(speaker))
            message = f"The quoted sentences do not name the speaker {name}: “{evidence.own}”"
            remedy = "Correct the speaker, or give in rec:speakerAs the words that stand for it there."
            yield name, Fault("speaker-not-named", message, remedy)

    def _is_outlet(self, attribution: Node, agent: Node) -> bool:
        """Whether an agent is the outlet of the article itself, which need not name itself to speak."""
        articles = {iri.partition("#")[0] for iri in map(str, self.reach.objects(attribution, self.rec("evidence")))}
        return any(agent in self.outlets.get(iri, ()) for iri in articles)

    def _is_named(self, thing: str, text: str) -> bool:
        return any(is_printed(form, text) for form in self.forms.get(thing, ()))

    def _check_things(self, attribution: Node, evidence: Evidence) -> Iterator[tuple[str, Fault]]:
        told = (self.reach.outgoing.get(node, ()) for node in self._told(attribution))
        named = {str(value) for links in told for name, value in links if name != self.rec("speaker")}
        for thing in sorted(named):
            if thing not in self.forms or self._is_named(thing, evidence.near):
                continue
            name = self.project.compact(thing)
            message = (
                f"The claim holds {name}, and neither the quoted sentences nor those before name it: “{evidence.own}”"
            )
            remedy = "Correct the claim or the account by the sentence, quote the words that name it, or waive it."
            yield name, Fault("evidence-lacks-thing", message, remedy)

    def _told(self, attribution: Node) -> list[Node]:
        """What an attribution is held to: itself, its claim, the account that it claims, their parts and times."""
        nodes: list[Node] = [attribution, *self.reach.objects(attribution, self.rec("claim"))]
        if self.reach.words.concept("asserts") not in self.reach.objects(attribution, self.rec("stance")):
            # Who denies or declines need not tell it over again.
            return nodes
        for node in list(nodes):
            nodes += self.reach.objects(node, self.rec("claimsOccurrenceOf"))
        for node in list(nodes):
            links = self.reach.outgoing.get(node, ())
            times = {self.rec("hasTime"), self.rec("saidAt")}
            nodes += [value for name, value in links if name in times or str(value).startswith(f"{node}#")]
        return nodes

    def _check_words(self, attribution: Node, evidence: Evidence) -> Iterator[tuple[str, Fault]]:
        for node in self._told(attribution):
            for name in VERBATIM:
                kept = [str(value) for value in self.reach.objects(node, self.rec(name))]
                if kept and not any(is_printed(words, evidence.own) for words in kept):
                    message = f"The quoted sentences do not print “{kept[0]}” (rec:{name}): “{evidence.own}”"
                    remedy = "Copy the words as this article prints them, or correct what is attributed here."
                    yield kept[0], Fault("evidence-lacks-words", message, remedy)

    def _check_numbers(self, attribution: Node, evidence: Evidence) -> Iterator[tuple[str, Fault]]:
        """A count without words of its own must be a number that the quoted sentences print."""
        for claim in self.reach.objects(attribution, self.rec("claim")):
            figure = self._figure(claim)
            number = figure.quantity if figure.quantity is not None else figure.lower
            if number is None or self.reach.objects(claim, self.rec("verbatimQuantity")):
                continue
            if number not in {number_of(found[0]) for found in NUMBER.finditer(evidence.own)}:
                message = f"The claim counts {number}, which the quoted sentences do not print: “{evidence.own}”"
                remedy = "Correct the count, or keep the words that it is read from in rec:verbatimQuantity."
                yield str(number), Fault("evidence-lacks-number", message, remedy)

    def _check_cues(self, attribution: Node, evidence: Evidence) -> Iterator[tuple[str, Fault]]:
        # A channel is often named once, for several sentences.
        said_by = self.reach.objects(attribution, self.rec("channel"))
        for concept in self._concepts(attribution):
            cues = self.cues[concept]
            text = evidence.near if concept in said_by else evidence.own
            if not any(begins_word(cue, text) for cue in cues):
                name = self.project.compact(str(concept))
                message = f"{name} stands for words like “{cues[0]}…”; the quoted sentences have none: “{evidence.own}”"
                remedy = "Correct the concept by the sentence, add the word as a rec:cue of it, or waive it."
                yield name, Fault("cue-not-printed", message, remedy)

    def _concepts(self, attribution: Node) -> list[Node]:
        """The concepts and classes with cues that an attribution, its claim and the account that it claims use."""
        told = (self.reach.outgoing.get(node, ()) for node in self._told(attribution))
        return sorted({value for links in told for _, value in links if value in self.cues}, key=str)

    def waived(self, node: Node) -> set[str]:
        """The words and names that are waived on a claim or an attribution."""
        waivers = self.reach.objects(node, self.rec("waiver"))
        return {str(words) for waiver in waivers for words in self.reach.objects(waiver, self.rec("exact"))}


def is_printed(words: str, text: str) -> bool:
    """Whether a text prints the words, as whole words, in whatever case."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def begins_word(cue: str, text: str) -> bool:
    """Whether a word or phrase of the text begins with the cue."""
    return re.search(rf"(?<!\w){re.escape(cue)}", text, re.IGNORECASE) is not None


def describe_figure(figure: Figure) -> str:
    """A figure in words, for a message."""
    if figure.quantity is not None:
        return f"about {figure.quantity}" if figure.approximate else f"exactly {figure.quantity}"
    return "no number" if figure.lower is None else f"at least {figure.lower}"


def find_unworded(
    project: Project, statements: Iterable[Statement], articles: Iterable[Article], located: Locator
) -> Iterator[Problem]:
    """Every disagreement of statement, model and evidence in a record."""
    wording = Wording(project, statements, articles)
    checks = {wording.rec("statement"): wording.check_claim, wording.rec("stance"): wording.check_attribution}
    stated = [(node, name) for node, links in wording.reach.outgoing.items() for name, _ in links if name in checks]
    for node, name in sorted(set(stated), key=str):
        for fault in checks[URIRef(str(name))](node):
            file, line = located.find(str(node))
            yield Problem(file, line, project.compact(str(node)), fault.code, fault.message, fault.remedy)
