"""The endpoint beside others, over HTTP: point look-ups, repeated ones, and analysis, at three sizes.

Others: `oxigraph serve` (PyPI), rdflib-endpoint (PyPI), Virtuoso 7 (Debian). Same data, same queries, same clients
(wrk), in turn on one machine; what stands in the table are medians and ratios. Installs the others into bench/.peers
and needs wrk and virtuoso-opensource-7, which it asks apt for.

    python bench/endpoints.py [--sizes 1,5,48] [--seconds 3] [--rounds 5]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from grow import grow
from rich.console import Console
from rich.table import Table

from onrecord.build import draft_record, finish
from onrecord.catalogue import Catalogue
from onrecord.collector import rarely_collected
from onrecord.dumps import STORE_DUMP, UNION_DUMP
from onrecord.project import Project, read_project
from onrecord.publish import Downloads, publish_files
from onrecord.published import store_of
from onrecord.store import Quads, write_store
from onrecord.viewpoints import views_of
from onrecord.workers import IN_MEMORY

BENCH = Path(__file__).resolve().parent
PEERS = BENCH / ".peers"
CLIENTS = (1, 8, 32)
PORT = 8140
# Above so many statements a peer is not asked: it would take hours.
SLOW = {"rdflib-endpoint": 100_000}


@dataclass(frozen=True)
class Data:
    """A record to serve: its project, how many statements, its things, and its quads with the default graph."""

    project: Project
    count: int
    things: Path
    expanded: Path
    union: Path


def prepare(folder: Path, times: int) -> Data:
    """A record of ``times`` the flagship's size, with what a server needs published."""
    root = folder / f"x{times}"
    grow(root, times)
    project = read_project(root)
    record = finish(draft_record(project, lambda stage: None).record)
    downloads = Downloads.make(record, Catalogue(record))
    publish_files(record, downloads.minimal())
    with rarely_collected():
        dumped = elapsed(
            lambda: Quads([*record.statements, *record.views]).write("application/n-quads", project.prefixes)
        )
    things = sorted({str(s.subject) for s in record.statements if is_claim(str(s.subject))})
    (root / "things").write_text("\n".join(quote(thing, safe="") for thing in things))
    expanded = root / "expanded.nq"
    union = root / "union.nt"
    subprocess.run(
        [PEERS / "bin/oxigraph", "convert", "-f", project.public / UNION_DUMP, "-t", union],
        check=True,
        capture_output=True,
    )
    expanded.write_bytes((project.public / STORE_DUMP).read_bytes() + union.read_bytes())
    compare_files(project, expanded, dumped, folder / "oxigraph")
    return Data(project, len(record.statements), root / "things", expanded, union)


def compare_files(project: Project, expanded: Path, dumped: float, store: Path) -> None:
    """Print how long a store and a dump take to write, beside what the commands of oxigraph take."""
    nquads, apart = project.public / STORE_DUMP, views_of(project.base)
    own = elapsed(lambda: write_store(store.with_name("own"), nquads, apart))
    load: list[str | Path] = [PEERS / "bin/oxigraph", "load", "-l", store, "-f", expanded]
    other = elapsed(lambda: subprocess.run(load, check=True, capture_output=True))
    subprocess.run([PEERS / "bin/oxigraph", "optimize", "-l", store], check=True, capture_output=True)
    write: list[str | Path] = [PEERS / "bin/oxigraph", "dump", "-l", store, "-f", store.with_name("out.nq")]
    out = elapsed(lambda: subprocess.run(write, check=True, capture_output=True))
    print(f"store on disk: {own:.2f} s, oxigraph load: {other:.2f} s, ratio {other / own:.2f}")
    print(f"N-Quads: {dumped:.2f} s, oxigraph dump of twice as many (with the default graph): {out:.2f} s", flush=True)


def elapsed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def is_claim(iri: str) -> bool:
    """Whether an IRI is that of a claim, and not of a part of one."""
    return "/claim/" in iri and "#" not in iri


@contextmanager
def running(command: Sequence[str | Path], ready: str, limit: float = 600, cwd: Path | None = None) -> Iterator[float]:
    """A server, as long as it is asked; yields how many seconds it took to answer."""
    began = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as one:
        try:
            while not answers(ready):
                if one.poll() is not None or time.perf_counter() - began > limit:
                    raise RuntimeError(f"{command[0]} did not start")
                time.sleep(0.02)
            yield time.perf_counter() - began
        finally:
            os.killpg(one.pid, signal.SIGTERM)
            try:
                one.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(one.pid, signal.SIGKILL)


