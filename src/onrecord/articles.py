"""The articles as printed, cut into sentences with code-point offsets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise

from onrecord.memory import recall

WHITESPACE = " \t\r\u00a0\u2009\u202f"


@dataclass(frozen=True)
class Span:
    """Characters ``start`` to ``end`` of a text, in code points (RFC 5147)."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: Span) -> bool:
        """Whether the other lies wholly within this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Sentence:
    """A sentence, headline or line; ``number`` counts from 1 in printed order, ``kind`` is a passage kind's slug."""

    span: Span
    number: int
    kind: str


@dataclass(frozen=True)
class Article:
    """An article: its IRI, its file in the project, its text untouched, and its sentences."""

    iri: str
    file: str
    text: str
    sentences: tuple[Sentence, ...]

    def words(self, span: Span) -> str:
        """The text of a span, as printed."""
        return self.text[span.start : span.end]

    def sentences_of(self, span: Span) -> list[Sentence]:
        """The sentences that a span overlaps."""
        return [sentence for sentence in self.sentences if sentence.span.overlaps(span)]


@dataclass(frozen=True)
class Corrections:
    """What the curator corrects of the splitter's work, in the words of the article.

    ``joins``: words across which not to cut. ``breaks``: words before which a sentence begins.
    ``kinds``: a line's text, which of its printings, and its passage kind.
    """

    joins: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    kinds: tuple[tuple[str, int, str], ...] = ()


def cut_sentences(text: str, corrections: Corrections, default_kind: str) -> tuple[Sentence, ...]:
    """Cut a text into sentences: by line, then by pySBD, then by the curator's corrections."""
    kinds, lines = _line_kinds(text, corrections), _lines(text)
    cuts = recall("cuts", [text], lambda: _cut_lines(text, lines), still=lambda: True)
    sentences: list[Sentence] = []
    for line, cuts_in in zip(lines, cuts, strict=True):
        for span in _split(text, line, cuts_in, corrections):
            sentences.append(Sentence(span, len(sentences) + 1, kinds.get(line, default_kind)))
    return tuple(sentences)


def find_all(text: str, words: str) -> list[Span]:
    """Every place where the words stand in the text, character for character."""
    if not words:
        return []
    return [Span(match.start(), match.start() + len(words)) for match in re.finditer(f"(?={re.escape(words)})", text)]


def _lines(text: str) -> list[Span]:
    spans = [_trim(text, Span(match.start(), match.end())) for match in re.finditer(r"[^\n]+", text)]
    return [span for span in spans if span.start < span.end]


def _trim(text: str, span: Span) -> Span:
    words = text[span.start : span.end]
    left = len(words) - len(words.lstrip(WHITESPACE))
    return Span(span.start + left, max(span.start + left, span.start + len(words.rstrip(WHITESPACE))))


def _line_kinds(text: str, corrections: Corrections) -> dict[Span, str]:
    lines = _lines(text)
    kinds = {}
    for words, occurrence, kind in corrections.kinds:
        same = [line for line in lines if text[line.start : line.end] == words]
        if len(same) >= occurrence:
            kinds[same[occurrence - 1]] = kind
    return kinds


def _split(text: str, line: Span, cuts_in: Sequence[int], corrections: Corrections) -> list[Span]:
    cuts = {line.start + cut for cut in cuts_in}
    cuts |= {span.start for words in corrections.breaks for span in find_all(text, words)}
    joined = [span for words in corrections.joins for span in find_all(text, words)]
    inside = [cut for cut in cuts if line.start < cut < line.end]
    kept = sorted(cut for cut in inside if not any(span.start < cut < span.end for span in joined))
    edges = [line.start, *kept, line.end]
    return [_trim(text, Span(start, end)) for start, end in pairwise(edges)]


def _cut_lines(text: str, lines: Sequence[Span]) -> list[list[int]]:
    """Where pySBD begins a new sentence in each line. It returns their words, which are looked up again in the line."""
    segmenter = import_module("pysbd").Segmenter(language="en", clean=False)
    return [_find_pieces(line, segmenter.segment(line)) for line in (text[one.start : one.end] for one in lines)]


def _find_pieces(line: str, pieces: Sequence[str]) -> list[int]:
    cuts, position = [], 0
    for piece in pieces:
        found = line.find(piece.strip(), position)
        if found > 0:
            cuts.append(found)
        position = max(position, found + len(piece.strip()))
    return cuts
