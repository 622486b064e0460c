"""What a person at a terminal sees: progress, problems, tables."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table

from onrecord.articles import Article
from onrecord.coverage import CARRIED, Coverage, count_states, mean_share
from onrecord.passages import label_of_sentence
from onrecord.problems import Problem
from onrecord.project import Project
from onrecord.vocabulary import slug

PATIENCE = 1.0


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
    """One line for each problem, and how many there are on stderr."""
    counts = {"error": 0, "warning": 0}
    for problem in problems:
        counts[problem.severity] += 1
        prefix = "warning: " if problem.severity == "warning" else ""
        click.echo(f"{prefix}{problem}", err=to_stderr)
    words = [f"{number} {name}{'' if number == 1 else 's'}" for name, number in counts.items() if number]
    click.echo(", ".join(words) or "No problems.", err=True)


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
    Console(markup=False, highlight=False).print(table, markup=False)