def answers(path: str) -> bool:
    """Whether the endpoint at a path answers a query."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        connection.request("GET", f"{path}?{urlencode({'query': 'ASK { ?s ?p ?o }'})}", headers=ACCEPT)
        found = connection.getresponse()
        body = found.read()
        return found.status == 200 and b"true" in body
    except OSError:
        return False


ACCEPT = {"Accept": "application/sparql-results+json"}


@contextmanager
def serve_own(data: Data, folder: Path) -> Iterator[float]:
    """`onrecord serve`, with isolation and limits as they are."""
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "onrecord",
        "serve",
        "--project",
        data.project.root,
        "--port",
        str(PORT),
    ]
    with running(command, "/sparql") as took:
        if store_of(data.project.public):
            began = time.perf_counter()
            while find_places() != {IN_MEMORY}:
                time.sleep(0.1)
            print(f"held in memory {took + time.perf_counter() - began:.1f} s after the start", flush=True)
        yield took


def find_places() -> set[str]:
    """Where the processes that answer queries have the record, by the last argument of each."""
    found: list[list[str]] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_text(errors="replace").split("\0")[:-1])
    return {command[-1] for command in found if "onrecord.workers" in command}


@contextmanager
def serve_oxigraph(data: Data, folder: Path) -> Iterator[float]:
    """`oxigraph serve` of a store on disk."""
    store = folder / "oxigraph"
    with running([PEERS / "bin/oxigraph", "serve", "-l", store, "-b", f"127.0.0.1:{PORT}"], "/query") as took:
        yield took


@contextmanager
def serve_rdflib(data: Data, folder: Path) -> Iterator[float]:
    """rdflib-endpoint, which reads a file into memory."""
    command: list[str | Path] = [
        PEERS / "bin/rdflib-endpoint",
        "serve",
        "--port",
        str(PORT),
        "--host",
        "127.0.0.1",
        data.union,
    ]
    with running(command, "/") as took:
        yield took


VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
TransactionFile = virtuoso.trx
ErrorLogFile = virtuoso.log
[Parameters]
ServerPort = 1140
DirsAllowed = {folder}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
[HTTPServer]
ServerPort = {port}
ServerThreads = 40
MaxClientConnections = 40
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 600
MaxQueryCostEstimationTime = 100000
"""


@contextmanager
def serve_virtuoso(data: Data, folder: Path) -> Iterator[float]:
    """Virtuoso 7, with its buffers as its manual sets them for 2 GB."""
    place = folder / "virtuoso"
    is_new = not place.exists()
    place.mkdir(exist_ok=True)
    (place / "virtuoso.ini").write_text(VIRTUOSO.format(folder=data.union.parent, port=PORT))
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    with running(command, "/sparql", cwd=place) as took:
        if is_new:
            load = f"ld_dir('{data.union.parent}', 'union.nt', 'urn:record'); rdf_loader_run(); checkpoint;"
            subprocess.run(["isql-vt", "1140", "dba", "dba", f"EXEC={load}"], check=True, capture_output=True)
        yield took


Measured = dict[str, list[float]]
Serve = Callable[[Data, Path], AbstractContextManager[float]]
# Each endpoint: its name, how it is served, and where it is asked.
ENDPOINTS: tuple[tuple[str, Serve, str], ...] = (
    ("onrecord serve", serve_own, "/sparql"),
    ("oxigraph serve", serve_oxigraph, "/query"),
    ("rdflib-endpoint", serve_rdflib, "/"),
    ("Virtuoso 7", serve_virtuoso, "/sparql"),
)


def look_up(data: Data, path: str, clients: int, seconds: int, *, repeated: bool = False) -> float:
    """Point look-ups a second."""
    given = {**os.environ, "THINGS": str(data.things), "ENDPOINT": path}
    given |= {"REPEATED": "1"} if repeated else {}
    script = ["-s", str(BENCH / "lookups.lua"), f"http://127.0.0.1:{PORT}"]
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", *script]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=given).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    return next(float(line.split()[1]) for line in told.splitlines() if line.startswith("Requests/sec"))


def read_queries(project: Project) -> list[tuple[str, str]]:
    """The queries of analysis, with the prefixes that others do not know."""
    prologue = f"BASE <{project.base}>\n" + "".join(f"PREFIX {p}: <{n}>\n" for p, n in project.prefixes.items() if p)
    files = sorted((BENCH / "queries").glob("*.rq"))
    return [(path.stem, prologue + path.read_text(encoding="utf-8")) for path in files]


