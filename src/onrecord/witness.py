"""Witness: whether the sentences that an attribution quotes bear out what it is said to carry.

They name the speaker; they, or those just before, name what the claim holds; they print the words that are kept as
printed, and one of the words that each concept stands for. What words cannot settle is waived in the sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from onrecord.articles import Article, Span
from onrecord.lexicon import NUMBER, number_of
from onrecord.locator import Locator
from onrecord.names import Names, begins_word, is_printed
from onrecord.problems import Fault, Problem
from onrecord.project import Project
from onrecord.store import Statement
from onrecord.wording import Named, check_claim, figure_of

# How many sentences before its own an attribution may lean on, for what pronouns stand for.
BEFORE = 3
# Literals that keep words of the article; the evidence prints at least one of each kind.
VERBATIM = ("verbatimTime", "verbatimLocation", "verbatimQuantity")


@dataclass(frozen=True)
class Witness:
    """An attribution with the text of its own sentences, that of those before as well, and the article's outlets."""

    attribution: Node
    sentences: frozenset[str]
    own: str
    near: str
    outlets: frozenset[Node]


def call_witness(names: Names, articles: Mapping[str, Article], attribution: Node) -> Witness | None:
    """The sentences of an attribution's quotes; None where no quote was found."""
    passages = [str(node) for node in names.objects(attribution, "evidence")]
    article = articles.get(passages[0].partition("#")[0]) if passages else None
    if article is None:
        return None
    spans = [Span(*map(int, passage.partition("#char=")[2].split(","))) for passage in passages]
    own = {sentence.number for span in spans for sentence in article.sentences_of(span)}
    near = {number - back for number in own for back in range(BEFORE + 1)}
    keys = frozenset(f"{article.iri} {number}" for number in own)
    outlets = frozenset(names.objects(URIRef(article.iri), "outlet"))
    return Witness(attribution, keys, _join(article, own), _join(article, near), outlets)


def _join(article: Article, numbers: set[int]) -> str:
    return "\n".join(article.words(one.span) for one in article.sentences if one.number in numbers)


def check_attribution(names: Names, witness: Witness) -> Iterator[Named]:
    """What the evidence of an attribution does not print of what it is said to carry."""
    for check in (_check_speaker, _check_relay, _check_things, _check_words, _check_numbers, _check_cues, _check_total):
        yield from check(names, witness)


def _check_speaker(names: Names, witness: Witness) -> Iterator[Named]:
    standing_for = [str(words) for words in names.objects(witness.attribution, "speakerAs")]
    for words in standing_for:
        if not is_printed(words, witness.own):
            message = f"The quoted sentences do not print “{words}”, given as the words for the speaker."
            remedy = "Copy in rec:speakerAs the words that stand there for the speaker."
            yield words, Fault("speaker-as-not-printed", message, remedy)
    for speaker in names.objects(witness.attribution, "speaker"):
        name = names.project.compact(str(speaker))
        named = sorted(thing for words in standing_for for thing in _named_by(names, words))
        office = (RDF.type, names.rec("Office"))
        others = [thing for thing in named if office not in names.reach.outgoing.get(URIRef(thing), ())]
        if others and str(speaker) not in others:
            message = f"“{standing_for[0]}” is a name of {names.project.compact(others[0])}, not of the speaker {name}."
            yield name, Fault("speaker-as-of-another", message, "Correct the speaker, or the words that stand for it.")
        if speaker not in witness.outlets and not standing_for and not _is_named(names, str(speaker), witness.own):
            message = f"The quoted sentences do not name the speaker {name}: “{witness.own}”"
            remedy = "Correct the speaker, or give in rec:speakerAs the words that stand for it there."
            yield name, Fault("speaker-not-named", message, remedy)


def _named_by(names: Names, words: str) -> frozenset[str]:
    """The things whose name the words are, an article before them left out."""
    plain = words.removeprefix("the ").removeprefix("The ")
    return names.lexicon.meanings.get(words, frozenset()) | names.lexicon.meanings.get(plain, frozenset())


def _is_named(names: Names, thing: str, text: str) -> bool:
    return any(is_printed(form, text) for form in names.speaking_forms.get(thing, ()))


