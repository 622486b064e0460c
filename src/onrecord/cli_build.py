"""The commands that publish: as files, and on this machine."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import click

from onrecord.build import gather
from onrecord.cli_options import PROBLEMS, Command, Misuse, in_project, open_project
from onrecord.fingerprint import VERSION_FILE, is_published
from onrecord.limits import LIMITS, Limits
from onrecord.project import Project
from onrecord.publish import PublishError, publish, restore
from onrecord.screen import show_problems, show_progress
from onrecord.web import HOST, Site, serve_site


def with_limits(command: Command) -> Command:
    """Give a command an option for each limit."""
    for name, default, told in reversed(LIMITS):
        kind = click.FloatRange(min=0, min_open=True) if isinstance(default, float) else click.IntRange(1)
        option = click.option(f"--{name}", type=kind, default=default, show_default=True, help=told)
        command = option(command)
    return command


@click.command()
@in_project
def build(folder: Path | None, base: str | None) -> None:
    """Check everything, and write the site and the data as files into site/public.

    The files can be put on any plain file host. If there are errors, nothing is written and the last build stays.
    """
    project = open_project(folder, base)
    if not publish_project(project):
        sys.exit(PROBLEMS)
    click.echo(f"Built {project.public}", err=True)


@click.command()
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
