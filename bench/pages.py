"""The pages: how fast they are made, how fast they are served beside nginx, and how soon and how heavy they are shown.

Made: in a process of its own for each size, the pages apart from reading, deriving and checking, with what one
processor spends on them and the memory at most; then `onrecord build` whole, and again with one claim changed.
Served: `onrecord serve` and nginx, both running, asked in turn by wrk for the same files. Shown: in Chromium, each time
with nothing cached. Needs wrk, nginx and Chromium: apt-get install wrk nginx-light chromium.

    python bench/pages.py [--sizes 1,10,100] [--whole 1,10] [--seconds 1] [--rounds 5] [--only made,served,shown]
"""

from __future__ import annotations

import argparse
import getpass
import gzip
import hashlib
import http.client
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from grow import ROOT, grow
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from onrecord.assets import folder_of, read_assets
from onrecord.build import draft_record, finish
from onrecord.catalogue import Catalogue
from onrecord.documents import render_rdf
from onrecord.pages import LISTS, Pages
from onrecord.project import read_project
from onrecord.publish import ask_all

sys.path.append(str(ROOT / "tests"))
from browsers import browsing, copy_flagship, visiting
from pages_of_each_kind import PAGES
from served import find_port, serving

One = TypeVar("One")
BENCH = Path(__file__).resolve().parent
PROGRAMS = {"wrk": "wrk", "nginx": "nginx-light", "chromium": "chromium"}
# Lists that show what only a whole build knows: the figures, and the downloads.
WHOLE_ONLY = ("index", "data")
# Of so many documents at most the data are rendered: with all of them a run would take too long.
SAMPLE = 2_000
CLAIMS, STATEMENT = "kb/claims.ttl", re.compile(r'(rec:statement\s+"[^"]*?)(\.?"@en)')
CLIENTS, PACKED_CLIENTS = (1, 8, 32), (8,)
SERVED = {
    "home": "index.html",
    "event": PAGES["event"],
    "claim": PAGES["claim"],
    "style sheet": "assets/{build}/style.css",
}
# What nginx says by itself.
OWN_HEADERS = ("content-type", "content-length", "accept-ranges", "etag", "date", "connection", "server")


class Spent(NamedTuple):
    """What something took: seconds of a processor, seconds, and megabytes at most."""

    processor: float
    wall: float
    megabytes: float


