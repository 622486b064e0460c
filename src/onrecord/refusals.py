"""Refusals: what a query asks for that is never done, found before the query is evaluated.

The engine follows SERVICE to any address and cannot be told not to, and it reads some texts as SERVICE that the grammar
does not. So wherever the word occurs, whatever it is part of, the query must prove harmless: it is parsed, and refused
if it cannot be, or if a call of another endpoint is found in it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib import import_module

NO_SERVICE = (
    "No other endpoint is asked: SERVICE is refused, and so is a query with the word in it that cannot be read with "
    "certainty. Ask the other endpoint yourself, and join the answers."
)
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def find_refusal(query: str, prefixes: Mapping[str, str], base: str) -> str | None:
    """Why a query is refused, or None if it reaches nothing but the store.

    Engines differ in when they decode unicode escapes, so the query is looked at both ways.
    """
    if "service" not in decode_escapes(query).lower():
        return None
    readings = {query, ESCAPE.sub("x", query)}
    # The parser takes long to load, and hardly any query needs it.
    asks_another = import_module("onrecord.algebra").asks_another
    return NO_SERVICE if any(asks_another(text, prefixes, base) for text in readings) else None


def decode_escapes(text: str) -> str:
    """The text with each unicode escape as the character it stands for (SPARQL 1.1 Query, section 19.2)."""

    if "\\" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2], 16)
        return chr(code) if code <= sys.maxunicode else found[0]

    return ESCAPE.sub(character, text)