def _check_relay(names: Names, witness: Witness) -> Iterator[Named]:
    """An outlet that the sentences name, and that is neither the article's nor the speaker, is a relay."""
    speakers, relays = (names.objects(witness.attribution, slot) for slot in ("speaker", "via"))
    if witness.outlets & set(speakers):
        return
    for outlet in names.outlets:
        if outlet in {*speakers, *relays, *witness.outlets} or not _is_named(names, str(outlet), witness.own):
            continue
        name = names.project.compact(str(outlet))
        message = f"The quoted sentences name the outlet {name}, and the attribution has no such relay: “{witness.own}”"
        remedy = "Name it in rec:via if what is said came through it, or waive it with a reason."
        yield name, Fault("relay-not-named", message, remedy)


def _check_things(names: Names, witness: Witness) -> Iterator[Named]:
    told = (names.reach.outgoing.get(node, ()) for node in _told(names, witness.attribution))
    speaker = names.rec("speaker")
    for thing in sorted({str(value) for links in told for name, value in links if name != speaker}):
        forms = names.forms.get(thing, ())
        if forms and not any(is_printed(form, witness.near) for form in forms):
            name = names.project.compact(thing)
            message = f"The claim holds {name}; the quoted sentences and those before do not name it: “{witness.own}”"
            remedy = "Correct the claim or the account by the sentence, quote the words that name it, or waive it."
            yield name, Fault("evidence-lacks-thing", message, remedy)


def _told(names: Names, attribution: Node) -> list[Node]:
    """What an attribution is held to: itself, its claim, the account that it claims, their parts and times."""
    nodes: list[Node] = [attribution, *names.objects(attribution, "claim")]
    if names.concept("asserts") not in names.objects(attribution, "stance"):
        # Who denies or declines need not tell it over again.
        return nodes
    nodes += [account for node in list(nodes) for account in names.objects(node, "claimsOccurrenceOf")]
    times = {names.rec("hasTime"), names.rec("saidAt")}
    for node in list(nodes):
        links = names.reach.outgoing.get(node, ())
        nodes += [value for name, value in links if name in times or str(value).startswith(f"{node}#")]
    return nodes


def _check_words(names: Names, witness: Witness) -> Iterator[Named]:
    for node in _told(names, witness.attribution):
        for name in VERBATIM:
            kept = [str(value) for value in names.objects(node, name)]
            if kept and not any(is_printed(words, witness.own) for words in kept):
                message = f"The quoted sentences do not print “{kept[0]}” (rec:{name}): “{witness.own}”"
                remedy = "Copy the words as this article prints them, or correct what is attributed here."
                yield kept[0], Fault("evidence-lacks-words", message, remedy)


def _check_numbers(names: Names, witness: Witness) -> Iterator[Named]:
    """A count without words of its own must be a number that the quoted sentences print."""
    printed = {number_of(found[0]) for found in NUMBER.finditer(witness.own)}
    for claim in names.objects(witness.attribution, "claim"):
        figure = figure_of(names, claim)
        number = figure.quantity if figure.quantity is not None else figure.lower
        if number is not None and number not in printed and not names.objects(claim, "verbatimQuantity"):
            message = f"The claim counts {number}, which the quoted sentences do not print: “{witness.own}”"
            remedy = "Correct the count, or keep the words that it is read from in rec:verbatimQuantity."
            yield str(number), Fault("evidence-lacks-number", message, remedy)


def _check_cues(names: Names, witness: Witness) -> Iterator[Named]:
    # A channel is often named once, for several sentences.
    channels = names.objects(witness.attribution, "channel")
    told = (names.reach.outgoing.get(node, ()) for node in _told(names, witness.attribution))
    for concept in sorted({value for links in told for _, value in links if value in names.cues}, key=str):
        text = witness.near if concept in channels else witness.own
        if not any(begins_word(cue, text) for cue in names.cues[concept]):
            name = names.project.compact(str(concept))
            message = f"{name} stands for words like “{names.cues[concept][0]}…”; there are none: “{witness.own}”"
            remedy = "Correct the concept by the sentence, add the word as a rec:cue of it, or waive it."
            yield name, Fault("cue-not-printed", message, remedy)


