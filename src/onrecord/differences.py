"""Differences: what two builds of a record say differently, statement by statement."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rdflib import RDF, XSD, BNode, Literal
from rdflib.term import Node

from onrecord.catalogue import natural_key
from onrecord.dumps import STORE_DUMP
from onrecord.fingerprint import VERSION_FILE
from onrecord.project import Project
from onrecord.store import Statement, read_nquads
from onrecord.texts import read_bytes
from onrecord.vocabulary import Vocabulary, vocabulary

GONE, COME, CHANGED = "-", "+", "~"
# Literals that are written without quotation marks, as in Turtle.
BARE = frozenset((XSD.integer, XSD.decimal, XSD.boolean))


class BuildError(Exception):
    """What is said to be a build cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Build:
    """A build as it was named, the title and version that it states (empty where it states none), its statements."""

    name: str
    release: str
    statements: frozenset[Statement]


@dataclass(frozen=True)
class Change:
    """What one graph says differently of a subject with one property: the value that is gone, and the one come."""

    predicate: str
    graph: str
    derived: bool
    old: str | None
    new: str | None

    @property
    def sign(self) -> str:
        """Whether a value is gone, come or changed."""
        return COME if self.old is None else GONE if self.new is None else CHANGED


@dataclass(frozen=True)
class SubjectChanges:
    """A subject, and what is said differently of it."""

    subject: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class ClaimChange:
    """A claim that is gone or come, or has another status; its words, and the statuses before and after."""

    sign: str
    claim: str
    words: str
    old: str
    new: str


@dataclass(frozen=True)
class GraphCount:
    """How many statements of a graph are gone and come, and how many it had and has."""

    graph: str
    gone: int
    come: int
    before: int
    after: int


@dataclass(frozen=True)
class Differences:
    """What two builds say differently, with names as a curator writes them; nothing at all if they say the same."""

    old: str
    new: str
    claims: tuple[ClaimChange, ...]
    graphs: tuple[GraphCount, ...]
    subjects: tuple[SubjectChanges, ...]


def read_build(path: Path) -> Build:
    """The build in a folder that was published, or in a file of N-Quads.

    Raises BuildError if there is none, or it cannot be read.
    """
    file = path / STORE_DUMP if path.is_dir() else path
    data = read_bytes(file)
    if isinstance(data, str):
        remedy = f"Name a folder of a build, with {STORE_DUMP} in it, or a file of N-Quads."
        raise BuildError(f"{file} cannot be read: {data}. {remedy}")
    try:
        return Build(str(path), _read_release(path), frozenset(read_nquads(data)))
    except ValueError as error:
        raise BuildError(f"{file} is not N-Quads: {error}. Build it again, or name another file.") from error


