"""The last net below the commands: what nobody foresaw, told in one line."""

from __future__ import annotations

import os
import sys
import traceback

import click

UNFORESEEN, INTERRUPTED = 3, 130


class SafeGroup(click.Group):
    """Commands whose unforeseen errors end without a traceback, unless ONRECORD_DEBUG is set."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; exit code 3 if it fails in a way that it should not, 130 if it is interrupted."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except Exception as error:
            report(error)
            sys.exit(UNFORESEEN)


def report(error: Exception) -> None:
    """Say on stderr that the program is at fault, and how."""
    if os.environ.get("ONRECORD_DEBUG"):
        traceback.print_exception(error)
    line = " ".join("".join(traceback.format_exception_only(error)).split())
    message = f"A mistake in onrecord itself: {line}. Please report it, with what ONRECORD_DEBUG=1 shows."
    click.echo(message, err=True)
