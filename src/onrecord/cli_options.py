"""What several commands share: their options, the project that they work on, misuse, and JSON on stdout."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from onrecord.project import Project, ProjectError, find_project, read_project

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


def open_project(folder: Path | None, base: str | None) -> Project:
    """The project of a folder, or the one that holds the current folder; misuse if there is none."""
    try:
        return read_project(folder or find_project(Path.cwd()), base)
    except ProjectError as error:
        raise Misuse(str(error)) from error


def echo_json(value: object) -> None:
    """Write a value to stdout as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