def _check_total(names: Names, witness: Witness) -> Iterator[Named]:
    """A component and its total are told together: some evidence of the one is that of the other."""
    quotes = names.objects(witness.attribution, "evidence")
    told = {other for quote in quotes for other in names.reach.resting_on[quote]}
    claims = names.objects(witness.attribution, "claim")
    for total in (total for claim in claims for total in names.objects(claim, "componentOf")):
        if not any(total in names.objects(other, "claim") for other in told):
            name = names.project.compact(str(total))
            message = f"The claim is a component of {name}, and no quote of it is one of that total: “{witness.own}”"
            yield name, Fault("component-without-total", message, "Name the total that the same sentence gives.")


def check_markers(names: Names, witnesses: Sequence[Witness]) -> Iterator[tuple[Node, Fault]]:
    """Every marker of a hedge or stance that a sentence prints and no attribution resting on it uses."""
    by_sentence: dict[str, list[Witness]] = {}
    for witness in witnesses:
        for sentence in witness.sentences:
            by_sentence.setdefault(sentence, []).append(witness)
    schemes = {names.concept("hedges"), names.concept("stances")}
    marked = {c: w for c, w in names.markers.items() if schemes & set(names.reach.objects(c, SKOS.inScheme))}
    for _, group in sorted(by_sentence.items()):
        used = {value for one in group for _, value in names.reach.outgoing.get(one.attribution, ())}
        alone = min(group, key=lambda one: len(one.own))
        for concept, words in sorted(marked.items(), key=str):
            found = [word for word in words if begins_word(word, alone.own)]
            if found and concept not in used:
                name = names.project.compact(str(concept))
                message = f"The sentence prints “{found[0]}”, and nothing attributed to it has {name}: “{alone.own}”"
                remedy = "Give the concept to the attribution that it belongs to."
                yield alone.attribution, Fault("marker-without-concept", message, remedy)


@dataclass(frozen=True)
class _Waivers:
    """What is waived on claims and attributions, and what each of them would be told without."""

    names: Names
    found: Mapping[Node, Sequence[Named]]

    def leave(self, node: Node, named: Iterable[Named]) -> Iterator[Fault]:
        """The faults of a claim or attribution that are not waived on it, nor on the claim that is attributed."""
        waived = {word for one in (node, *self.names.objects(node, "claim")) for word in self.names.waived(one)}
        return (fault for name, fault in named if name not in waived)

    def find_idle(self) -> Iterator[tuple[Node, Fault]]:
        """Every word that is waived where nothing would be said of it."""
        spoken = self.names.reach.incoming(self.names.rec("claim"))
        for node in self.found:
            told = {name for one in (node, *spoken.get(node, ())) for name, _ in self.found.get(one, ())}
            for word in sorted(self.names.waived(node) - told):
                message = f"“{word}” is waived, and nothing would be said of it."
                yield node, Fault("waiver-idle", message, "Remove the waiver, or correct its words.", "warning")


def find_unworded(
    project: Project, statements: Iterable[Statement], articles: Iterable[Article], located: Locator
) -> Iterator[Problem]:
    """Every disagreement of statement, model and evidence in a record."""
    names = Names(project, statements)
    by_iri = {article.iri: article for article in articles}
    nodes = sorted(names.reach.outgoing, key=str)
    claims = [node for node in nodes if names.objects(node, "statement")]
    spoken = [node for node in nodes if names.objects(node, "stance")]
    witnesses = [witness for node in spoken if (witness := call_witness(names, by_iri, node))]
    found: dict[Node, list[Named]] = {claim: list(check_claim(names, claim)) for claim in claims}
    found |= {one.attribution: list(check_attribution(names, one)) for one in witnesses}
    waivers = _Waivers(names, found)
    faults = [(node, fault) for node, named in found.items() for fault in waivers.leave(node, named)]
    faults += [*check_markers(names, witnesses), *waivers.find_idle()]
    for node, fault in faults:
        file, line = located.find(str(node))
        yield fault.at(file, line, project.compact(str(node)))
