"""Words that a sentence must not lose: names, numbers, times and terms, found in its text.

The three tables below are the documented list of what counts as a number or a time in English text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onrecord.articles import Span

UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS: Mapping[str, int] = {
    **{word: value for value, word in enumerate(UNITS.split())},
    **{word: value for value, word in zip(range(20, 100, 10), TENS.split(), strict=True)},
}
VAGUE_NUMBERS = ("hundreds?", "thousands?", "millions?", "dozens?", "half", "several", "couple")
TIMES = (
    r"\d{1,2}:\d{2}(?: ?[ap]m)?",
    "GMT",
    r"(?:1[5-9]|20)\d\ds?",
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "January|February|March|April|May|June|July|August|September|October|November|December",
    "in the (?:spring|summer|autumn|fall|winter)",
    "(?i:midnight|noon|morning|afternoon|evening|night|nightfall|dawn|dusk)",
    "(?i:today|yesterday|tomorrow|currently|earlier|next day|(?:last|this|next) (?:week|month|year))",
)
TIME = re.compile(rf"\b(?:{'|'.join(TIMES)})\b")
NUMBER = re.compile(rf"\b(?:\d+(?:[.,]\d+)*|(?i:{'|'.join([*NUMBERS, *VAGUE_NUMBERS])}))\b")
CAPITALISED = re.compile(r"(?<=[\w,;)’'”\"] )[“\"'(]?([A-Z][\w’-]*(?: [A-Z][\w’-]*)*)")


@dataclass(frozen=True)
class Word:
    """A word or phrase found in a sentence: its kind (name, number, time, unknown name), and what it may mean."""

    kind: str
    text: str
    span: Span
    meanings: frozenset[str] = frozenset()


class Lexicon:
    """Knows the names and terms of a record, and finds them and all numbers and times in a text."""

    def __init__(self, meanings: Mapping[str, frozenset[str]]) -> None:
        self.meanings = meanings
        forms = [re.escape(form) for form in sorted(meanings, key=lambda form: (-len(form), form))]
        # Without any name the pattern must match nothing: an empty alternative would match everywhere.
        self.pattern = re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)" if forms else r"(?!)")

    def find(self, text: str, masked: Iterable[Span]) -> list[Word]:
        """The words to model in a text, longest names first, none overlapping, none wholly in a masked span."""
        rest, words, spans = text, list[Word](), list(masked)
        for kind, pattern in (("name", self.pattern), ("time", TIME), ("number", NUMBER)):
            for match in pattern.finditer(rest):
                span = Span(match.start(), match.end())
                words.append(Word(kind, match[0], span, self.meanings.get(match[0], frozenset())))
            rest = _blank(rest, (word.span for word in words))
        words += _unknown_names(text, rest)
        kept = (word for word in words if not any(span.holds(word.span) for span in spans))
        return sorted(kept, key=lambda word: word.span.start)


def number_of(text: str) -> int | None:
    """The number that digits or a number word stand for; None for "several", "dozens" and the like."""
    plain = text.replace(",", "").lower()
    return int(plain) if plain.isdecimal() else NUMBERS.get(plain)


def _unknown_names(text: str, rest: str) -> list[Word]:
    """Capitalised words inside a sentence that no attested spelling covers."""
    if is_title_case(text):
        return []
    found = [match for match in CAPITALISED.finditer(rest) if match[1] != "I"]
    return [Word("unknown name", match[1], Span(match.start(1), match.end(1))) for match in found]


def is_title_case(text: str) -> bool:
    """Whether most longer words are capitalised, as in a headline: capitals then mark no names."""
    longer = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    return bool(longer) and sum(word[0].isupper() for word in longer) > 0.6 * len(longer)


def _blank(text: str, spans: Iterable[Span]) -> str:
    for span in spans:
        text = text[: span.start] + "\0" * (span.end - span.start) + text[span.end :]
    return text
