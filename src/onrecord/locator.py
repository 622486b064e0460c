"""Where a thing stands in the curator's own files: file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rdflib import URIRef

from onrecord.graph import Source
from onrecord.project import Project


class Locator:
    """Finds the file and line of a thing: where a source states it, or where an attribution's claim is carried."""

    def __init__(self, project: Project, sources: Iterable[Source]) -> None:
        self.project = project
        self.sources = list(sources)

    def find(self, focus: str) -> tuple[str, int | None]:
        """The file and line of an IRI; no line rather than a wrong one, no file if no source states it."""
        owner = URIRef(focus.partition("#")[0])
        if focus.startswith(self.project.base + "attribution/"):
            return self._attribution(focus)
        return self._stated(owner)

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
