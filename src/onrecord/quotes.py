"""Quotes found in an article, character for character, or the reason why not."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from onrecord.articles import Article, Span, find_all


@dataclass(frozen=True)
class Fault:
    """Why a quote cannot be found: a problem's code, message and remedy."""

    code: str
    message: str
    remedy: str


def find_quote(article: Article, words: str, occurrence: str | None = None) -> Span | Fault:
    """Where the article prints the words; ``occurrence`` says which printing, counted from 1."""
    spans = find_all(article.text, words)
    if not spans:
        message = f"This quote is not in {article.file}: “{words}”{_closest(article, words)}."
        return Fault("quote-not-found", message, "Copy the words as printed, or withdraw what rests on them.")
    if occurrence is None and len(spans) > 1:
        message = f"The quote “{words}” is printed {len(spans)} times in {article.file}."
        remedy = 'Say which: rec:quote [ rec:exact "…" ; rec:occurrence 1 ], or quote more words.'
        return Fault("quote-ambiguous", message, remedy)
    chosen = occurrence or "1"
    if not chosen.isdecimal() or not 1 <= int(chosen) <= len(spans):
        message = f"“{words}” is printed {len(spans)} times in {article.file}; there is no occurrence {chosen}."
        return Fault("quote-occurrence", message, f"Give rec:occurrence a number from 1 to {len(spans)}.")
    return spans[int(chosen) - 1]


def _closest(article: Article, words: str) -> str:
    """The passage nearest to the words, and by how many characters it differs, for a message."""
    candidates = [_nearest_in(article.words(sentence.span), words) for sentence in article.sentences]
    same, text = max(candidates, key=lambda found: found[0], default=(0, ""))
    if same < len(words) / 2:
        return ""
    different = max(len(words), len(text)) - same
    return f" (closest: “{text}”, {different} character{' differs' if different == 1 else 's differ'})"


def _nearest_in(sentence: str, words: str) -> tuple[int, str]:
    """How many characters the words share with the run of the sentence that they best lie upon, and that run."""
    matcher = difflib.SequenceMatcher(None, sentence, words, autojunk=False)
    block = matcher.find_longest_match()
    start = max(0, block.a - block.b)
    text = sentence[start : start + len(words)]
    shared = difflib.SequenceMatcher(None, text, words, autojunk=False).get_matching_blocks()
    return sum(part.size for part in shared), text
