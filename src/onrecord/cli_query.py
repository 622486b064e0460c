"""The commands that ask the record, as the sources give it or as it was built."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from jinja2 import TemplateError

from onrecord.answers import CSV, FORMATS, ROWS_JSON, TURTLE, NotAcceptableError, answer_query
from onrecord.build import draft_record
from onrecord.checks import Draft, measure
from onrecord.cli_options import DIFFERENT, PROBLEMS, Misuse, echo_json, in_project, open_project
from onrecord.codes import read_codes
from onrecord.coverage import coverage_as_json, find_gaps
from onrecord.difference_reports import REPORTS
from onrecord.differences import BuildError, compare_builds, read_build
from onrecord.dossiers import Dossiers, UnknownError, describe_code
from onrecord.problems import has_errors
from onrecord.project import Project
from onrecord.screen import show_coverage, show_problems, show_progress, show_rows
from onrecord.store import QueryError, RefusedError
from onrecord.syntax import explain_syntax

# What a query answers with where no format is asked for: a table or CSV for rows, Turtle for triples.
TABLE, PIPE = (ROWS_JSON, TURTLE), (CSV, TURTLE)


def draft_project(project: Project) -> Draft:
    """The record as the sources give it, sound or not; a word on stderr if there are errors."""
    with show_progress() as progress:
        draft = draft_record(project, progress)
    if has_errors(draft.problems):
        click.echo("The sources have errors, so this may be incomplete. See: onrecord check", err=True)
    return draft


def read_query_argument(query: str) -> str:
    """The text of a query given as itself or as the name of a file."""
    if "{" in query:
        return query
    try:
        return Path(query).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{query} is neither a file that can be read nor a query.") from error


@click.command()
@in_project
@click.argument("query")
@click.option(
    "--format", "form", type=click.Choice(["table", *FORMATS]), help="Default: a table on a terminal, else csv."
)
def query(folder: Path | None, base: str | None, query: str, form: str | None) -> None:
    """Ask the record a SPARQL query: a file, or the query itself.

    The prefixes of onrecord.toml need no declaration:

    \b
        onrecord query kb/queries/who-died.rq
        onrecord query 'SELECT ?claim ?who { ?claim rec:assertedBy ?who }'
    """
    project = open_project(folder, base)
    store = draft_project(project).store
    is_table = form == "table" or (form is None and sys.stdout.isatty())
    wanted = TABLE if is_table else FORMATS.get(form or "", PIPE)
    text = read_query_argument(query)
    try:
        answer = answer_query(store, project, text, wanted)
    except RefusedError as error:
        raise Misuse(str(error)) from error
    except QueryError as error:
        raise Misuse(str(explain_syntax(project, text, error))) from error
    except NotAcceptableError as error:
        raise Misuse(f"{error} Choose another --format.") from error
    if is_table and answer.media_type == ROWS_JSON:
        show_rows(project, answer.body)
    else:
        click.echo(answer.body, nl=False)


@click.command()
@in_project
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to show coverage.")
def coverage(folder: Path | None, base: str | None, form: str) -> None:
    """Show how much of each article the record carries, and what it misses.

    Every sentence is carried by an attribution or declared as boilerplate; every name, number, time and term of a
    carried sentence is in something attributed there, or waived with a reason.
    """
    draft = draft_project(open_project(folder, base))
    measured = measure(draft)
    gaps = list(find_gaps(draft.record.articles, measured, draft.sources))
    if form == "json":
        echo_json(coverage_as_json(measured))
    else:
        show_coverage(draft.record.articles, measured)
        show_problems(gaps)
    sys.exit(PROBLEMS if gaps else 0)


@click.command()
@in_project
@click.argument("what", metavar="WHAT | SUBJECT PREDICATE OBJECT", nargs=-1, required=True)
def explain(folder: Path | None, base: str | None, what: tuple[str, ...]) -> None:
    """Say why something is so: a code of a problem, a claim or other thing, or a triple.

    Of a claim: who says it, in which words, who coded it, and the judgements it rests on. Of a triple: the rule that
    derived it, and from which triples. Names may be full IRIs, relative or prefixed:

    \b
        onrecord explain quote-not-found
        onrecord explain claim:az-dead-50
        onrecord explain claim:az-dead-50 rec:status c:unilateral
    """
    project = open_project(folder, base)
    codes = {code.name: code for code in read_codes(project)}
    if len(what) == 1 and what[0] in codes:
        click.echo(describe_code(codes[what[0]]))
        return
    if len(what) not in (1, 3):
        raise Misuse("Name one thing, or the three parts of a triple.")
    dossiers = Dossiers(draft_project(project), codes)
    try:
        click.echo(dossiers.describe_thing(*what) if len(what) == 1 else dossiers.describe_triple(*what))
    except UnknownError as error:
        raise Misuse(str(error)) from error


@click.command()
@in_project
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", help="How to show the differences.")
def diff(folder: Path | None, base: str | None, old: Path, new: Path, form: str) -> None:
    """List what two builds say differently: claims first, then statement by statement.

    OLD and NEW are folders that `onrecord build` wrote, or files of N-Quads. A line that begins with - is gone, one
    with + is come, one with ~ is changed. As for `diff`, exit codes are 0 if both say the same, 1 if not, 2 if one
    cannot be read. A page from --format html is shown as the site's own if it lies beside its index.html:

    \b
        onrecord diff before/public site/public
        onrecord diff before/public site/public --format html > site/public/diff.html
    """
    project = open_project(folder, base)
    try:
        found = compare_builds(project, read_build(old), read_build(new))
        click.echo(REPORTS[form](project, found), nl=False)
    except BuildError as error:
        raise Misuse(str(error)) from error
    except TemplateError as error:
        raise Misuse(f"The page cannot be made: {error}. See: onrecord check") from error
    sys.exit(DIFFERENT if found.graphs else 0)
