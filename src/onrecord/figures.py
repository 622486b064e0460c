"""Figures: the numbers and bounds that the words of an article stand for.

The tables are the documented convention: docs/vocabulary.md shows them, and the record is held to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.lexicon import NUMBERS


@dataclass(frozen=True)
class Figure:
    """A count as words give it: exact or approximate, or only a lower bound; nothing where the words give none."""

    quantity: int | None = None
    lower: int | None = None
    approximate: bool = False


# Words that are a figure by themselves.
WORDS: Mapping[str, Figure] = {
    "half a dozen": Figure(6, approximate=True),
    "a dozen": Figure(12),
    "several": Figure(lower=2),
    "decades": Figure(lower=2),
    "dozens": Figure(lower=24),
    "hundreds": Figure(lower=200),
    "thousands": Figure(lower=2000),
    "losses": Figure(lower=1),
    "casualties": Figure(lower=1),
    "unknown number": Figure(),
}
# Words before a number, and what they make of it.
AT_LEAST = ("at least", "no fewer than")
MORE_THAN = ("more than", "over")
ABOUT = ("about", "around", "nearly", "almost", "approximately", "some")


def read_figure(words: str) -> Figure | None:
    """What the words of an article say a count is; None if they are in none of the tables."""
    text = words.lower()
    for marks, make in ((AT_LEAST, _at_least), (MORE_THAN, _more_than), (ABOUT, _about)):
        found = re.search(rf"\b(?:{'|'.join(marks)})\b(.*)", text)
        if found:
            number = _number(found[1])
            return None if number is None else make(number)
    known = [word for word in WORDS if re.search(rf"(?<!\w){word}(?!\w)", text)]
    if known:
        return WORDS[max(known, key=len)]
    number = _number(text)
    return None if number is None else Figure(number)


def _at_least(number: int) -> Figure:
    return Figure(lower=number)


def _more_than(number: int) -> Figure:
    return Figure(lower=number + 1)


def _about(number: int) -> Figure:
    return Figure(number, approximate=True)


def _number(text: str) -> int | None:
    """The first number in digits or as a word; "a dozen" is twelve, and a lone "a" is one."""
    if re.search(r"\ba dozen\b", text):
        return 12
    digits = re.search(r"\d+(?:,\d{3})*", text)
    if digits:
        return int(digits[0].replace(",", ""))
    named = [NUMBERS[word] for word in re.findall(r"[a-z]+", text) if word in NUMBERS]
    if named:
        return named[0]
    return 1 if re.match(r"an? ", text.strip()) else None
