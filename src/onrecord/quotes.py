"""Quotes found in an article, character for character, or the reason why not."""

from __future__ import annotations

import difflib

from onrecord.articles import Article, Span, find_all
from onrecord.problems import Fault, shorten

# For longer quotes nothing close is looked for, and of a sentence no more is looked at: it would take minutes.
LONGEST_QUOTE, LONGEST_SENTENCE = 2_000, 10_000


def find_quote(article: Article, words: str, occurrence: str | None = None) -> Span | Fault:
    """Where the article prints the words; ``occurrence`` says which printing, counted from 1."""
    spans = find_all(article.text, words)
    if not spans:
        message = f"This quote is not in {article.file}: “{shorten(words)}”{_closest(article, words)}."
        return Fault("quote-not-found", message, "Copy the words as printed, or withdraw what rests on them.")
    if occurrence is None and len(spans) > 1:
        message = f"The quote “{shorten(words)}” is printed {len(spans)} times in {article.file}."
        remedy = 'Say which: rec:quote [ rec:exact "…" ; rec:occurrence 1 ], or quote more words.'
        return Fault("quote-ambiguous", message, remedy)
    chosen = "1" if occurrence is None else shorten(occurrence)
    number = read_number(chosen)
    if not 1 <= number <= len(spans):
        message = (
            f"“{shorten(words)}” is printed {len(spans)} times in {article.file}; there is no occurrence {chosen}."
        )
        return Fault("quote-occurrence", message, f"Give rec:occurrence a number from 1 to {len(spans)}.")
    return spans[number - 1]


def read_number(text: str) -> int:
    """A printing's number as written; 0, which is the number of none, where it is not written in digits."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _closest(article: Article, words: str) -> str:
    """The passage nearest to the words, and by how many characters it differs, for a message."""
    if len(words) > LONGEST_QUOTE:
        return ""
    sentences = (article.words(sentence.span)[:LONGEST_SENTENCE] for sentence in article.sentences)
    candidates = [_nearest_in(sentence, words) for sentence in sentences]
    same, text = max(candidates, key=lambda found: found[0], default=(0, ""))
    if same < len(words) / 2:
        return ""
    different = max(len(words), len(text)) - same
    return f" (closest: “{shorten(text)}”, {different} character{' differs' if different == 1 else 's differ'})"


def _nearest_in(sentence: str, words: str) -> tuple[int, str]:
    """How many characters the words share with the run of the sentence that they best lie upon, and that run."""
    matcher = difflib.SequenceMatcher(None, sentence, words, autojunk=False)
    block = matcher.find_longest_match()
    start = max(0, block.a - block.b)
    text = sentence[start : start + len(words)]
    shared = difflib.SequenceMatcher(None, text, words, autojunk=False).get_matching_blocks()
    return sum(part.size for part in shared), text
