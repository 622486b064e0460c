"""Comparisons: what each side says of an occurrence, side by side by topic, and what those of no side say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.sayings import Quotation, Saying, read_sayings

# Classes of claims that say nothing of what is claimed: those about an occurrence stand together.
GENERAL = ("Claim", "OccurrenceClaim", "RelationClaim")
# How many parts of an occurrence each side is shown to tell in short.
BRIEF = 5


@dataclass(frozen=True)
class Told:
    """A claim with those attributions of it that stand in one place."""

    claim: Node
    sayings: tuple[Saying, ...]


@dataclass(frozen=True)
class Topic:
    """What is said of one matter: the occurrence as a whole, a kind of claim about it, or a part of it.

    ``cells`` has for each side what it says, empty where it says nothing; ``others`` is what agents of no side say,
    ``outlets`` what articles say in their own voice.
    """

    about: Node
    cells: tuple[tuple[Node, tuple[Told, ...]], ...]
    others: tuple[Told, ...]
    outlets: tuple[Told, ...]

    @property
    def speaking(self) -> int:
        """How many sides speak of it."""
        return len(self.speakers)

    @property
    def weight(self) -> int:
        """How often sides speak of it."""
        return sum(len(one.sayings) for _, told in self.cells for one in told)

    @property
    def speakers(self) -> list[Node]:
        """The sides that speak of it."""
        return [side for side, told in self.cells if told]


class Comparisons:
    """Reads comparisons from a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue, self.rec = catalogue, catalogue.words.rec
        self.claims_on, self.stages = cache(self._claims_on), cache(self._stages)

    def sides(self, thing: Node) -> list[Node]:
        """The sides of the disputes about a thing or what it is part of; of all disputes, if there is none. By name."""
        values, holders = self.catalogue.values, self.catalogue.holders
        whole = [thing, *self.climb(thing, "partOf")]
        disputes = [one for part in whole for one in holders(part, self.rec("disputeAbout"))]
        found = disputes or self.catalogue.members(self.rec("Dispute"))
        return self.catalogue.sorted(side for one in found for side in values(one, self.rec("side")))

    def climb(self, thing: Node, slot: str) -> list[Node]:
        """Whatever a thing leads to by a slot, again and again, by name at each step."""
        found: dict[Node, None] = {}
        queue = [thing]
        while queue:
            for one in self.catalogue.sorted(self.catalogue.values(queue.pop(0), self.rec(slot))):
                if one not in found and one != thing:
                    found[one] = None
                    queue.append(one)
        return list(found)

    def _claims_on(self, occurrence: Node) -> tuple[Node, ...]:
        """The claims about an occurrence or its accounts, and those that its accounts tell, by name."""
        catalogue, rec = self.catalogue, self.rec
        accounts = catalogue.values(occurrence, rec("hasAccount"))
        links = [catalogue.incoming(thing).values() for thing in (occurrence, *accounts)]
        naming = {subject for found in links for subjects in found for subject in subjects}
        told = {claim for account in accounts for claim in catalogue.values(account, rec("claimedBy"))}
        claims = [one for one in naming | told if catalogue.is_a(one, rec("Claim"))]
        return tuple(catalogue.sorted(claims))

    def topics(self, occurrence: Node) -> list[Topic]:
        """What is said of an occurrence by kind of claim, of its parts, and as a whole; first of what most sides speak,
        and most often.

        A claim stands in the first topic that it belongs to.
        """
        sides, seen = self.sides(occurrence), set()
        topics = []
        for about, claims in self._matters(occurrence):
            fresh = [claim for claim in claims if claim not in seen]
            seen.update(fresh)
            topics.append(self._topic(about, fresh, sides))
        told = [topic for topic in topics if is_told(topic)]
        return sorted(told, key=lambda one: (-one.speaking, one.about == occurrence, -one.weight))

    def _matters(self, occurrence: Node) -> Iterator[tuple[Node, Sequence[Node]]]:
        general = set(map(self.rec, GENERAL))
        kinds: dict[Node, list[Node]] = {}
        for claim in self.claims_on(occurrence):
            kind = next(iter(self.catalogue.types(claim)))
            kinds.setdefault(occurrence if kind in general else kind, []).append(claim)
        yield from ((kind, kinds[kind]) for kind in self.catalogue.sorted(kinds))
        for part in self.climb(occurrence, "hasPart"):
            yield part, self.claims_on(part)

    def in_short(self, occurrence: Node) -> list[tuple[Node, list[Told]]]:
        """What each side tells of the parts of an occurrence, or of itself if it has none: of each that it speaks of
        most, the claim that it makes most often; by side."""
        parts = self.climb(occurrence, "hasPart") or [occurrence]
        told = [self._happening(part, self.sides(occurrence)) for part in parts]
        return [(side, self._most_told(side, told)) for side in self.sides(occurrence)]

    def _happening(self, part: Node, sides: list[Node]) -> Topic:
        told = [claim for claim in self.claims_on(part) if self.catalogue.is_a(claim, self.rec("OccurrenceClaim"))]
        return self._topic(part, told, sides)

    def _most_told(self, side: Node, topics: list[Topic]) -> list[Told]:
        asserts = self.catalogue.words.concept("asserts")
        cells = [[one for one in dict(topic.cells)[side] if one.sayings[0].stance == asserts] for topic in topics]
        spoken = sorted((cell for cell in cells if cell), key=lambda cell: -sum(len(one.sayings) for one in cell))
        return [max(cell, key=lambda one: len(one.sayings)) for cell in spoken[:BRIEF]]

    def _topic(self, about: Node, claims: Iterable[Node], sides: list[Node]) -> Topic:
        sayings = [(claim, read_sayings(self.catalogue, self._attributions(claim))) for claim in claims]
        cells = tuple((side, gather(sayings, partial(speaks_for, side))) for side in sides)
        outlets = gather(sayings, lambda one: not one.sides and self.is_outlet(one))
        others = gather(sayings, lambda one: not set(one.sides) & set(sides) and not self.is_outlet(one))
        return Topic(about, cells, others, outlets)

    def _attributions(self, claim: Node) -> list[Node]:
        return self.catalogue.values(claim, self.rec("attribution"))

    def is_outlet(self, saying: Saying) -> bool:
        """Whether the article speaks itself."""
        return saying.speaker in self.catalogue.values(saying.article, self.rec("outlet"))

    def shared(self, occurrence: Node) -> list[Node]:
        """The claims about an occurrence and its parts that all sides assert."""
        return self._of_status(occurrence, "undisputed")

    def contested(self, occurrence: Node) -> list[Node]:
        """The claims about an occurrence and its parts that one side asserts and another denies or contradicts."""
        return self._of_status(occurrence, "contested")

    def _of_status(self, occurrence: Node, status: str) -> list[Node]:
        wanted = self.catalogue.words.concept(status)
        things = (occurrence, *self.climb(occurrence, "hasPart"))
        claims = self.catalogue.sorted(claim for thing in things for claim in self.claims_on(thing))
        return [claim for claim in claims if wanted in self.catalogue.values(claim, self.rec("status"))]

    def developing(self, occurrence: Node) -> list[Node]:
        """The claims about an occurrence that later ones supersede or are parts of, those, and the contested ones; by
        the stage of the first article that carries them, and by name."""
        slots = [self.rec(name) for name in ("supersedes", "supersededBy", "componentOf", "hasComponent")]
        claims = [claim for claim in self.claims_on(occurrence) if self.catalogue.values(claim, *slots)]
        return sorted(dict.fromkeys((*claims, *self.contested(occurrence))), key=self._first_stage)

    def _first_stage(self, claim: Node) -> int:
        articles = {self.catalogue.value(one, self.rec("carriedBy")) for one in self._attributions(claim)}
        return next((at for at, stage in enumerate(self.stages()) if articles & set(stage)), 0)

    def sentences_in(self, claim: Node, articles: Iterable[Node]) -> list[Quotation]:
        """The first words of each attribution of a claim in some articles, a sentence no more than once."""
        told = [one for one in read_sayings(self.catalogue, self._attributions(claim)) if one.article in articles]
        return list({one.quotations[0].sentence: one.quotations[0] for one in told if one.quotations}.values())

    def _stages(self) -> list[list[Node]]:
        """The articles by what they knew: each stage knew less than the next, where one article knew before another."""
        left, stages = self.catalogue.members(self.rec("Article")), []
        while left:
            later = {after for one in left for after in self.catalogue.values(one, self.rec("knewBefore"))}
            stage = [one for one in left if one not in later] or left
            stages.append(stage)
            known = set(stage)
            left = [one for one in left if one not in known]
        return stages

    def sources(self, occurrence: Node) -> list[tuple[Node, int]]:
        """The articles that carry what is said of an occurrence and its parts, with how many attributions of it."""
        things = (occurrence, *self.climb(occurrence, "hasPart"))
        claims = {claim for thing in things for claim in self.claims_on(thing)}
        found = [one for claim in claims for one in self._attributions(claim)]
        articles = Counter(self.catalogue.values(one, self.rec("carriedBy"))[0] for one in set(found))
        return [(article, articles[article]) for article in self.catalogue.sorted(articles)]

    def with_status(self, status: str) -> list[Node]:
        """All claims of a status, by name."""
        found = self.catalogue.holders(self.catalogue.words.concept(status), self.rec("status"))
        return [one for one in self.catalogue.sorted(found) if self.catalogue.is_a(one, self.rec("Claim"))]

    def happenings(self, agent: Node) -> list[tuple[Node, list[tuple[Node, Node]]]]:
        """The occurrences in whose accounts an agent plays a role, each with the accounts and the kinds of role."""
        found: dict[Node, set[tuple[Node, Node]]] = {}
        for role in self.catalogue.holders(agent, self.rec("player")):
            for account in self.catalogue.holders(role, self.rec("hasRole")):
                for occurrence in self.catalogue.values(account, self.rec("accountOf")):
                    kinds = self.catalogue.values(role, self.rec("roleKind"))
                    found.setdefault(occurrence, set()).update((account, kind) for kind in kinds)
        by_name = self.catalogue.sorted(found)
        return [(one, sorted(found[one], key=str)) for one in by_name]

    def opposed(self, claims: Iterable[Node]) -> list[list[Node]]:
        """Claims in groups that cannot hold together, or that are denied and so stand alone; each by name."""
        by_name = self.catalogue.sorted(claims)
        left, groups = set(by_name), []
        for claim in by_name:
            if claim in left:
                groups.append(self.catalogue.sorted(self._take_group(claim, left)))
        return groups

    def _take_group(self, claim: Node, left: set[Node]) -> list[Node]:
        """Take a claim and what it leads to by contradiction out of what is left."""
        group = [claim]
        left.remove(claim)
        for one in group:
            against = [other for other in self.catalogue.values(one, self.rec("contradicts")) if other in left]
            group += against
            left.difference_update(against)
        return group

    def group(self, claims: list[Node], sides: list[Node]) -> Topic:
        """Several claims as one topic, which is named for the claim if it is one, or for the first one's kind."""
        about = claims[0] if len(claims) == 1 else self.catalogue.types(claims[0])[0]
        return self._topic(about, claims, sides)


def is_told(topic: Topic) -> bool:
    """Whether anybody says anything of it."""
    return bool(topic.speaking or topic.others or topic.outlets)


def speaks_for(side: Node, saying: Saying) -> bool:
    """Whether somebody says it for a side."""
    return side in saying.sides


def gather(sayings: list[tuple[Node, list[Saying]]], wanted: Callable[[Saying], bool]) -> tuple[Told, ...]:
    """The claims that have an attribution as it is wanted, with those attributions."""
    kept = ((claim, tuple(one for one in told if wanted(one))) for claim, told in sayings)
    return tuple(Told(claim, told) for claim, told in kept if told)
