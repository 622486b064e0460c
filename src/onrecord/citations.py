"""Citations: how to cite a claim of the record, as text, as BibTeX and as CSL-JSON.

A citation says who makes the claim, for the record makes none. It has no author, since the record only reports; and no
date of access, so that the same record gives the same citation: its version says what was cited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdflib.term import Node

from onrecord.catalogue import Catalogue
from onrecord.interface import Interface, mark
from onrecord.project import Project
from onrecord.sayings import Saying, read_sayings

# What BibTeX reads as its own (BibTeX manual, section 4); the backslash first.
SPECIAL = {"\\": r"\textbackslash{}", **{one: f"\\{one}" for one in "&%$#_{}"}, "~": r"\~{}", "^": r"\^{}"}
# What one does who takes a stance, and what several do; of other stances their names.
STANCES: Mapping[str, tuple[str, str]] = {
    "asserts": (mark("%(agents)s asserts"), mark("%(agents)s assert")),
    "denies": (mark("%(agents)s denies"), mark("%(agents)s deny")),
}
OTHER_STANCE = mark("%(agents)s (%(stance)s)")
PLACES = mark("%(article)s, sentence %(sentences)s"), mark("%(article)s, sentences %(sentences)s")
# How many speakers, articles, or sentences of an article are named.
NAMED = 3


@dataclass(frozen=True)
class Citation:
    """A citation in three forms."""

    text: str
    bibtex: str
    csl: str


@dataclass(frozen=True)
class Cited:
    """What is cited: the claim with who makes it, where it is carried, and its IRI."""

    title: str
    note: str
    iri: str


def cite(catalogue: Catalogue, interface: Interface, claim: Node) -> Citation:
    """How to cite a claim, with those who assert and deny it in the order of the record."""
    project = catalogue.project
    sayings = read_sayings(catalogue, catalogue.values(claim, catalogue.words.rec("attribution")))
    words = Words(catalogue, interface)
    cited = Cited(words.attribute(claim, sayings), words.place(sayings), str(claim))
    record = interface.gettext("In: %(title)s, version %(version)s", title=project.title, version=project.version)
    sentences = (cited.title, cited.note, record)
    text = " ".join([*(_end(sentence) for sentence in sentences if sentence), cited.iri])
    return Citation(text, _bibtex(project, cited), _csl(project, cited))


def _end(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


@dataclass(frozen=True)
class Words:
    """Writes a citation in the words of an interface."""

    catalogue: Catalogue
    interface: Interface

    def attribute(self, claim: Node, sayings: Sequence[Saying]) -> str:
        """The claim after those who make it, by stance."""
        speakers: dict[Node, list[str]] = {}
        for one in sayings:
            speakers.setdefault(one.stance, []).append(self._name(one.speaker))
        told = [self._stand(stance, list(dict.fromkeys(found))) for stance, found in speakers.items()]
        who = "; ".join(told) or self.interface.gettext("No attribution carries it")
        return f"{who}: {self._name(claim)}"

    def _stand(self, stance: Node, speakers: list[str]) -> str:
        words: dict[Node, tuple[str, str]] = {
            self.catalogue.words.concept(slug): told for slug, told in STANCES.items()
        }
        chosen = words.get(stance, (OTHER_STANCE, OTHER_STANCE))[len(speakers) > 1]
        return self.interface.gettext(chosen, agents=self.join(speakers), stance=self._name(stance))

    def place(self, sayings: Sequence[Saying]) -> str:
        """The articles and sentences that carry it; empty if none does."""
        found: dict[Node, list[str]] = {}
        for one in sayings:
            found.setdefault(one.article, []).extend(quotation.sentence for quotation in one.quotations)
        places = [self._place(article, list(dict.fromkeys(sentences))) for article, sentences in found.items()]
        joined = self.join(places, "; ") if places else ""
        return self.interface.gettext("As carried by %(articles)s", articles=joined) if joined else ""

    def _place(self, article: Node, sentences: list[str]) -> str:
        if not sentences:
            return self._name(article)
        words = PLACES[len(sentences) > 1]
        return self.interface.gettext(words, article=self._name(article), sentences=self.join(sentences))

    def join(self, names: Sequence[str], between: str = ", ") -> str:
        """Names in a row: the first of them where they are many."""
        if len(names) > NAMED + 1:
            rest = self.interface.gettext("and %(count)s more", count=str(len(names) - NAMED))
            return f"{between.join(names[:NAMED])} {rest}"
        if len(names) == 1:
            return names[0]
        return self.interface.gettext("%(names)s and %(name)s", names=between.join(names[:-1]), name=names[-1])

    def _name(self, node: Node) -> str:
        return self.catalogue.name(node).text


def _bibtex(project: Project, cited: Cited) -> str:
    name = f"{project.title}-{cited.iri.removeprefix(project.base)}".lower()
    key = re.sub(r"\W+", "-", name, flags=re.ASCII).strip("-")
    fields = {
        "title": f"{{{escape(cited.title)}}}",
        "howpublished": escape(project.title),
        "version": escape(project.version),
        "note": escape(cited.note),
        "url": cited.iri,
        "copyright": escape(project.licence_note),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}\n}}"


def escape(text: str) -> str:
    """A text as BibTeX reads it."""
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def _csl(project: Project, cited: Cited) -> str:
    item = {
        "id": cited.iri,
        "type": "entry",
        "title": cited.title,
        "publisher": project.title,
        "version": project.version,
        "note": cited.note,
        "URL": cited.iri,
        "license": project.licence,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2)
