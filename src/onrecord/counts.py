"""Counts: how many rows an answer has, told from what is written of it as it passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.answers import CSV, ROWS_JSON, ROWS_XML, TSV
from onrecord.store import Sink

QUOTE, ESCAPE = b'"', b"\\"


@dataclass(frozen=True)
class Syntax:
    """How rows are told apart in a format: by marks of one length, of which there are ``more`` than rows.

    Where values stand in quotes, ``kept`` are the characters that marks are made of; what is in quotes is no mark.
    ``has_escapes`` says whether a backslash in quotes takes the next character for itself.
    """

    marks: tuple[bytes, ...]
    more: int = 0
    kept: bytes = b""
    has_escapes: bool = False

    @property
    def dropped(self) -> bytes:
        """All characters that say nothing of rows."""
        return bytes(set(range(256)) - set(self.kept + QUOTE)) if self.kept else b""


# In JSON a name stands before the brace of all but rows. XML has no < in its texts, and TSV no line ends (SPARQL 1.1
# Query Results CSV and TSV Formats, section 4).
SYNTAXES: Mapping[str, Syntax] = {
    ROWS_JSON: Syntax((b"[{", b"}{"), kept=b"[{}", has_escapes=True),
    ROWS_XML: Syntax((b"<result>",)),
    CSV: Syntax((b"\n",), more=1, kept=b"\n"),
    TSV: Syntax((b"\n",), more=1),
}


class Counted:
    """Passes an answer on and counts its rows."""

    def __init__(self, out: Sink, syntax: Syntax) -> None:
        self._out, self._syntax, self._dropped = out, syntax, syntax.dropped
        self._carried = len(syntax.marks[0]) - 1
        self._marks, self._in_quotes = 0, False
        # A mark or an escape may begin in one piece and end in the next.
        self._end = self._escape = b""

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return self._marks - self._syntax.more

    def write(self, data: bytes) -> int:
        """Take a piece."""
        plain = self._end + (self._leave_out_values(data) if self._dropped else data)
        self._marks += sum(map(plain.count, self._syntax.marks))
        self._end = plain[max(len(plain) - self._carried, 0) :]
        self._out.write(data)
        return len(data)

    def flush(self) -> None:
        """Write what waits."""
        self._out.flush()

    def _leave_out_values(self, data: bytes) -> bytes:
        """What of a piece can be part of marks, and quotes in place of all that is in quotes."""
        if self._syntax.has_escapes:
            data = self._leave_out_escapes(self._escape + data)
        kept = (QUOTE if self._in_quotes else b"") + data.translate(None, self._dropped)
        quotes = kept.count(QUOTE)
        self._in_quotes = quotes % 2 == 1
        if self._in_quotes:
            kept += QUOTE
        # Where quotes stand together by even numbers, nothing is left between an opening and a closing one.
        is_clear = kept.count(QUOTE + QUOTE) == (quotes + 1) // 2
        return kept if is_clear else QUOTE.join(kept.split(QUOTE)[::2])

    def _leave_out_escapes(self, data: bytes) -> bytes:
        """A piece without escapes, less the half of one at its end, which waits for the next piece."""
        first, *others = data.split(ESCAPE)
        if b"" in others:
            first, *others = data.replace(ESCAPE + ESCAPE, b"").split(ESCAPE)
        self._escape = ESCAPE if others and not others[-1] else b""
        return first + b"".join([other[1:] for other in others]) if others else data
