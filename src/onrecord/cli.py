"""The command line: one function per command. Data goes to stdout, messages to stderr."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import click
from jinja2 import TemplateError

from onrecord import __version__
from onrecord.answers import (
    CSV,
    FORMATS,
    ROWS_JSON,
    TURTLE,
    NotAcceptableError,
    answer_query,
)
from onrecord.build import draft_record, find_problems, gather
from onrecord.checks import Draft, measure
from onrecord.codes import codes_as_json, read_codes
from onrecord.coverage import coverage_as_json, find_gaps
from onrecord.difference_reports import REPORTS
from onrecord.differences import BuildError, compare_builds, read_build
from onrecord.dossiers import Dossiers, UnknownError, describe_code
from onrecord.fingerprint import VERSION_FILE, is_published
from onrecord.limits import LIMITS, Limits
from onrecord.problems import as_json, has_errors
from onrecord.project import Project, ProjectError, find_project, read_project
from onrecord.publish import PublishError, publish, restore
from onrecord.safety import SafeGroup
from onrecord.sarif import as_sarif
from onrecord.scaffold import create_project
from onrecord.screen import show_codes, show_coverage, show_problems, show_progress, show_rows
from onrecord.store import QueryError, RefusedError
from onrecord.syntax import explain_syntax
from onrecord.web import HOST, Site, serve_site

# What a query answers with where no format is asked for: a table or CSV for rows, Turtle for triples.
TABLE, PIPE = (ROWS_JSON, TURTLE), (CSV, TURTLE)
PROBLEMS, DIFFERENT, MISUSE = 1, 1, 2
Command = Callable[..., None]


class Misuse(click.ClickException):
    """The command cannot be carried out as it was given; exit code 2."""

    exit_code = MISUSE


def in_project(command: Command) -> Command:
    """Give a command the options that say which project it works on."""
    folder: Callable[[Command], Command] = click.option(
        "--project",
        "folder",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The project to work on; otherwise the nearest folder, from here upwards, with an onrecord.toml.",
    )
    base: Callable[[Command], Command] = click.option(
        "--base",
        metavar="IRI",
        help="Use this base for every IRI in this run, in place of the one in onrecord.toml; "
        "the site then goes into a folder of its own.",
    )
    return folder(base(command))


def with_limits(command: Command) -> Command:
    """Give a command an option for each limit."""
    for name, default, told in reversed(LIMITS):
        kind = click.FloatRange(min=0, min_open=True) if isinstance(default, float) else click.IntRange(1)
        option = click.option(f"--{name}", type=kind, default=default, show_default=True, help=told)
        command = option(command)
    return command


def open_project(folder: Path | None, base: str | None) -> Project:
    """The project of a folder, or the one that holds the current folder; misuse if there is none."""
    try:
        return read_project(folder or find_project(Path.cwd()), base)
    except ProjectError as error:
        raise Misuse(str(error)) from error


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


@click.group(cls=SafeGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onrecord")
def main() -> None:
    """Publish who said what: a folder of articles and curated claims becomes a website, a query endpoint and
    files of linked data, in which every statement keeps its speaker, its article and its sentence.

    To begin: `onrecord init DIR` makes a small project, and `onrecord serve` in it shows the result at
    http://127.0.0.1:8000. After each change to the sources, `onrecord check` says what is wrong and where.

    Exit codes: 0 all is well, 1 there are problems in the sources or the site cannot be written, 2 the command was
    misused, 3 there is a mistake in onrecord itself, 130 it was interrupted.
    """


@main.command()
@in_project
@click.option("--list", "only_list", is_flag=True, help="Check nothing; list every code that a check can give.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to show problems."
)
@click.option(
    "--full",
    is_flag=True,
    help="Recall nothing of earlier checks, run every shape on everything and HermiT on the whole record, as before a "
    "release. It finds the same, and takes longer.",
)
def check(folder: Path | None, base: str | None, only_list: bool, form: str, full: bool) -> None:
    """Find everything that is wrong in the sources, without publishing.

    Files that cannot be parsed, quotes that no article prints, unknown names, broken shapes, sentences and words that
    nothing carries, questions answered otherwise: each with its file, and with what to do. `onrecord explain CODE`
    says more about a code, and so does docs/problems.md. For editors and code hosts, --format sarif. What was found in
    the same sources before is shown again at once.
    """
    project = open_project(folder, base)
    if only_list:
        list_codes(project, form)
        return
    with show_progress() as progress:
        problems = find_problems(project, progress, full=full)
    if form == "text":
        show_problems(problems)
    else:
        echo_json(as_json(problems) if form == "json" else as_sarif(problems, read_codes(project)))
    sys.exit(PROBLEMS if has_errors(problems) else 0)


def list_codes(project: Project, form: str) -> None:
    """Show every code that a check of the project can give."""
    codes = read_codes(project)
    if form == "sarif":
        raise Misuse("SARIF is for problems. List the codes with --format text or json.")
    if form == "json":
        echo_json(codes_as_json(codes))
    else:
        show_codes(codes)


def echo_json(value: object) -> None:
    """Write a value to stdout as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@main.command("query")
@in_project
@click.argument("query")
@click.option(
    "--format", "form", type=click.Choice(["table", *FORMATS]), help="Default: a table on a terminal, else csv."
)
def query_command(folder: Path | None, base: str | None, query: str, form: str | None) -> None:
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


@main.command()
@in_project
def build(folder: Path | None, base: str | None) -> None:
    """Check everything, and write the site and the data as files into site/public.

    The files can be put on any plain file host. If there are errors, nothing is written and the last build stays.
    """
    project = open_project(folder, base)
    if not publish_project(project):
        sys.exit(PROBLEMS)
    click.echo(f"Built {project.public}", err=True)


@main.command()
@in_project
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Where to listen.")
@click.option("--log-addresses", is_flag=True, help="Begin each line of the log with the client's address.")
@with_limits
def serve(folder: Path | None, base: str | None, port: int, log_addresses: bool, **limits: float) -> None:
    """Build what has changed, and serve the site and the SPARQL endpoint on this machine.

    If the sources have errors, they are shown, and the last build is served, if there is one. Each request is a line on
    stderr: method, path, status, duration, rows. Stop it with Ctrl+C.
    """
    project = open_project(folder, base)
    if not is_published(project) and not publish_project(project):
        if not (project.public / VERSION_FILE).is_file():
            sys.exit(PROBLEMS)
        click.echo("The last build, from before these errors, is served.", err=True)
    probe_port(port)
    click.echo(f"Serving {project.title} at http://{HOST}:{port}/ (stop with Ctrl+C)", err=True)
    serve_site(Site(project, base, Limits(**limits), log_addresses=log_addresses), port)


def probe_port(port: int) -> None:
    """Misuse if the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Misuse(f"Port {port} cannot be had ({error.strerror}). Choose another: --port 8001") from error


def publish_project(project: Project) -> bool:
    """Check and publish; the problems go to stderr. Whether the site was published."""
    restore(project.public)
    with show_progress() as progress:
        record, problems = gather(project, progress)
        try:
            if record is not None:
                progress("writing the site")
                publish(record)
        except PublishError as error:
            click.echo(str(error), err=True)
            record = None
    if problems:
        show_problems(problems, to_stderr=True)
    return record is not None


@main.command()
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


@main.command()
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


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a new project in DIR, with the core vocabulary, rules and shapes, and one small example."""
    try:
        create_project(folder)
    except ProjectError as error:
        raise Misuse(str(error)) from error
    click.echo(f"Made {folder}. Go on with: onrecord serve --project {folder}", err=True)


@main.command()
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
