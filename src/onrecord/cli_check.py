"""The command that checks: problems go to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from onrecord.build import find_problems
from onrecord.cli_options import PROBLEMS, Misuse, echo_json, in_project, open_project
from onrecord.codes import codes_as_json, read_codes
from onrecord.problems import as_json, has_errors
from onrecord.project import Project
from onrecord.sarif import as_sarif
from onrecord.screen import show_codes, show_problems, show_progress


@click.command()
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
    the same sources before is shown again at once, and after a change only what it can affect is looked at again.
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
