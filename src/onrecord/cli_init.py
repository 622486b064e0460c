"""The command that begins a project."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.cli_options import Misuse
from onrecord.project import ProjectError
from onrecord.scaffold import create_project


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a new project in DIR, with the core vocabulary, rules and shapes, and one small example."""
    try:
        create_project(folder)
    except ProjectError as error:
        raise Misuse(str(error)) from error
    click.echo(f"Made {folder}. Go on with: onrecord serve --project {folder}", err=True)
