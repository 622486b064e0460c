"""Difference reports: what two builds say differently, as text, as JSON or as a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from onrecord.assets import published_folder
from onrecord.differences import Change, ClaimChange, Differences, GraphCount
from onrecord.interface import read_interface
from onrecord.pages import load_templates, page_settings
from onrecord.project import Project

# The template, and where the page would lie if it were put into the site.
PAGE = "diff.html"
ARROW = "→"


def render_text(project: Project, found: Differences) -> str:
    """The differences in lines, those of claims first; nothing if there are none."""
    return "".join(f"{line}\n" for line in _lines(found)) if found.graphs else ""


def render_json(project: Project, found: Differences) -> str:
    """The differences as a JSON object: ``old`` and ``new``, ``claims``, ``graphs``, ``subjects``."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n"


def render_html(project: Project, found: Differences) -> str:
    """The differences as a page; it has no script and no style of its own, and links to those of the site."""
    template = load_templates(project, project.site / "templates", read_interface(project)).get_template(PAGE)
    settings = page_settings(PAGE, published_folder(project.public))
    return template.render(**settings, found=found) + "\n"


# For each name of a format, what renders it.
REPORTS: Mapping[str, Callable[[Project, Differences], str]] = {
    "text": render_text,
    "json": render_json,
    "html": render_html,
}


def _lines(found: Differences) -> Iterator[str]:
    yield from (f"--- {found.old}", f"+++ {found.new}")
    if found.claims:
        yield from ("", "Claims", *map(_claim_line, found.claims))
    yield from ("", "Graphs", *map(_graph_line, found.graphs))
    for one in found.subjects:
        yield from ("", one.subject, *map(_change_line, one.changes))


def _claim_line(one: ClaimChange) -> str:
    statuses = ARROW.join(f" {status or 'no status'} " for status in (one.old, one.new))
    known = statuses.strip() if one.old and one.new else one.old or one.new
    return f"  {one.sign} {' '.join(part for part in (one.claim, known, one.words) if part)}"


def _graph_line(one: GraphCount) -> str:
    return f"  {one.graph} -{one.gone} +{one.come} ({one.before} {ARROW} {one.after} statements)"


def _change_line(one: Change) -> str:
    values = f" {ARROW} ".join(value for value in (one.old, one.new) if value is not None)
    return f"  {one.sign} {one.predicate} {values} ({'derived' if one.derived else one.graph})"
