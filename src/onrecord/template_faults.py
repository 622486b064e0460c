"""What is wrong with the templates of the site, found by compiling them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta
from jinja2.nodes import Template

from onrecord.interface import Interface
from onrecord.pages import load_templates
from onrecord.problems import Problem
from onrecord.project import Project, default_folder
from onrecord.texts import read_text

TEMPLATES = "site/templates"


def compile_templates(project: Project) -> list[Problem]:
    """Every template that cannot be read or compiled, and every one that is missing."""
    folder = project.site / "templates"
    parsed, problems = _parse_all(project, folder)
    found = {path.name for path in folder.glob("*")}
    wanted = {name: f"{TEMPLATES}/{name}" for name in _pages(project)}
    wanted |= {name: file for file, template in parsed.items() for name in _references(template)}
    for name in sorted(wanted.keys() - found):
        message = f"The template {name} is not there."
        remedy = "Put it there, or copy the one of a new project: onrecord init DIR."
        problems.append(Problem(wanted[name], None, "", "template-missing", message, remedy))
    return problems


def _parse_all(project: Project, folder: Path) -> tuple[dict[str, Template], list[Problem]]:
    templates, problems = {}, []
    environment = load_templates(project, folder, Interface())
    for path in sorted(path for path in folder.rglob("*") if path.suffix == ".html"):
        file = f"{TEMPLATES}/{path.relative_to(folder).as_posix()}"
        template = _parse(environment, file, path)
        if isinstance(template, Problem):
            problems.append(template)
        else:
            templates[file] = template
    return templates, problems


def _parse(environment: Environment, file: str, path: Path) -> Template | Problem:
    text = read_text(file, path)
    if isinstance(text, Problem):
        return text
    try:
        environment.compile(text)
    except TemplateSyntaxError as error:
        message = f"This is not a template: {(error.message or '').rstrip('.')}."
        remedy = "Mend it at that line; the language is that of Jinja, https://jinja.palletsprojects.com."
        return Problem(file, error.lineno, "", "template-syntax", message, remedy)
    return environment.parse(text)


def _references(template: Template) -> Iterator[str]:
    yield from (name for name in meta.find_referenced_templates(template) if name)


def _pages(project: Project) -> set[str]:
    """The templates that the program asks for: those of its own site that no other one of them includes."""
    parsed, _ = _parse_all(project, default_folder("site") / "templates")
    names = {Path(file).name for file in parsed}
    return names - {name for template in parsed.values() for name in _references(template)}
