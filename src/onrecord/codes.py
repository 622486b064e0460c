"""Codes: everything that a check can find, where it is checked, with an example and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from rdflib import URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from onrecord.graph import SHAPES, Source, folder_files, read_turtle
from onrecord.problems import split_message
from onrecord.project import Project, default_folder
from onrecord.validation import SEVERITIES
from onrecord.vocabulary import slug

PROBLEMS_PAGE, SHAPES_PAGE = "problems.md", "shapes.md"
# A heading that is a code; what stands in the message of a shape for a value (SHACL, section 5.3.2).
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLACEHOLDER = re.compile(r"\{[?$]\w+\}")
# What the paragraphs on a code may open with.
REMEDY, WARNING = "Remedy: ", "Warning: "


@dataclass(frozen=True)
class Code:
    """What a code stands for.

    ``severity`` is "error" or "warning". ``where`` is the stage of the check that finds it, or the file of the shape,
    and ``line`` the shape's line in it. ``page`` is the address of its page in the documentation.
    """

    name: str
    severity: str
    where: str
    problem: str
    remedy: str
    example: str = ""
    page: str = ""
    line: int | None = None

    @property
    def summary(self) -> str:
        """The first sentence of the problem."""
        return split_message(self.problem)[0]


def read_codes(project: Project) -> list[Code]:
    """Every code that a check of the project can give: the program's in the order of their page, then its shapes'.

    Shape files that cannot be parsed have none.
    """
    documented = {code.name: code for code in read_page(SHAPES_PAGE)}
    return [*read_page(PROBLEMS_PAGE), *_shape_codes(project, documented)]


def codes_as_json(codes: Iterable[Code]) -> list[dict[str, object]]:
    """A JSON object for each code, in their order."""
    return [{**asdict(code), "summary": code.summary} for code in codes]


def read_page(name: str) -> list[Code]:
    """The codes of one page of the documentation; none where the page is not there."""
    path = default_folder("docs") / name
    return list(_read_sections(name, path.read_text(encoding="utf-8"))) if path.is_file() else []


def _read_sections(page: str, text: str) -> Iterator[Code]:
    where = ""
    for section in re.split(r"^##+ ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if CODE.fullmatch(heading):
            yield _read_section(page, where, heading, re.split(r"\n{2,}", body.strip("\n")))
        else:
            where = heading


def _read_section(page: str, where: str, name: str, paragraphs: list[str]) -> Code:
    """First what is wrong, then an indented example, then the remedy, which goes on to the end."""
    first = next((at for at, text in enumerate(paragraphs) if text.startswith(REMEDY)), len(paragraphs))
    examples = [text for text in paragraphs[:first] if text.startswith("    ")]
    problem = "\n\n".join(text for text in paragraphs[:first] if text not in examples)
    remedy = _unwrap("\n\n".join(paragraphs[first:])).removeprefix(REMEDY)
    return Code(
        name=name,
        severity="warning" if problem.startswith(WARNING) else "error",
        where=where,
        problem=_unwrap(problem.removeprefix(WARNING)),
        remedy=remedy[:1].upper() + remedy[1:],
        example=re.sub(r"^    ", "", "\n\n".join(examples), flags=re.MULTILINE),
        page=f"docs/{page}#{name}",
    )


def _unwrap(text: str) -> str:
    """Paragraphs without the line breaks of the file."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def _shape_codes(project: Project, documented: Mapping[str, Code]) -> Iterator[Code]:
    for file, path in folder_files(project, SHAPES, "*.ttl"):
        source = read_turtle(file, path, project.base)
        if isinstance(source, Source):
            codes = [_shape_code(source, *found, documented) for found in source.triples.subject_objects(SH.message)]
            yield from sorted((code for code in codes if code), key=lambda code: (code.line or 0, code.name))


def _shape_code(source: Source, shape: Node, message: Node, documented: Mapping[str, Code]) -> Code | None:
    if not isinstance(shape, URIRef):
        return None
    name = slug(shape)
    problem, remedy = split_message(PLACEHOLDER.sub("…", str(message)))
    severity = SEVERITIES.get(source.triples.value(shape, SH.severity, default=SH.Violation), "error")
    known = documented.get(name)
    example, page = (known.example, known.page) if known else ("", "")
    return Code(name, severity, source.file, problem, remedy, example, page, source.line_of(f":{name} a "))
