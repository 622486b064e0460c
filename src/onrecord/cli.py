"""The command line: data goes to stdout, messages to stderr."""

from __future__ import annotations

from importlib import import_module

import click

from onrecord import __version__
from onrecord.safety import SafeGroup

# The module that holds each command; only the one that is called is loaded.
COMMANDS = {
    "build": "cli_build",
    "check": "cli_check",
    "coverage": "cli_query",
    "diff": "cli_query",
    "explain": "cli_query",
    "init": "cli_init",
    "query": "cli_query",
    "serve": "cli_build",
}


class _Commands(SafeGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        found: click.Command | None = getattr(import_module(f"onrecord.{module}"), cmd_name) if module else None
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="onrecord")
def main() -> None:
    """Publish who said what: a folder of articles and curated claims becomes a website, a query endpoint and
    files of linked data, in which every statement keeps its speaker, its article and its sentence.

    To begin: `onrecord init DIR` makes a small project, and `onrecord serve` in it shows the result at
    http://127.0.0.1:8000. After each change to the sources, `onrecord check` says what is wrong and where.

    Exit codes: 0 all is well, 1 there are problems in the sources or the site cannot be written, 2 the command was
    misused, 3 there is a mistake in onrecord itself, 130 it was interrupted.
    """
