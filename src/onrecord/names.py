"""Names: what the record's things are called in articles and statements, and the words that its concepts stand for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from onrecord.contents import LITERAL_FORM, SPELLINGS, Reach
from onrecord.lexicon import Lexicon
from onrecord.project import Project
from onrecord.store import Statement

# How far a thing may be from its side: a service, part of an army, that is an organ of the side.
STEPS = 3


class Names:
    """The names and cues of one record."""

    def __init__(self, project: Project, statements: Iterable[Statement]) -> None:
        self.project = project
        self.reach = Reach(project, statements)
        self.rec = self.reach.words.rec
        self.concept = self.reach.words.concept

    def objects(self, node: Node, *names: str) -> list[Node]:
        """The values of core properties of a thing, as the sources state them."""
        return [value for name in names for value in self.reach.objects(node, self.rec(name))]

    @cached_property
    def forms(self) -> Mapping[str, frozenset[str]]:
        """For each thing the words by which articles name it: spellings, and labels of a lexicon's concepts."""
        forms: dict[str, set[str]] = defaultdict(set)
        for form, things in self.reach.meanings().items():
            for thing in things:
                forms[thing].add(form)
        return {thing: frozenset(found) for thing, found in forms.items()}

    @cached_property
    def speaking_forms(self) -> Mapping[str, frozenset[str]]:
        """As forms, without adjectives: they say what something is like, not who speaks."""
        adjectives: dict[str, set[str]] = defaultdict(set)
        for thing, links in self.reach.outgoing.items():
            for name, form in links:
                if name in SPELLINGS and self.concept("adjective-form") in self.objects(form, "formKind"):
                    adjectives[str(thing)].update(map(str, self.reach.objects(form, LITERAL_FORM)))
        return {thing: found - adjectives.get(thing, set()) for thing, found in self.forms.items()}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Finds in a text every name, display names of what articles name included."""
        meanings: dict[str, set[str]] = defaultdict(set)
        for thing in self.forms:
            for form in self.all_names(thing):
                meanings[form].add(thing)
        return Lexicon({form: frozenset(things) for form, things in meanings.items()})

    @cached_property
    def cues(self) -> Mapping[Node, list[str]]:
        """For each concept or class the beginnings of the words that it stands for."""
        return self._annotated("cue")

    @cached_property
    def markers(self) -> Mapping[Node, list[str]]:
        """For each concept the words that stand for nothing else: where they are printed, it must be used."""
        return self._annotated("marker")

    def _annotated(self, name: str) -> Mapping[Node, list[str]]:
        found = {node: [str(value) for value in self.objects(node, name)] for node in list(self.reach.outgoing)}
        return {node: sorted(words) for node, words in found.items() if words}

    @cached_property
    def outlets(self) -> list[URIRef]:
        """The outlets of the record."""
        typed = (RDF.type, self.rec("Outlet"))
        return sorted(URIRef(str(node)) for node, links in self.reach.outgoing.items() if typed in links)

    @cached_property
    def told(self) -> frozenset[Node]:
        """The slots whose sides a statement must name."""
        return frozenset(node for node in list(self.reach.outgoing) if self.objects(node, "toldInStatement"))

    @cached_property
    def sides(self) -> Mapping[str, frozenset[str]]:
        """For each side of a dispute every name of it and of those who belong to it."""
        disputes = list(self.reach.outgoing)
        names: dict[str, set[str]] = {str(side): set() for one in disputes for side in self.objects(one, "side")}
        for thing in self.forms:
            side = self.side_of(thing, frozenset(names))
            if side:
                names[side] |= self.all_names(thing)
        return {side: frozenset(found) for side, found in names.items()}

    def side_of(self, thing: str, sides: frozenset[str], steps: int = STEPS) -> str | None:
        """The side that a thing is, speaks for, is an organ of, or is part of something that is."""
        if thing in sides:
            return thing
        representations = self.objects(URIRef(thing), "speaksFor")
        spoken = [side for one in representations for side in self.objects(one, "representedSide")]
        for above in (*spoken, *self.objects(URIRef(thing), "organOf", "partOf")):
            found = self.side_of(str(above), sides, steps - 1) if steps else None
            if found:
                return found
        return None

    def all_names(self, thing: str) -> frozenset[str]:
        """The words by which articles name a thing, and its display name."""
        labels = self.reach.objects(URIRef(thing), RDFS.label)
        main = self.project.languages[0]
        shown = {str(label) for label in labels if isinstance(label, Literal) and label.language in (None, main)}
        return self.forms.get(thing, frozenset()) | shown

    def waived(self, node: Node) -> set[str]:
        """The words and names that are waived on a claim or an attribution."""
        return {str(words) for waiver in self.objects(node, "waiver") for words in self.objects(waiver, "exact")}


def is_printed(words: str, text: str) -> bool:
    """Whether a text prints the words, as whole words, in whatever case."""
    return _whole(words, re.IGNORECASE).search(text) is not None


def begins_word(cue: str, text: str) -> bool:
    """Whether a word or phrase of the text begins with the cue."""
    return _beginning(cue).search(text) is not None


def first_place(names: Iterable[str], text: str) -> int | None:
    """Where the first of the names is printed in a text."""
    found = (_whole(name).search(text) for name in names)
    return min((match.start() for match in found if match), default=None)


# A record asks for the same names again and again, and for more of them than re keeps.
@cache
def _whole(words: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", flags)


@cache
def _beginning(cue: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(cue)}", re.IGNORECASE)
