"""Words that a sentence must not lose: names, numbers, times and terms, found in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onrecord.articles import Span

NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million millions dozen dozens half several couple"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
SEASONS = "spring summer autumn fall winter".split()
PARTS_OF_DAY = "midnight noon morning afternoon evening night nightfall dawn dusk".split()
RELATIVE = "today|yesterday|tomorrow|currently|earlier|next day|last (?:week|month|year)|(?:this|next) (?:week|month|year)"
TIME = re.compile(
    rf"\b\d{{1,2}}:\d{{2}}(?: ?[ap]m)?\b|\bGMT\b|\b(?:1[5-9]|20)\d\ds?\b"
    rf"|\b(?:{'|'.join(WEEKDAYS + MONTHS)})\b|\b(?:in the )(?:{'|'.join(SEASONS)})\b"
    rf"|\b(?i:{'|'.join(PARTS_OF_DAY)})\b|\b(?i:{RELATIVE})\b"
)
NUMBER = re.compile(rf"\b\d+(?:[.,]\d+)*\b|\b(?i:{'|'.join(NUMBER_WORDS)})\b")
CAPITALISED = re.compile(r"(?<=[\w,;)’'”\"] )[“\"'(]?([A-Z][\w’-]*(?: [A-Z][\w’-]*)*)")


@dataclass(frozen=True)
class Word:
    """A word or phrase found in a sentence: its kind (name, number, time, unknown), its span and what it may mean."""

    kind: str
    text: str
    span: Span
    meanings: frozenset[str] = frozenset()


class Lexicon:
    """Knows the names and terms of a record, and finds them and all numbers and times in a text."""

    def __init__(self, meanings: Mapping[str, frozenset[str]]) -> None:
        self.meanings = meanings
        longest_first = sorted(meanings, key=lambda form: (-len(form), form))
        self.pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)") if meanings else None

    def find(self, text: str, masked: Iterable[Span]) -> list[Word]:
        """The words to model in a text, longest names first, none overlapping, none in the masked spans."""
        rest = _blank(text, masked)
        words: list[Word] = []
        for kind, pattern in (("name", self.pattern), ("time", TIME), ("number", NUMBER)):
            for match in pattern.finditer(rest) if pattern else ():
                span = Span(match.start(), match.end())
                words.append(Word(kind, match[0], span, self.meanings.get(match[0], frozenset())))
            rest = _blank(rest, (word.span for word in words))
        return sorted(words + _unknown_names(text, rest), key=lambda word: word.span.start)


def _unknown_names(text: str, rest: str) -> list[Word]:
    if is_title_case(text):
        return []
    return [
        Word("unknown", match[1], Span(match.start(1), match.end(1)))
        for match in CAPITALISED.finditer(rest)
        if match[1].strip() and match[1] != "I"
    ]


def is_title_case(text: str) -> bool:
    """Whether most longer words are capitalised, as in a headline: capitals then mark no names."""
    longer = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    return bool(longer) and sum(word[0].isupper() for word in longer) > 0.6 * len(longer)


def _blank(text: str, spans: Iterable[Span]) -> str:
    for span in spans:
        text = text[: span.start] + "\0" * (span.end - span.start) + text[span.end :]
    return text