def spend(work: Callable[[], object]) -> Spent:
    """What a call takes in this process."""
    processor, wall = time.process_time(), time.perf_counter()
    work()
    taken = time.process_time() - processor, time.perf_counter() - wall
    return Spent(*taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run(command: list[str], memory: Path) -> tuple[Spent, bytes]:
    """What a command takes, with all that it begins, and what it says; with a memory of checks of its own."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "XDG_CACHE_HOME": str(memory)}
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return Spent(used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024), said


def make_pages(root: Path) -> dict[str, float]:
    """In a process of its own: what the pages of a project take, apart from everything else."""
    project = read_project(root)
    read, record = keep(lambda: finish(draft_record(project, lambda stage: None).record))
    catalogued, catalogue = keep(lambda: Catalogue(record))
    pages = Pages(catalogue, ask_all(record), folder_of(read_assets(project)))
    documents = catalogue.documents()
    lists = [slug for slug, *_ in LISTS if slug not in WHOLE_ONLY]
    before = spend(lambda: None).megabytes
    shown = spend(lambda: render_pages(pages, documents, lists))
    sample = documents[:: -(-len(documents) // SAMPLE)]
    data = spend(lambda: [list(render_rdf(catalogue, iri)) for iri in sample])
    return {
        "statements": len(record.statements),
        "read": read.processor,
        "catalogued": catalogued.processor,
        "pages": len(documents) + len(lists) + len(pages.asked),
        "processor": shown.processor,
        "wall": shown.wall,
        "before": before,
        "most": shown.megabytes,
        "data": data.processor / len(sample),
    }


def keep(work: Callable[[], One]) -> tuple[Spent, One]:
    """What a call takes, and what it gives."""
    kept: list[One] = []
    return spend(lambda: kept.append(work())), kept[0]


def render_pages(pages: Pages, documents: list[str], lists: list[str]) -> None:
    """Every page, as it is written to a file, and let go as it is then."""
    for iri in documents:
        pages.render_document(iri).encode()
    for slug in lists:
        for _, page in pages.render_list(slug):
            page.encode()
    for asked in pages.asked:
        pages.render_question(asked).encode()


def measure_making(sizes: list[int], whole: list[int], folder: Path) -> None:
    """Print what pages take, and what whole builds take, as the record grows."""
    columns = ("statements", "read, CPU s", "catalogue, CPU s", "pages", "CPU s", "pages per CPU s", "pages per s")
    made = Table("size", *columns, "MB before", "MB at most", "four RDF files, CPU ms", title="pages made")
    built = Table(
        "size", *("pages", "CPU s", "s", "MB", "pages per CPU s", "one claim changed, s", "files that differ")
    )
    for size in sorted({*sizes, *whole}):
        root, memory = folder / f"x{size}", folder / "memory"
        grow(root, size)
        if size in sizes:
            made.add_row(str(size), *describe_making(root, memory))
            Console(width=160).print(made)
        if size in whole:
            built.add_row(str(size), *describe_build(root, memory))
            Console(width=160).print(built)
        shutil.rmtree(root)


def describe_making(root: Path, memory: Path) -> list[str]:
    """The row of one size."""
    _, said = run([sys.executable, __file__, "--make", str(root)], memory)
    found: dict[str, float] = json.loads(said)
    pages = found["pages"]
    return [
        f"{found['statements']:,.0f}",
        *(f"{found[name]:.1f}" for name in ("read", "catalogued")),
        f"{pages:,.0f}",
        f"{found['processor']:.1f}",
        *(f"{pages / found[name]:.0f}" for name in ("processor", "wall")),
        *(f"{found[name]:,.0f}" for name in ("before", "most")),
        f"{1000 * found['data']:.2f}",
    ]


def describe_build(root: Path, memory: Path) -> list[str]:
    """The row of one size: a whole build, and another after a claim was worded otherwise."""
    command = [sys.executable, "-m", "onrecord", "build", "--project", str(root)]
    spent, _ = run(command, memory)
    before = hash_files(root / "site/public")
    text = (root / CLAIMS).read_text(encoding="utf-8")
    (root / CLAIMS).write_text(STATEMENT.sub(r"\1 xx\2", text, count=1), encoding="utf-8")
    again, _ = run(command, memory)
    after = hash_files(root / "site/public")
    pages = sum(name.endswith(".html") for name in before)
    differing = sum(before.get(name) != digest for name, digest in after.items())
    return [
        f"{pages:,}",
        *(f"{spent.processor:.1f}", f"{spent.wall:.1f}", f"{spent.megabytes:,.0f}"),
        f"{pages / spent.processor:.0f}",
        f"{again.wall:.1f}",
        f"{differing:,} of {len(after):,}",
    ]


def hash_files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by their paths in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).digest() for path in files}


# As Debian has it where it matters, but that nothing is logged, connections are kept as long as the client wants,
# and what is sent compressed was compressed before. All of it is in favour of nginx.
NGINX = """daemon off;
user {user};
worker_processes auto;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 768; }}
http {{
  sendfile on;
  tcp_nopush on;
  types {{ text/html html; text/css css; }}
  charset utf-8;
  charset_types text/css;
  access_log off;
  keepalive_requests 100000000;
  gzip off;
  gzip_static on;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    root files;
{headers}
  }}
}}
"""


@contextmanager
def serve_nginx(folder: Path, headers: Mapping[str, str]) -> Iterator[int]:
    """nginx, with its files in a folder and some headers on each; yields its port."""
    port = find_port()
    lines = (f'    add_header {name} "{value}";' for name, value in headers.items())
    config = NGINX.format(user=getpass.getuser(), port=port, headers="\n".join(lines))
    (folder / "nginx.conf").write_text(config, encoding="utf-8")
    command = ["nginx", "-p", f"{folder}/", "-c", "nginx.conf", "-e", "error.log"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(200):
        try:
            fetch(port, "index.html")
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx did not start")


def fetch(port: int, path: str, coding: str = "identity") -> tuple[Mapping[str, str], bytes]:
    """The headers and the body of a file."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/{path}", headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return {name.lower(): value for name, value in answer.getheaders()}, body


@dataclass(frozen=True)
class Rate:
    """What wrk measured: requests a second, and milliseconds at the median and at the 99th percentile."""

    requests: float
    median: float
    slow: float


def ask(port: int, path: str, clients: int, seconds: int, *, packed: bool) -> Rate:
    """Ask for one file again and again."""
    headers = ["-H", "Accept-Encoding: gzip"] if packed else []
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "-s", str(BENCH / "latency.lua"), *headers]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/{path}"], capture_output=True, text=True, check=True
    ).stdout
    *found, failed = map(float, next(line for line in told.splitlines() if line.startswith("measured")).split()[1:])
    if failed:
        raise RuntimeError(told)
    return Rate(*found)


