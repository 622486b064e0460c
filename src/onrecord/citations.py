"""Citations: how to cite a thing of the record, as text, as BibTeX and as CSL-JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from onrecord.project import Project

# What BibTeX reads as its own (BibTeX manual, section 4); the backslash first.
SPECIAL = {"\\": r"\textbackslash{}", **{mark: f"\\{mark}" for mark in "&%$#_{}"}, "~": r"\~{}", "^": r"\^{}"}


@dataclass(frozen=True)
class Citation:
    """A citation in three forms."""

    text: str
    bibtex: str
    csl: str


def cite(project: Project, iri: str, title: str) -> Citation:
    """How to cite a thing; the record's version stands for a date, since the record has none."""
    sentence = title if title.endswith((".", "?", "!")) else f"{title}."
    text = f"“{sentence}” In: {project.title}, version {project.version}. {iri}"
    return Citation(text, _bibtex(project, iri, title), _csl(project, iri, title))


def _bibtex(project: Project, iri: str, title: str) -> str:
    key = re.sub(r"\W+", "-", f"{project.title}-{iri.removeprefix(project.base)}".lower(), flags=re.ASCII).strip("-")
    fields = {
        "title": f"{{{escape(title)}}}",
        "author": f"{{{escape(project.title)}}}",
        "version": escape(project.version),
        "howpublished": f"\\url{{{iri}}}",
        "note": escape(project.licence_note),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}\n}}"


def escape(text: str) -> str:
    """A text as BibTeX reads it."""
    return "".join(SPECIAL.get(mark, mark) for mark in text)


def _csl(project: Project, iri: str, title: str) -> str:
    item = {
        "id": iri,
        "type": "entry",
        "title": title,
        "author": [{"literal": project.title}],
        "container-title": project.title,
        "version": project.version,
        "URL": iri,
        "license": project.licence,
    }
    return json.dumps([item], ensure_ascii=False, indent=2)
