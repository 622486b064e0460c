"""What a person at a terminal sees: progress, problems, tables."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onrecord.articles import Article
from onrecord.codes import Code
from onrecord.coverage import CARRIED, Coverage, count_states, mean_share
from onrecord.passages import label_of_sentence
from onrecord.problems import Problem, first_of_each
from onrecord.project import Project
from onrecord.vocabulary import slug

PATIENCE = 1.0
# Of more problems than these only the first of each code is shown.
SUMMARISED_ABOVE = 10_000
INDENT = 2
# How each severity is coloured, in the order in which they are counted.
COLOURS = {"error": "bold red", "warning": "bold yellow"}


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done: live on a terminal, otherwise a line per stage once it takes over a second."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("starting") as status:
            yield status.update
        return
    began = time.monotonic()

    def print_stage(stage: str) -> None:
        if time.monotonic() - began > PATIENCE:
            click.echo(f"{stage} …", err=True)

    yield print_stage


def show_problems(problems: Iterable[Problem], *, to_stderr: bool = False) -> None:
    """The problems, and how many there are on stderr: on a terminal by file and in colour, otherwise one line for each.

    Of very many only the first of each code is shown, and the others are counted.
    """
    found = list(problems)
    few = len(found) <= SUMMARISED_ABOVE
    shown = [(problem, 0) for problem in found] if few else first_of_each(found)
    console = _open_console(to_stderr=to_stderr)
    if console.file.isatty():
        _print_by_file(console, [problem for problem, _ in shown])
    else:
        for problem, _ in shown:
            click.echo(_in_one_line(problem), err=to_stderr)
    for problem, others in shown:
        if others:
            click.echo(f"{problem.code}: {others:,} more; all with: onrecord check --format json", err=to_stderr)
    click.echo(_count_severities(found) or "No problems.", err=True)


def _open_console(*, to_stderr: bool = False) -> Console:
    """Stdout or stderr, plain where NO_COLOR is set (https://no-color.org)."""
    plain = bool(os.environ.get("NO_COLOR"))
    return Console(stderr=to_stderr, markup=False, highlight=False, emoji=False, color_system=None if plain else "auto")


def _in_one_line(problem: Problem) -> str:
    """A problem for other programs to read. Messages of several lines, such as a table of rows, are joined."""
    prefix = "warning: " if problem.severity == "warning" else ""
    return prefix + " ".join(str(problem).split())


def _print_by_file(console: Console, problems: Iterable[Problem]) -> None:
    """The problems below the names of their files, in the given order, so that errors stay before warnings."""
    for (file, severity), group in groupby(problems, key=lambda problem: (problem.file, problem.severity)):
        console.print(Text(file or "no file", style="bold"))
        for problem in group:
            place = "line unknown" if problem.line is None else f"line {problem.line}"
            subject = f"{problem.subject}: " if problem.subject else ""
            code = (f"{problem.code}: ", COLOURS[severity])
            what = f"{problem.message} "
            text = Text.assemble((f"{place}: ", "dim"), subject, code, what, (problem.remedy, "italic"))
            console.print(Padding(text, (0, 0, 0, INDENT)))


def _count_severities(problems: Iterable[Problem]) -> str:
    counts = Counter(problem.severity for problem in problems)
    return ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in COLOURS if counts[name])


def show_codes(codes: Iterable[Code]) -> None:
    """Every code with its severity, where it is checked and what it finds: a table on a terminal, otherwise a line for
    each, its cells apart by tabs."""
    rows = [(code.name, code.severity, code.where, code.summary) for code in codes]
    if not sys.stdout.isatty():
        click.echo("\n".join("\t".join(row) for row in rows))
        return
    table = Table()
    for title in ("code", "severity", "where it is checked", "what it finds"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    _print(table)


def show_rows(project: Project, body: bytes) -> None:
    """The answer to a SELECT or ASK query, given as SPARQL JSON results, as a table."""
    answer = json.loads(body)
    if "boolean" in answer:
        click.echo(str(answer["boolean"]).lower())
        return
    names = answer["head"]["vars"]
    table = Table(*names)
    for row in answer["results"]["bindings"]:
        table.add_row(*(_cell(project, row.get(name)) for name in names))
    _print(table)
    click.echo(f"{table.row_count} rows", err=True)


def _cell(project: Project, term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    return project.compact(term["value"]) if term["type"] == "uri" else term["value"]


def show_coverage(articles: Iterable[Article], measured: Mapping[str, list[Coverage]]) -> None:
    """A line for each sentence and then for each article: how it is carried, how much of its text is quoted, and which
    words are missing from what is attributed."""
    articles = list(articles)
    _print(_tabulate_sentences(articles, measured))
    table = Table("article", "sentences", "carried", "boilerplate", "uncarried", "quoted", "missing")
    for article in articles:
        sentences = measured[article.iri]
        states = count_states(sentences)
        missing = sum(len(coverage.missing) for coverage in sentences)
        counts = [len(sentences), *states.values(), f"{mean_share(sentences):.0%}", missing]
        table.add_row(slug(article.iri), *map(str, counts))
    _print(table)


def _tabulate_sentences(articles: Iterable[Article], measured: Mapping[str, list[Coverage]]) -> Table:
    table = Table("sentence", "state", "kind", "quoted", "missing")
    for article in articles:
        for one in measured[article.iri]:
            quoted = f"{one.share:.0%}" if one.state == CARRIED else ""
            missing = ", ".join(word.text for word in one.missing)
            table.add_row(label_of_sentence(article, one.sentence), one.state, one.sentence.kind, quoted, missing)
    return table


def _print(table: Table) -> None:
    """Cells hold data, in which a bracket is a bracket and no markup."""
    _open_console().print(table, markup=False)
