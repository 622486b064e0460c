"""Tokens: the words of a query, apart from what may hold any word without being one."""

from __future__ import annotations

import re
from collections.abc import Iterator

# SPARQL 1.1 Query, section 19.8: what may hold any word without being a keyword, then words and names.
TOKEN = re.compile(
    r"""
      (?P<quoted> \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
                | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<iri> <(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]+)*> )
    | (?P<comment> \#[^\n\r]* )
    | (?P<variable> [?$][\w·]+ )
    | (?P<name> [\w.·-]*:(?:[\w.%:·-]|\\[^\w\s])* )
    | (?P<language> @[A-Za-z-]+ )
    | (?P<word> [A-Za-z]+ )
    | (?P<mark> [^\s\w] )
    """,
    re.VERBOSE | re.DOTALL,
)
PROLOGUE = ("PREFIX", "BASE")


def find_keywords(query: str) -> Iterator[str]:
    """The bare words of a query in capitals: outside strings, IRIs, comments, variables and prefixed names."""
    for token in TOKEN.finditer(query):
        if token["word"]:
            yield token["word"].upper()


def has_keyword(query: str, words: frozenset[str]) -> bool:
    """Whether any of these words, in capitals, is a bare word of a query."""
    text = query.upper()
    return any(word in text for word in words) and not words.isdisjoint(find_keywords(query))


def first_keyword(query: str) -> str:
    """The word that says what is asked, after the prologue; empty if there is none."""
    return next((word for word in find_keywords(query) if word not in PROLOGUE), "")