def ask(path: str, query: str) -> tuple[float, int]:
    """How many seconds an answer takes, and how many rows it has."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=600)
    began = time.perf_counter()
    connection.request("POST", path, urlencode({"query": query}), {**ACCEPT, "Content-Type": FORM})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        raise RuntimeError(body[:300].decode())
    return took, len(json.loads(body)["results"]["bindings"])


FORM = "application/x-www-form-urlencoded"


def analyse(path: str, queries: Sequence[tuple[str, str]], rounds: int) -> dict[str, tuple[float, int]]:
    """For each query the median of its seconds, and its rows."""
    found = {}
    for name, query in queries:
        asked = [ask(path, f"{query}\n# {time.monotonic_ns()}") for _ in range(rounds)]
        found[name] = statistics.median(seconds for seconds, _ in asked), asked[0][1]
    return found


def measure(data: Data, folder: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """What each endpoint does, by what is measured."""
    found: dict[str, Measured] = {name: {} for name, *_ in ENDPOINTS}
    rows: dict[str, dict[str, int]] = {}
    queries = read_queries(data.project)
    for _ in range(options.rounds):
        for name, serve, path in ENDPOINTS:
            if data.count > SLOW.get(name, data.count):
                continue
            with serve(data, folder) as took:
                keep(found[name], "start, s", took)
                for clients in CLIENTS:
                    keep(found[name], f"look-ups, {clients}", look_up(data, path, clients, options.seconds))
                repeated = look_up(data, path, CLIENTS[1], options.seconds, repeated=True)
                keep(found[name], "repeated, 8", repeated)
                answered = analyse(path, queries, 3)
                rows[name] = {query: count for query, (_, count) in answered.items()}
                for query, (seconds, _) in answered.items():
                    keep(found[name], f"{query}, ms", 1000 * seconds)
    differing = {name for name, counts in rows.items() if counts != rows["onrecord serve"]}
    if differing:
        print("not the same rows:", {name: rows[name] for name in differing}, rows["onrecord serve"], sep="\n")
    return {name: {what: statistics.median(all_of) for what, all_of in one.items()} for name, one in found.items()}


def keep(found: Measured, what: str, value: float) -> None:
    """Add a measurement to the others of its kind."""
    found.setdefault(what, []).append(value)


def show(data: Data, measured: dict[str, dict[str, float]]) -> None:
    """The table: medians, and how own compares with each other endpoint (above 1 is better)."""
    names = [name for name, _, _ in ENDPOINTS if measured[name]]
    table = Table("", *names, *(f"ratio to {name}" for name in names[1:]), title=f"{data.count:,} statements")
    own = measured[names[0]]
    for what, value in own.items():
        is_rate = "look-ups" in what or "repeated" in what
        ratios = [value / measured[n][what] if is_rate else measured[n][what] / value for n in names[1:]]
        table.add_row(what, *(f"{measured[n][what]:,.2f}" for n in names), *(f"{ratio:.2f}" for ratio in ratios))
    analysis = [what for what in own if what.endswith(", ms")]
    totals = {n: sum(measured[n][what] for what in analysis) for n in names}
    ratios = [totals[n] / totals[names[0]] for n in names[1:]]
    table.add_row("analysis, ms", *(f"{totals[n]:,.1f}" for n in names), *(f"{ratio:.2f}" for ratio in ratios))
    Console(width=160).print(table)


def install() -> None:
    """Have the others and the client, or say what is missing."""
    if not (PEERS / "bin/rdflib-endpoint").exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin/pip", "install", "--quiet", "oxigraph", "rdflib-endpoint", "uvicorn"], check=True)
    wanted = [package for package, program in APT.items() if shutil.which(program) is None]
    if wanted:
        subprocess.run(["apt-get", "install", "--yes", "--quiet", *wanted], check=True, stdout=subprocess.DEVNULL)


APT = {"wrk": "wrk", "virtuoso-opensource-7": "virtuoso-t"}


def main() -> None:
    """Measure at each size, and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1,5,48")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    install()
    with tempfile.TemporaryDirectory() as folder:
        for times in map(int, options.sizes.split(",")):
            place = Path(folder) / str(times)
            place.mkdir()
            data = prepare(place, times)
            show(data, measure(data, place, options))


if __name__ == "__main__":
    main()