def measure_serving(folder: Path, seconds: int, rounds: int) -> None:
    """Print how `onrecord serve` compares with nginx."""
    project = copy_flagship(folder / "project")
    with serving(project, folder / "log") as server:
        public = project / "site" / "public"
        build = next(path.parent.name for path in (public / "assets").glob("*/style.css"))
        paths = {name: path.format(build=build) for name, path in SERVED.items()}
        for path in paths.values():
            copy = folder / "nginx/files" / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((public / path).read_bytes())
            copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(copy.read_bytes(), 6))
        sent, _ = fetch(server.port, paths["home"])
        with serve_nginx(folder / "nginx", {n: v for n, v in sent.items() if n not in OWN_HEADERS}) as other:
            check_same(server.port, other, paths)
            for packed, clients in ((False, CLIENTS), (True, PACKED_CLIENTS)):
                compare((server.port, other), paths, clients, (seconds, rounds), packed=packed)


def check_same(own: int, other: int, paths: Mapping[str, str]) -> None:
    """Make sure that both send the same, and say by how many bytes their headers differ."""
    for name, path in paths.items():
        (headers, body), (beside, same) = fetch(own, path), fetch(other, path)
        assert body == same, path
        sizes = [sum(len(one) + len(value) + 4 for one, value in found.items()) for found in (headers, beside)]
        print(f"{name}: {len(body):,} bytes; headers: onrecord {sizes[0]} bytes, nginx {sizes[1]}")


def compare(
    ports: tuple[int, int], paths: Mapping[str, str], counts: tuple[int, ...], how: tuple[int, int], *, packed: bool
) -> None:
    """Ask both in turn, for some seconds in some rounds, and print medians and ratios."""
    seconds, rounds = how
    title = "compressed" if packed else "not compressed"
    times = ("onrecord, ms (99 %)", "nginx, ms (99 %)")
    table = Table("page", "clients", "onrecord, per s", "nginx, per s", "ratio", *times, title=title)
    for name, path in paths.items():
        for clients in counts:
            asked: dict[int, list[Rate]] = {port: [] for port in ports}
            for turn in range(rounds):
                for port in ports if turn % 2 else reversed(ports):
                    asked[port].append(ask(port, path, clients, seconds, packed=packed))
            own, other = asked.values()
            rates = [statistics.median(one.requests for one in found) for found in (own, other)]
            table.add_row(
                name,
                str(clients),
                *(f"{rate:,.0f}" for rate in rates),
                f"{rates[0] / rates[1]:.2f}",
                *map(describe_latency, (own, other)),
            )
    Console(width=120).print(table)


def describe_latency(rates: list[Rate]) -> str:
    """Medians of the medians and of the slowest."""
    median, slow = (statistics.median(found) for found in zip(*((one.median, one.slow) for one in rates), strict=True))
    return f"{median:.2f} ({slow:.2f})"


PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
WEIGHT = f"{LOADED}.map(one => one.transferSize).reduce((sum, one) => sum + one, 0)"


def measure_showing(folder: Path, rounds: int) -> None:
    """Print when each kind of page first shows something, and how many bytes it loads."""
    table = Table("page", "first contentful paint, ms", "longest", "kB", "requests", title="pages shown")
    project = copy_flagship(folder / "project")
    with serving(project, folder / "log") as server, sync_playwright() as playwright, browsing(playwright) as browser:
        look_at(browser, server.address, PAGES["home"])  # The browser itself starts slowly.
        for kind, path in PAGES.items():
            seen = [look_at(browser, server.address, path) for _ in range(rounds)]
            paints, weights, counts = zip(*seen, strict=True)
            table.add_row(
                kind,
                f"{statistics.median(paints):.0f}",
                f"{max(paints):.0f}",
                f"{statistics.median(weights) / 1000:.1f}",
                f"{statistics.median(counts):.0f}",
            )
    Console(width=100).print(table)


def look_at(browser: Browser, address: str, path: str) -> tuple[float, float, float]:
    """Milliseconds until something shows, bytes, and requests, of a page that was never seen before."""
    with visiting(browser, f"{address}/") as page:
        page.goto(path, wait_until="networkidle")
        page.wait_for_function(PAINTED)
        return page.evaluate(PAINTED), page.evaluate(WEIGHT), page.evaluate(f"{LOADED}.length")


def main() -> None:
    """Measure what is asked for, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1,10,100")
    parser.add_argument("--whole", default="1,10")
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="made,served,shown")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        print(json.dumps(make_pages(options.make)))
        return
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        sys.exit(f"This needs {', '.join(missing)}. Install them: apt-get install {' '.join(missing)}")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if "made" in options.only:
            sizes, whole = ([int(one) for one in text.split(",") if one] for text in (options.sizes, options.whole))
            measure_making(sizes, whole, folder)
        if "served" in options.only:
            measure_serving(folder / "served", options.seconds, options.rounds)
        if "shown" in options.only:
            measure_showing(folder / "shown", options.rounds)


if __name__ == "__main__":
    main()
