"""A real browser: Debian's Chromium, driven by Playwright, that notes everything that goes wrong on a page."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request

from places import ROOT

PHONE, DESKTOP = {"width": 375, "height": 740}, {"width": 1280, "height": 900}
# What Chromium would ask of other hosts by itself.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"),
)


@contextmanager
def browsing(playwright: Playwright) -> Iterator[Browser]:
    """A browser, as long as it is asked for."""
    program = shutil.which("chromium")
    assert program, "There is no Chromium. Install it: apt-get install chromium"
    browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Trouble:
    """What went wrong in a context: errors of scripts, of policies and of requests, and requests to other hosts."""

    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, host: str) -> None:
        """Note what happens from now on."""
        context.on("weberror", lambda error: self.found.append(f"error: {error.error}"))
        context.on("console", lambda one: self._note(one.type in ("error", "warning"), f"console: {one.text}"))
        context.on("request", lambda one: self._note(is_foreign(one.url, host), f"foreign: {one.url}"))
        context.on("requestfailed", lambda one: self._note(not is_left(one), f"failed: {one.url} {one.failure}"))
        context.on("response", lambda one: self._note(one.status >= 400, f"{one.status}: {one.url}"))

    def _note(self, is_trouble: bool, text: str) -> None:
        if is_trouble:
            self.found.append(text)


def is_left(request: Request) -> bool:
    """Whether a page was left before its icon, which Chromium fetches last, had come."""
    return request.url.endswith("/icon.svg") and request.failure == "net::ERR_ABORTED"


def is_foreign(url: str, host: str) -> bool:
    """Whether a request leaves the host that is looked at."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host


def refusal(status: int) -> tuple[str, str]:
    """How it begins what Chromium says of an answer with a status that is expected."""
    return f"{status}: ", f"console: Failed to load resource: the server responded with a status of {status}"


@contextmanager
def visiting(browser: Browser, address: str, *, expected: tuple[str, ...] = (), **options: Any) -> Iterator[Page]:
    """A page of a fresh context, of the size of a desktop unless told.

    At the end nothing may have gone wrong but what begins with one of the ``expected`` texts.
    """
    context = browser.new_context(base_url=address, **{"viewport": DESKTOP, **options})
    context.set_default_timeout(15_000)
    trouble = Trouble()
    trouble.watch(context, urlsplit(address).netloc)
    try:
        yield context.new_page()
        found = [one for one in trouble.found if not one.startswith(expected)]
        assert not found, found
    finally:
        context.close()


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the page of the site for what is missing, as hosts do."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.read_bytes())


@contextmanager
def hosting(folder: Path) -> Iterator[str]:
    """A plain file host that serves a folder; yields its address."""
    handler = partial(_Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def copy_flagship(folder: Path) -> Path:
    """A copy of the sources of this repository, to build and serve."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "onrecord.toml", folder)
    for name in ("seeds", "ontology", "kb", "shapes"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("templates", "assets"):
        shutil.copytree(ROOT / "site" / name, folder / "site" / name)
    return folder
