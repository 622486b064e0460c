"""Where a thing stands in the curator's own files: file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rdflib import URIRef

from onrecord.graph import Source
from onrecord.project import Project
from onrecord.store import Statement


class Locator:
    """Finds the file and line of a thing: where a source states it, or where an attribution's claim is carried."""

    def __init__(self, project: Project, sources: Iterable[Source]) -> None:
        self.project = project
        self.sources = list(sources)

    def find(self, focus: str) -> tuple[str, int | None]:
        """The file and line of an IRI; no line rather than a wrong one, no file if no source states it."""
        if focus.startswith(self.project.base + "attribution/"):
            return self._attribution(focus)
        return self._stated(self._owner(focus))

    def _owner(self, focus: str) -> URIRef:
        """The thing itself if a source names it, otherwise the thing that holds it."""
        named = any((URIRef(focus), None, None) in source.triples for source in self.sources)
        return URIRef(focus if named else focus.partition("#")[0])

    def find_statement(self, statement: Statement) -> tuple[str, int | None]:
        """The file of a statement and the line that names its value, or else the line of its subject.

        No file if no source states it, as when it is derived.
        """
        for source in self.sources:
            if source.graph == statement.graph:
                starts = self._starts(source, str(statement.subject))
                value = self.project.compact(str(statement.object))
                found = [line for start in starts for line in _lines_that_name(value, source.text, start)]
                return source.file, next((lines[0] for lines in (found, starts) if len(lines) == 1), None)
        return "", None

    def _starts(self, source: Source, subject: str) -> list[int]:
        """The lines at which a source begins to speak of a subject."""
        if subject.startswith(self.project.base + "attribution/"):
            _, line = self._attribution(subject.partition("#")[0])
            return [] if line is None else [line]
        name = re.escape(self.project.compact(str(self._owner(subject))))
        return [source.text.count("\n", 0, one.start()) + 1 for one in re.finditer(rf"^{name}\s", source.text, re.M)]

    def _stated(self, owner: URIRef) -> tuple[str, int | None]:
        for source in self.sources:
            if (owner, None, None) in source.triples:
                name = self.project.compact(str(owner))
                return source.file, source.line_of(f"\n{name} a ", f"\n{name} ", f"{name} ")
        return "", None

    def _attribution(self, focus: str) -> tuple[str, int | None]:
        """An attribution has no name in its file: it is where its claim, speaker and stance are named together."""
        article, *names = focus.removeprefix(self.project.base + "attribution/").split("/")
        for source in self.sources:
            if source.file.endswith(f"/{article}.ttl") and len(names) > 2:
                return source.file, _line_of_attribution(source.text, *names[:3])
        return self._stated(URIRef(focus))


def _line_of_attribution(text: str, claim: str, speaker: str, stance: str) -> int | None:
    starts = [found.start() for found in re.finditer(r"rec:claim\s", text)]
    lines = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        named = set(re.findall(r"[\w-]*:([\w.-]+)", text[start:end]))
        if {claim, speaker, stance} <= named:
            lines.append(text.count("\n", 0, start) + 1)
    return lines[0] if len(lines) == 1 else None


def _lines_that_name(value: str, text: str, start: int) -> list[int]:
    """The lines that name a value, up to where the next thing or the next attribution begins."""
    named = re.compile(rf"(?<![\w:-]){re.escape(value)}(?![\w:-])")
    found = []
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if number > start and re.match(r"[^\s#]|.*rec:claim\s", line):
            break
        if named.search(line):
            found.append(number)
    return found
