"""What the last check of a project left: its statements in a store on disk, and what it found, each where it stands.

It lies in the user's cache, as what memory keeps. While it is changed it holds no facts, so that one that was left
half-way is not taken for whole.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any

from rdflib import Literal, URIRef

from onrecord.checks import Draft
from onrecord.leads import HIDDEN, FarReachingError
from onrecord.memory import NOT_KEPT, folder
from onrecord.plans import Plan, plan_as_json, plan_from_json
from onrecord.problems import Problem, as_json
from onrecord.project import Project
from onrecord.rederivation import MADE, STATED
from onrecord.store import Store, Triple, parse_turtle, serialise
from onrecord.vocabulary import vocabulary

FACTS, STORE, SUMMARY = "facts.json", "store", "summary.nt"
# Of how many projects the last check is kept.
KEPT = 20
# The graph of what tells with which facts the store was kept.
MARK = f"{HIDDEN}mark"


@dataclass(frozen=True)
class Facts:
    """What a check found, and in what.

    ``files`` has the hash of every file. ``articles`` are, by Turtle file, those that it says something of;
    ``described`` has the file that describes each, and its text's. ``found`` are the problems of each check.
    ``summary`` tells the triples of the record's summary, and ``terms`` those that it kept as they are; ``plan`` says
    how to find what a change affects.
    """

    files: Mapping[str, str]
    articles: Mapping[str, list[str]]
    described: Mapping[str, tuple[str, str]]
    found: Mapping[str, list[Problem]]
    summary: frozenset[str]
    terms: frozenset[str]
    plan: Plan


class Standing:
    """What was left of a project's last check; to be read, changed, and kept again."""

    def __init__(self, project: Project) -> None:
        place = hashlib.sha256(f"{project.root}\0{project.base}".encode()).hexdigest()[:16]
        self.folder = folder() / f"standing-{place}"

    def read(self) -> Facts | None:
        """The facts; None where there are none."""
        try:
            kept = json.loads((self.folder / FACTS).read_text(encoding="utf-8"))
            found = {name: [Problem(**one) for one in problems] for name, problems in kept["found"].items()}
            described = {iri: (file, text) for iri, (file, text) in kept["described"].items()}
            sets = {name: frozenset(kept[name]) for name in ("summary", "terms")}
            plan = plan_from_json(kept["plan"])
            return Facts(**{**kept, **sets, "found": found, "described": described, "plan": plan})
        except (*NOT_KEPT, TypeError, KeyError):
            return None

    def open(self) -> Store:
        """The store. OSError if another process has it, RuntimeError if it is broken."""
        return Store(self.folder / STORE, changing=True, hidden=HIDDEN)

    def spoil(self) -> None:
        """Take the facts away, before the store is changed."""
        (self.folder / FACTS).unlink(missing_ok=True)

    def keep(self, facts: Facts, store: Store) -> None:
        """Keep the facts, and mark the store as the one that they are about."""
        kept: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(facts)}
        kept |= {"summary": sorted(facts.summary), "terms": sorted(facts.terms), "plan": plan_as_json(facts.plan)}
        kept["found"] = {name: as_json(problems) for name, problems in facts.found.items()}
        store.take(store.match(None, None, None, MARK), MARK)
        store.put([_mark(facts)], MARK)
        (self.folder / FACTS).write_text(json.dumps(kept), encoding="utf-8")

    def read_summary(self) -> list[Triple]:
        """The triples of the record's summary. FarReachingError where they cannot be read."""
        triples = parse_turtle((self.folder / SUMMARY).read_text(encoding="utf-8"), HIDDEN)
        if triples is None:
            raise FarReachingError("the summary cannot be read")
        return triples

    def keep_summary(self, triples: Iterable[Triple]) -> None:
        """Keep the triples of the record's summary."""
        (self.folder / SUMMARY).write_bytes(serialise(triples, "application/n-triples", {}))

    def fill(self, draft: Draft) -> None:
        """Begin anew with the statements of a draft. OSError if another process has the store."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.spoil()
        with closing(self._open_anew()) as store:
            store.clear()
            store.fill(_rows(draft))
        kept = sorted(self.folder.parent.glob("standing-*"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def _open_anew(self) -> Store:
        try:
            return self.open()
        except RuntimeError:
            shutil.rmtree(self.folder / STORE)
            return self.open()


def is_about(facts: Facts, store: Store) -> bool:
    """Whether a store is the one that facts were kept with."""
    return bool(store.match(*_mark(facts), MARK))


def _mark(facts: Facts) -> Triple:
    node = URIRef(MARK)
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(facts.files.items()))
    return node, node, Literal(hashlib.sha256(text.encode()).hexdigest())


def _rows(draft: Draft) -> Iterator[tuple[Triple, str | None]]:
    """Every statement with each graph that it is kept in."""
    derived = vocabulary(draft.record.project).graph("derived")
    for statement in draft.record.statements:
        triple = statement[:3]
        yield triple, None
        yield triple, str(statement.graph)
        if statement.graph != derived:
            yield triple, STATED
    for file, made in draft.made.items():
        yield from ((statement[:3], MADE + file) for statement in made)
