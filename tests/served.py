"""A server that runs as a user runs it, and a client that asks it as programs do."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import urlencode

from onrecord.build import gather
from onrecord.project import read_project
from onrecord.publish import publish
from places import TINY, stay_silent

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"


def publish_tiny(folder: Path) -> Path:
    """A copy of the small project, published."""
    shutil.copytree(TINY, folder, ignore=shutil.ignore_patterns("site"))
    record, problems = gather(read_project(folder), stay_silent)
    assert problems == []
    assert record is not None
    publish(record)
    return folder


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()


def children_of(process: int) -> list[int]:
    """The processes that a process began and that have not ended."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


@dataclass(frozen=True)
class Server:
    """A server on this machine."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """What the server answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **headers: str) -> Answer:
        """What the server answers to GET; headers are given with underscores for dashes."""
        chosen = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=chosen if accept is None else {**chosen, "Accept": accept})

    def query(self, query: str, accept: str | None = None, **parameters: str) -> Answer:
        """What the endpoint answers to a query by GET."""
        return self.get(f"/sparql?{urlencode({'query': query, **parameters})}", accept)

    def post(self, body: bytes | Mapping[str, str], content_type: str = FORM, accept: str | None = None) -> Answer:
        """What the endpoint answers to a query by POST."""
        sent = body if isinstance(body, bytes) else urlencode(body).encode()
        headers = {"Content-Type": content_type, **({} if accept is None else {"Accept": accept})}
        return self.ask("POST", "/sparql", sent, headers)

    def processes(self) -> list[int]:
        """The processes that answer queries."""
        return [worker for holder in children_of(self.process.pid) for worker in children_of(holder)]


def find_port() -> int:
    """A port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(folder: Path, log: Path, *options: str, port: int | None = None) -> Iterator[Server]:
    """`onrecord serve` of a folder, until it answers and as long as it is asked."""
    port = port or find_port()
    command = [sys.executable, "-m", "onrecord", "serve", "--project", str(folder), "--port", str(port), *options]
    with log.open("wb") as errors, subprocess.Popen(command, stderr=errors, start_new_session=True) as process:
        server = Server(port, process, log)
        try:
            _wait_for(server)
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
    assert "Traceback" not in log.read_text()


def _wait_for(server: Server) -> None:
    for _ in range(600):
        try:
            server.get("/")
        except OSError:
            if server.process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(server.log.read_text())


def links_of(page: str) -> list[str]:
    """What a page loads to be shown."""
    return re.findall(r'(?:src|<link[^>]*href)="([^"]*)"', page)
