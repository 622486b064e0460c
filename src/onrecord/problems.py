"""Mistakes in the data, as values: where, what, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

# How many characters of a text a message repeats.
ECHOED = 200


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a source file.

    ``file`` is relative to the project, ``line`` counts from 1 and is None where it is not known,
    ``code`` is a heading in docs/problems.md, ``severity`` is "error" or "warning".
    """

    file: str
    line: int | None
    subject: str
    code: str
    message: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [place, self.subject, self.code, f"{self.message} {self.remedy}"]
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True)
class Fault:
    """What is wrong, before it is known where: a problem's code, message, remedy and severity."""

    code: str
    message: str
    remedy: str
    severity: str = "error"

    def at(self, file: str, line: int | None, subject: str) -> Problem:
        """The problem that this fault is at a place."""
        return Problem(file, line, subject, self.code, self.message, self.remedy, self.severity)


def shorten(text: str) -> str:
    """A text that a message repeats, cut where it would fill the screen."""
    return text if len(text) <= ECHOED else text[:ECHOED].rstrip() + "…"


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings, then by file, line and code; each once."""
    return sorted(set(problems), key=lambda p: (p.severity, p.file, p.line or 0, p.code, p.subject, p.message))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them keeps the record from being published."""
    return any(problem.severity == "error" for problem in problems)


def split_message(text: str) -> tuple[str, str]:
    """What is wrong, the first sentence of a message, and what to do, the rest."""
    what, stop, remedy = text.partition(". ")
    return what + stop.rstrip(), remedy


def first_of_each(problems: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """The first problem of each code, and how many others have it."""
    firsts: dict[str, Problem] = {}
    counts: Counter[str] = Counter()
    for problem in problems:
        firsts.setdefault(problem.code, problem)
        counts[problem.code] += 1
    return [(problem, counts[code] - 1) for code, problem in firsts.items()]


def as_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """The problems as JSON objects, in their order."""
    return [asdict(problem) for problem in problems]
