"""Descriptions: what a DESCRIBE query describes, as a SELECT query that finds it.

SPARQL 1.1 Query, section 16.4, leaves open what a description holds. The engine gives what is said about a thing; a
reader of this record also wants what names it, so the things are found first and described by the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.tokens import PROLOGUE, TOKEN, has_keyword

Token = re.Match[str]
DESCRIBE = frozenset(("DESCRIBE",))


def select_described(query: str) -> str | None:
    """A SELECT query whose rows hold the things that a DESCRIBE query describes; None for a query of another form."""
    if not has_keyword(query, DESCRIBE):
        return None
    tokens = [token for token in TOKEN.finditer(query) if not token["comment"]]
    words = [at for at, token in enumerate(tokens) if token["word"] and token["word"].upper() not in PROLOGUE]
    if not words or tokens[words[0]]["word"].upper() != "DESCRIBE":
        return None
    begin = words[0] + 1
    end = begin + sum(1 for _ in _things(tokens[begin:]))
    clauses = _after_clauses(tokens, end)
    before, between, after = tokens[begin - 1].start(), _start(tokens, end, query), _start(tokens, clauses, query)
    columns, pattern = _columns(tokens[begin:end], query), _pattern(tokens, clauses)
    return f"{query[:before]}SELECT {columns} {query[between:after]}{pattern}{query[after:]}"


def _things(tokens: Sequence[Token]) -> Iterator[Token]:
    """The variables and IRIs that stand before the clauses (production 11)."""
    for token in tokens:
        if not (token["variable"] or token["iri"] or token["name"] or token["mark"] == "*"):
            return
        yield token


def _columns(things: Sequence[Token], query: str) -> str:
    own = "_described"
    while own in query:
        own += "_"
    return " ".join(
        thing[0] if thing["variable"] or thing["mark"] else f"({thing[0]} AS ?{own}{at})"
        for at, thing in enumerate(things)
    )


def _after_clauses(tokens: Sequence[Token], at: int) -> int:
    """Where the dataset clauses end (production 13)."""
    while at < len(tokens) and (tokens[at]["word"] or "").upper() in ("FROM", "NAMED"):
        at += 1
        if at < len(tokens) and (tokens[at]["iri"] or tokens[at]["name"]):
            at += 1
    return at


def _pattern(tokens: Sequence[Token], at: int) -> str:
    """The pattern that SELECT must have and DESCRIBE need not."""
    has_one = at < len(tokens) and (tokens[at]["mark"] == "{" or (tokens[at]["word"] or "").upper() == "WHERE")
    return "" if has_one else " {} "


def _start(tokens: Sequence[Token], at: int, query: str) -> int:
    return tokens[at].start() if at < len(tokens) else len(query)
