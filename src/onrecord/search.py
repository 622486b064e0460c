"""Search: an index over names, spellings, statements and sentences, in the form that MiniSearch reads (its
serialisation, version 2), so that a browser searches the site without a server."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from rdflib import URIRef
from rdflib.namespace import OWL, SKOS
from rdflib.term import Node

from onrecord.catalogue import LITERAL_FORM, Catalogue, document_of
from onrecord.documents import path_of
from onrecord.interface import Interface, mark
from onrecord.questions import Asked

PATH = "search.json"
# What is searched, and how much a word counts where it is found.
FIELDS: Mapping[str, int] = {"label": 4, "names": 3, "context": 1}
STORED = ("kind", "label", "context", "path")
# The groups in which hits are shown, and the classes of the core ontology that belong to each; in this order.
KINDS: Mapping[str, tuple[str, ...]] = {
    mark("Events"): ("Occurrence",),
    mark("Disputes"): ("Dispute",),
    mark("People"): ("Person",),
    mark("States, organisations and groups"): ("Agent", "Office"),
    mark("Places"): ("Place",),
    mark("Claims"): ("Claim",),
    mark("Accounts"): ("Account",),
    mark("Articles"): ("Article",),
}
SENTENCES, QUESTIONS, TERMS = mark("Sentences"), mark("Questions"), mark("Terms")
GROUPS = (*KINDS, SENTENCES, QUESTIONS, TERMS)
# Letters that many keyboards have not and that decomposition leaves as they are.
FOLDS: Mapping[str, str] = {
    **dict(zip("əıøłđðħŧ", "eiolddht", strict=True)),
    **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"},
}
WORD = re.compile(r"[^\W_]+")
LONGEST = 240
TERM_CLASSES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.Concept, SKOS.ConceptScheme)
SPELLINGS = tuple(URIRef(f"http://www.w3.org/2008/05/skos-xl#{name}") for name in ("altLabel", "hiddenLabel"))


@dataclass(frozen=True)
class Entry:
    """What can be found: its group, its name, other names, a line about it, and where it is shown."""

    kind: int
    label: str
    names: str
    context: str
    path: str


def render_search(catalogue: Catalogue, asked: Iterable[Asked], interface: Interface) -> bytes:
    """The index with what a page needs to search it as it was made."""
    entries = list(list_entries(catalogue, asked, interface))
    found = {
        "kinds": [interface.gettext(group) for group in GROUPS],
        "fields": list(FIELDS),
        "stored": STORED,
        "boosts": FIELDS,
        "folds": FOLDS,
        "index": index_entries(entries),
    }
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def list_entries(catalogue: Catalogue, asked: Iterable[Asked], interface: Interface) -> Iterator[Entry]:
    """Everything that can be found, in a fixed order."""
    rec = catalogue.words.rec
    seen: set[Node] = set()
    for at, classes in enumerate(KINDS.values()):
        for thing in dict.fromkeys(thing for name in classes for thing in catalogue.members(rec(name))):
            if catalogue.is_own(thing) and thing not in seen:
                seen.add(thing)
                yield _entry(catalogue, at, thing, interface)
    yield from map(partial(_sentence, catalogue), catalogue.members(rec("Sentence")))
    for one in asked:
        yield Entry(GROUPS.index(QUESTIONS), one.question, one.title, "", f"questions/{one.slug}.html")
    for term in dict.fromkeys(term for kind in TERM_CLASSES for term in catalogue.members(kind)):
        if catalogue.is_own(term):
            yield _entry(catalogue, GROUPS.index(TERMS), term, interface)


def _entry(catalogue: Catalogue, kind: int, thing: Node, interface: Interface) -> Entry:
    others = [name.text for name in catalogue.other_names(thing)]
    forms = [str(form) for one in catalogue.values(thing, *SPELLINGS) for form in catalogue.values(one, LITERAL_FORM)]
    names = " · ".join(dict.fromkeys((*others, *sorted(forms))))
    context = _context(catalogue, thing, interface)
    return Entry(kind, catalogue.name(thing).text, names, context, _path(catalogue, thing))


def _context(catalogue: Catalogue, thing: Node, interface: Interface) -> str:
    """Who asserts or denies a claim; of other things, what they are."""
    rec = catalogue.words.rec
    said = ((mark("asserted by %(agents)s"), "assertedBy"), (mark("denied by %(agents)s"), "deniedBy"))
    told = [(words, catalogue.sorted(catalogue.values(thing, rec(slot)))) for words, slot in said]
    lines = [
        interface.gettext(words, agents=", ".join(catalogue.name(one).text for one in agents))
        for words, agents in told
        if agents
    ]
    if lines:
        return "; ".join(lines)
    definitions = catalogue.values(thing, SKOS.definition)
    kinds = [catalogue.name(kind).text for kind in catalogue.types(thing)]
    return shorten(str(definitions[0])) if definitions else ", ".join(kinds)


def _sentence(catalogue: Catalogue, sentence: Node) -> Entry:
    """A sentence by its words, if they are published."""
    rec = catalogue.words.rec
    text = str(catalogue.value(sentence, rec("exact")) or "")
    article = catalogue.value(sentence, rec("inArticle"))
    context = catalogue.name(article).text if article else ""
    return Entry(GROUPS.index(SENTENCES), shorten(text), text[LONGEST:], context, _path(catalogue, sentence))


def _path(catalogue: Catalogue, thing: Node) -> str:
    path = path_of(catalogue.project, str(thing))
    return path if "#" in str(thing) else path_of(catalogue.project, document_of(thing))


def shorten(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def read_words(text: str) -> list[str]:
    """The words of a text, without case, accents and letters that few keyboards have."""
    plain = unicodedata.normalize("NFKD", text.lower())
    letters = (FOLDS.get(letter, letter) for letter in plain if not unicodedata.category(letter).startswith("M"))
    return WORD.findall("".join(letters))


def index_entries(entries: Iterable[Entry]) -> dict[str, object]:
    """The index of entries, as MiniSearch itself would write it."""
    terms: dict[str, dict[int, dict[int, int]]] = {}
    lengths: dict[int, list[int]] = {}
    stored: dict[int, dict[str, object]] = {}
    averages = [0.0] * len(FIELDS)
    for number, entry in enumerate(entries):
        lengths[number] = []
        stored[number] = {name: getattr(entry, name) for name in STORED}
        for field, name in enumerate(FIELDS):
            words = read_words(getattr(entry, name))
            lengths[number].append(len(set(words)))
            averages[field] = (averages[field] * number + lengths[number][field]) / (number + 1)
            for word in words:
                counts = terms.setdefault(word, {}).setdefault(field, {})
                counts[number] = counts.get(number, 0) + 1
    return {
        "documentCount": len(stored),
        "nextId": len(stored),
        "documentIds": {number: number for number in stored},
        "fieldIds": {name: field for field, name in enumerate(FIELDS)},
        "fieldLength": lengths,
        "averageFieldLength": averages,
        "storedFields": stored,
        "dirtCount": 0,
        "index": sorted(terms.items()),
        "serializationVersion": 2,
    }
