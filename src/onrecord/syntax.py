"""Syntax: what is wrong with a query that cannot be parsed, where, and what to do about it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from onrecord.project import Project
from onrecord.store import QueryError
from onrecord.tokens import PROLOGUE, TOKEN

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
PAIRS = {"{": "}", "(": ")", "[": "]"}
# The engine names what else might have stood there; these are reasons, and not what might have stood.
REASONS = re.compile(
    r"Duplicated variable name in SELECT|The SELECT contains a variable that is unbound|IRI parsing failed"
)


@dataclass(frozen=True)
class SyntaxFault:
    """Why a query is none: what is wrong, the line and column where it shows (from 1), that line, and what to do.

    ``line`` is None where the engine names no place.
    """

    detail: str
    hint: str
    line: int | None = None
    column: int | None = None
    source: str = ""

    def __str__(self) -> str:
        place = f" at line {self.line}, column {self.column}" if self.line else ""
        return f"{self.detail}{place}. {self.hint}"


def explain_syntax(project: Project, query: str, error: QueryError) -> SyntaxFault:
    """What is wrong with a query, for the one who wrote it, from the engine's message."""
    found = re.search(r"error at (\d+):(\d+): ", str(error))
    if not found:
        return SyntaxFault(f"The engine cannot answer this query: {_first_line(str(error))}", "Ask in another way.")
    cause = next(_find_causes(project, query), None)
    at = _place_of(query, cause.offset) if cause and cause.offset is not None else (int(found[1]), int(found[2]))
    lines = query.splitlines() or [""]
    source = lines[at[0] - 1] if at[0] <= len(lines) else ""
    reason = REASONS.search(str(error))
    detail = (cause and cause.detail) or f"This is not a SPARQL query: {reason[0] if reason else 'it goes wrong'}"
    return SyntaxFault(detail, cause.hint if cause else "Look just before that place, too.", *at, source)


class _Cause(NamedTuple):
    """What to do about a mistake; where it is and what it is, if that is known better than the engine knows it."""

    hint: str
    offset: int | None = None
    detail: str = ""


def _first_line(message: str) -> str:
    return re.split(r"\n", message)[0].rstrip(".")


def _find_causes(project: Project, query: str) -> Iterator[_Cause]:
    """What may be wrong with a query, the likeliest first."""
    if not query.strip():
        yield _Cause("Write a query: SELECT * { ?s ?p ?o } LIMIT 10")
    yield from _find_unknown_prefix(project, query)
    words = (token for token in TOKEN.finditer(query) if token["word"])
    first = next((word for word in words if word[0].upper() not in PROLOGUE), None)
    if first and first[0].upper() not in FORMS:
        near = difflib.get_close_matches(first[0].upper(), FORMS, n=1)
        usual = f"After its prefixes, a query begins with {', '.join(FORMS)}."
        yield _Cause(f"Did you mean {near[0]}?" if near else usual, first.start())
    yield from _find_unpaired(query)


def _find_unpaired(query: str) -> Iterator[_Cause]:
    """Brackets that are opened and never closed, or closed and never opened."""
    waiting: list[re.Match[str]] = []
    for token in TOKEN.finditer(query):
        mark = token["mark"] or ""
        if mark in PAIRS:
            waiting.append(token)
        elif mark and mark in PAIRS.values():
            if not waiting or PAIRS[waiting[-1][0]] != mark:
                yield _Cause(f"This {mark} closes nothing: take it out, or open what it closes.", token.start())
                return
            waiting.pop()
    if waiting:
        line, column = _place_of(query, waiting[-1].start())
        yield _Cause(f"The {waiting[-1][0]} at line {line}, column {column} is never closed.")


def _find_unknown_prefix(project: Project, query: str) -> Iterator[_Cause]:
    """The first name whose prefix nobody declares."""
    declared = {*project.prefixes, *re.findall(r"prefix\s+([\w.-]*):", query, re.IGNORECASE)}
    for token in TOKEN.finditer(query):
        prefix = token[0].partition(":")[0]
        if token["name"] and prefix != "_" and prefix not in declared:
            yield _Cause(_explain_prefix(project, prefix), token.start(), f"Nothing declares the prefix {prefix}:")
            return


def _explain_prefix(project: Project, prefix: str) -> str:
    near = difflib.get_close_matches(prefix, [known for known in project.prefixes if known], n=1)
    known = ", ".join(f"{known}:" for known in project.prefixes)
    guess = f"Did you mean {near[0]}:? " if near else ""
    return f"{guess}Declare it with PREFIX {prefix}: <…>, or use one that is known: {known}."


def _place_of(query: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset, from 1."""
    before = query[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
