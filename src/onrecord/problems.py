"""Mistakes in the data, as values: where, what, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


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


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings, then by file, line and code; each once."""
    return sorted(set(problems), key=lambda p: (p.severity, p.file, p.line or 0, p.code, p.subject, p.message))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them keeps the record from being published."""
    return any(problem.severity == "error" for problem in problems)


def as_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """The problems as JSON objects, in their order."""
    return [asdict(problem) for problem in problems]