def _read_release(path: Path) -> str:
    stated = read_bytes(path / VERSION_FILE) if path.is_dir() else ""
    if isinstance(stated, str):
        return ""
    try:
        version = json.loads(stated)
        return f"{version['title']} {version['version']}"
    except (ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{path / VERSION_FILE} does not say which version it is. Build it again.") from error


def compare_builds(project: Project, old: Build, new: Build) -> Differences:
    """What the new build says otherwise than the old one, with the names of the project."""
    words = vocabulary(project)
    return Differences(
        old=_describe(old),
        new=_describe(new),
        claims=tuple(_compare_claims(project, words, old.statements, new.statements)),
        graphs=tuple(_count_graphs(project, old.statements, new.statements)),
        subjects=tuple(_compare_subjects(project, words, old.statements, new.statements)),
    )


def _describe(build: Build) -> str:
    return f"{build.name} ({build.release})" if build.release else build.name


Statements = frozenset[Statement]


def _compare_claims(project: Project, words: Vocabulary, old: Statements, new: Statements) -> Iterator[ClaimChange]:
    """The claims that are gone, those that are come, and those of another status, in that order."""
    before, after = _read_claims(words, old), _read_claims(words, new)
    told = {**_read_values(old, words.rec("statement")), **_read_values(new, words.rec("statement"))}
    signs = dict.fromkeys(before.keys() - after, GONE) | dict.fromkeys(after.keys() - before, COME)
    signs |= dict.fromkeys((claim for claim in before.keys() & after if before[claim] != after[claim]), CHANGED)
    for claim in sorted(signs, key=lambda one: ((GONE, COME, CHANGED).index(signs[one]), natural_key(str(one)))):
        terms = (told.get(claim, ()), before.get(claim, ()), after.get(claim, ()))
        yield ClaimChange(signs[claim], show_term(project, claim), *(_show_all(project, one) for one in terms))


def _read_claims(words: Vocabulary, statements: Statements) -> Mapping[Node, frozenset[Node]]:
    """Each claim with its statuses."""
    statuses = _read_values(statements, words.rec("status"))
    kinds = _read_values(statements, RDF.type)
    return {claim: statuses.get(claim, frozenset()) for claim in kinds if words.rec("Claim") in kinds[claim]}


def _read_values(statements: Statements, predicate: Node) -> Mapping[Node, frozenset[Node]]:
    values: dict[Node, set[Node]] = defaultdict(set)
    for statement in statements:
        if statement.predicate == predicate:
            values[statement.subject].add(statement.object)
    return {subject: frozenset(found) for subject, found in values.items()}


def _show_all(project: Project, terms: Iterable[Node]) -> str:
    return ", ".join(sorted(show_term(project, term) for term in terms))


def _count_graphs(project: Project, old: Statements, new: Statements) -> Iterator[GraphCount]:
    """The graphs that differ, by name."""
    gone, come, before, after = (
        Counter(statement.graph for statement in some) for some in (old - new, new - old, old, new)
    )
    for graph in sorted(gone.keys() | come):
        yield GraphCount(show_term(project, graph), gone[graph], come[graph], before[graph], after[graph])


def _compare_subjects(
    project: Project, words: Vocabulary, old: Statements, new: Statements
) -> Iterator[SubjectChanges]:
    differing = sorted(old ^ new, key=_subject_key)
    for _, about in groupby(differing, key=_subject_key):
        same = list(about)
        changes = [change for slot in _by_slot(same) for change in _pair_values(project, words, slot, old)]
        yield SubjectChanges(show_term(project, same[0].subject), tuple(changes))


def _subject_key(statement: Statement) -> tuple[object, ...]:
    return isinstance(statement.subject, BNode), natural_key(str(statement.subject)), str(statement.subject)


def _by_slot(statements: Iterable[Statement]) -> Iterable[list[Statement]]:
    """The statements of one subject by graph, property and language: what of these can take each other's place."""
    slots: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for one in statements:
        language = one.object.language or "" if isinstance(one.object, Literal) else ""
        slots[str(one.predicate), one.graph, language].append(one)
    return [slots[key] for key in sorted(slots)]


def _pair_values(project: Project, words: Vocabulary, slot: list[Statement], old: Statements) -> Iterator[Change]:
    """One change where a single value took the place of a single other; otherwise what is gone, and what is come."""
    gone, come = (sorted(show_term(project, s.object) for s in slot if (s in old) is was) for was in (True, False))
    apart = [*((value, None) for value in gone), *((None, value) for value in come)]
    pairs = [(gone[0], come[0])] if len(gone) == len(come) == 1 else apart
    place = (show_term(project, slot[0].predicate), show_term(project, slot[0].graph))
    for before, after in pairs:
        yield Change(*place, slot[0].graph == words.graph("derived"), before, after)


def show_term(project: Project, term: Node) -> str:
    """A term in a line, as a curator writes it in Turtle."""
    if isinstance(term, BNode):
        return f"_:{term}"
    if not isinstance(term, Literal):
        return project.compact(str(term))
    if term.datatype in BARE:
        return str(term)
    return f'"{_escape(str(term))}"{_mark(project, term)}'


def _escape(text: str) -> str:
    """The text with what would end the quotation, break the line or steer a terminal escaped, as JSON escapes it."""
    return "".join(
        character if character.isprintable() and character not in '"\\' else json.dumps(character)[1:-1]
        for character in text
    )


def _mark(project: Project, literal: Literal) -> str:
    if literal.language:
        return f"@{literal.language}"
    return f"^^{project.compact(str(literal.datatype))}" if literal.datatype else ""
