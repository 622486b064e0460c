"""What the server bears: queries without an end, queries that kill their process, clients that stall or go away."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from conftest import ROOT
from onrecord.answers import FORMATS
from onrecord.failures import CallError
from onrecord.limits import LIMITS, Limits
from onrecord.pool import Pool, Task, Worker
from onrecord.project import Project, read_project
from onrecord.protocol import Call
from onrecord.published import store_of
from onrecord.workers import IN_MEMORY, pack_call
from served import BROWSER, Answer, Server, children_of, publish_tiny, serving
from test_answers import REFUSED, Canary, canary

__all__ = ["canary"]

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?f ?b ?i"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PATH = "SELECT (COUNT(*) AS ?n) { ?x ((!<a:a>)|(^(!<a:b>)))* ?y . ?y ((!<a:a>)|(^(!<a:b>)))* ?z }"
SECONDS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_tiny(tmp_path_factory.mktemp("limits") / "tiny")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    limits = ("--seconds", str(SECONDS), "--memory", "256", "--answer", "4")
    with serving(folder, folder.parent / "log", *limits) as server:
        yield server


def asks(server: Server) -> bool:
    """Whether the server answers a simple query."""
    return server.query(f"ASK {{ BIND({time.monotonic_ns()} AS ?x) }}").status == 200


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it comes to be so; looked at often, since a machine that stood still has not had its time."""
    for _ in range(int(seconds / 0.05)):
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


@pytest.mark.parametrize(
    ("query", "limit"), [(ENDLESS, "time"), (PATH, "time"), (SORT, "memory"), (LARGE, "answer")], ids=str
)
def test_at_a_limit_the_client_is_told_which_and_the_machine_is_free_again(
    server: Server, query: str, limit: str
) -> None:
    answer = server.query(query)
    assert answer.status == 503
    assert answer.headers["Retry-After"].isdecimal()
    problem = json.loads(answer.body)
    assert (problem["status"], problem["limit"]) == (503, limit)
    assert wait_until(lambda: not find_running(server)), find_running(server)
    assert asks(server)


def find_running(server: Server) -> list[str]:
    """What the kernel says of those processes of a server that compute; one that is gone does not."""
    found = []
    for process in server.processes():
        with suppress(OSError):
            found.append(Path(f"/proc/{process}/stat").read_text())
    return [stat for stat in found if stat.rpartition(")")[2].split()[0] == "R"]


def test_a_browser_is_told_of_a_limit_on_a_page_that_keeps_the_query(server: Server) -> None:
    answer = server.query(ENDLESS, BROWSER)
    assert answer.status == 503
    assert f"longer than {SECONDS} s" in answer.text
    assert "?j ?k ?l }</textarea>" in answer.text


@pytest.mark.parametrize("depth", [1_000, 10_000, 60_000])
@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: "SELECT * { FILTER(" + "(" * depth + "1" + ")" * depth + ") }",
        lambda depth: "SELECT * " + "{" * depth + "}" * depth,
        lambda depth: "ASK { FILTER(" + "!" * depth + "true) }",
        lambda depth: "ASK {" + "OPTIONAL {" * depth + "}" * depth + " }",
        lambda depth: "ASK { ?s " + "(" * depth + "<a:p>" + ")*" * depth + " ?o }",
        lambda depth: "ASK { ?s <a:p> " + "[ <a:p> " * depth + "1" + "]" * depth + " }",
    ],
    ids=["parentheses", "groups", "not", "optional", "path", "blank nodes"],
)
def test_a_query_nested_however_deep_costs_one_worker_at_most(
    server: Server, nested: Callable[[int], str], depth: int
) -> None:
    answer = server.post({"query": nested(depth)})
    assert answer.status in (200, 400, 413, 503)
    assert asks(server)


def test_a_query_that_ends_its_process_is_answered_as_a_mistake_of_the_query(server: Server) -> None:
    answer = server.post({"query": "ASK { FILTER(" + "!" * 100_000 + "true) }"})
    assert answer.status == 400
    assert "nested too deeply" in answer.text


def test_while_one_client_asks_the_worst_another_is_answered(server: Server) -> None:
    answers: list[Answer] = []
    worst = [threading.Thread(target=lambda q=q: answers.append(server.query(q))) for q in [ENDLESS, PATH, SORT] * 12]
    for one in worst:
        one.start()
    time.sleep(0.3)
    answered = [asks(server) for _ in range(20)]
    still_working = sum(one.is_alive() for one in worst)
    for one in worst:
        one.join()
    assert all(answered)
    assert still_working > 10
    assert {answer.status for answer in answers} == {503}


def send(server: Server, path: str) -> socket.socket:
    """A connection on which a path was asked for and nothing is read."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def test_a_client_that_goes_away_frees_its_query(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log") as server:
        connection = send(server, f"/sparql?query={quote(ENDLESS)}")
        assert wait_until(lambda: bool(find_running(server)))
        connection.close()
        assert wait_until(lambda: not find_running(server))
        assert wait_until(lambda: " 499 " in server.log.read_text())


def test_clients_that_do_not_read_hold_nothing_but_their_connections(server: Server) -> None:
    large = quote("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 9000")
    assert server.get(f"/sparql?query={large}").status == 200
    with ExitStack() as open_ones:
        for at in range(40):
            open_ones.enter_context(send(server, f"/sparql?query={large}%20%23{at}"))
            half = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            half.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nqu")
        assert wait_until(lambda: not find_running(server))
        assert asks(server)


def test_more_than_may_wait_are_sent_away_at_once(folder: Path, tmp_path: Path) -> None:
    limits = ("--queries", "2", "--queue", "1", "--patience", "0.5", "--seconds", "3")
    with serving(folder, tmp_path / "log", *limits) as server:
        hogs = [send(server, f"/sparql?query={quote(ENDLESS)}%20%23{at}") for at in range(2)]
        assert wait_until(lambda: len(find_running(server)) == 2)
        answers: list[Answer] = []
        waiting = [threading.Thread(target=lambda: answers.append(server.query(ENDLESS))) for _ in range(4)]
        for one in waiting:
            one.start()
        for one in waiting:
            one.join()
        assert [(one.status, json.loads(one.body)["limit"]) for one in answers] == [(503, "queue")] * 4
        for connection in hogs:
            connection.close()
        assert wait_until(lambda: asks(server))


@pytest.mark.parametrize(
    ("method", "path", "body", "statuses"),
    [
        ("GET", "/sparql?query=" + "a" * 40_000, None, {414}),
        ("GET", "/" + "a" * 40_000, None, {414}),
        ("GET", "/" + "a" * 100_000, None, {431}),
        ("POST", "/sparql", urlencode({"query": "#" * 1_100_000}).encode(), {413}),
    ],
)
def test_a_request_that_is_too_long_is_refused(
    server: Server, method: str, path: str, body: bytes | None, statuses: set[int]
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    assert server.ask(method, path, body, headers).status in statuses
    assert asks(server)


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "If-None-Match", "Range"])
def test_a_header_that_takes_long_to_read_is_refused(server: Server, name: str) -> None:
    answer = server.ask("GET", "/", headers={name: "a/b," * 1_000})
    assert answer.status == 431
    assert server.ask("GET", "/", headers={name: "a/b," * 400}).status in (200, 406)


def test_an_answer_that_is_too_large_leaves_nothing_on_the_disk(server: Server) -> None:
    (holder,) = {parent_of(one) for one in server.processes()}
    arguments = Path(f"/proc/{holder}/cmdline").read_text().split("\0")
    spool = next(Path(argument) for argument in arguments if "/onrecord-" in argument)
    before = set(spool.iterdir())
    assert json.loads(server.query(LARGE + " # again").body)["limit"] == "answer"
    assert set(spool.iterdir()) <= before


def test_a_build_that_cannot_be_opened_leaves_the_last_one_served(tmp_path: Path) -> None:
    folder = publish_tiny(tmp_path / "tiny")
    with serving(folder, tmp_path / "log") as server:
        gone, version = folder / "site/public/gone.json", folder / "site/public/version.json"
        kept = gone.read_bytes()
        gone.unlink()
        version.write_text(version.read_text() + " ")
        assert wait_until(lambda: "cannot be opened" in server.log.read_text())
        assert asks(server)
        gone.write_bytes(kept)
        assert wait_until(lambda: server.get("/claim/none-such").status == 404)
        server.query("SELECT * {} # after")
        assert wait_until(lambda: server.log.read_text().rstrip().endswith("rows"))


def test_headers_without_an_end_are_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        received = b""
        for at in range(2_000):
            try:
                connection.sendall(b"X-%d: %b\r\n" % (at, b"a" * 100))
            except OSError:
                break
        connection.settimeout(5)
        received = connection.recv(100)
    assert received.startswith(b"HTTP/1.1 431 ")


def kill_idle(server: Server) -> None:
    """End every process that waits for queries."""
    for worker in server.processes():
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def test_a_query_for_an_idle_worker_that_was_killed_is_answered_by_another(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log") as server:
        killed = []
        for _ in range(60):
            killed += server.processes()
            kill_idle(server)
            assert asks(server)
        assert len(set(killed)) > 60


def test_so_are_queries_that_are_asked_at_once(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log") as server, ThreadPoolExecutor(6) as clients:
        for _ in range(20):
            kill_idle(server)
            assert all(clients.map(asks, [server] * 6))


@pytest.mark.parametrize(("query", "status"), [("ASK {}", 200), ("ASK { FILTER(" + "!" * 100_000 + "true) }", 400)])
def test_a_query_that_ends_its_worker_is_given_to_no_other(
    query: str, status: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Task] = []
    send_to = Worker.send

    def send_noted(worker: Worker, task: Task) -> None:
        given.append(task)
        send_to(worker, task)

    monkeypatch.setattr(Worker, "send", send_noted)
    # The browser that other tests use keeps an event loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(ask_pool(read_project(folder), query))).result() == status
    assert len(given) == 1


async def ask_pool(project: Project, query: str) -> int:
    """The status of the answer of workers that do nothing else."""
    pool = Pool(project, None, Limits(), asyncio.get_running_loop())
    await pool.start()
    try:
        call = Call("POST", "", "application/sparql-query", query.encode(), "*/*", "")
        return (await pool.wait(pack_call(call), asyncio.Event().wait)).status
    except CallError as error:
        return error.status
    finally:
        await pool.close()


def test_an_ended_holder_is_replaced(folder: Path, tmp_path: Path) -> None:
    with serving(folder, tmp_path / "log") as server:
        (holder,) = {parent_of(one) for one in server.processes()}
        os.kill(holder, signal.SIGKILL)
        assert wait_until(lambda: asks(server) and holder not in {parent_of(one) for one in server.processes()}, 10)


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_told_to_stop_the_server_finishes_what_runs(folder: Path, tmp_path: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(STR(?a) < STR(?f)) }"
    with serving(folder, tmp_path / "log") as server:
        answers: list[Answer] = []
        asking = threading.Thread(target=lambda: answers.append(server.query(query)))
        asking.start()
        assert wait_until(lambda: bool(find_running(server)))
        workers = server.processes()
        server.process.terminate()
        asking.join()
        server.process.wait(10)
    assert [answer.status for answer in answers] == [200]
    left = [Path(f"/proc/{one}/stat").read_text() for one in workers if Path(f"/proc/{one}").exists()]
    assert left == []


def test_what_is_published_while_the_server_runs_is_served(tmp_path: Path) -> None:
    folder = publish_tiny(tmp_path / "tiny")
    with serving(folder, tmp_path / "log") as server:
        before = server.get("/dumps/record.nq")
        version = json.loads((folder / "site/public/version.json").read_text())
        graph = "<https://weir.example/graph/x>"
        file = folder / "site/public/dumps/record.nq"
        file.write_bytes(file.read_bytes() + f"<a:new> <a:new> <a:new> {graph} .\n".encode())
        (folder / "site/public/version.json").write_text(json.dumps({**version, "dataset_hash": "0" * 64}))
        assert wait_until(lambda: b"true" in server.query("ASK { <a:new> ?p ?o }").body)
        assert server.get("/dumps/record.nq").headers["ETag"] != before.headers["ETag"]


def test_an_answer_that_changes_each_time_is_not_kept(server: Server) -> None:
    query = "SELECT (RAND() AS ?x) {}"
    answers = [server.query(query) for _ in range(2)]
    assert answers[0].body != answers[1].body
    assert {answer.headers["ETag"] for answer in answers} == {None}
    assert re.search("no-store", answers[0].headers["Cache-Control"])


@pytest.mark.parametrize("query", REFUSED)
def test_no_disguise_makes_the_server_open_anything(server: Server, canary: Canary, query: str) -> None:
    answer = server.post({"query": query.replace("PORT", str(canary.port))})
    assert answer.status == 403
    assert canary.requests == []


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM <FILE> { ?s ?p ?o }", "SELECT * FROM NAMED <FILE> { GRAPH ?g { ?s ?p ?o } }", "LOAD <FILE>"],
)
def test_no_file_is_opened(server: Server, tmp_path: Path, query: str) -> None:
    file = tmp_path / "canary.ttl"
    file.write_text("<a:canary> <a:sings> <a:loudly> .")
    os.utime(file, (0, 0))
    answer = server.post({"query": query.replace("FILE", file.as_uri())})
    assert answer.status == 403
    assert b"loudly" not in answer.body
    assert file.stat().st_atime == 0
    assert b"false" in server.query("ASK { <a:canary> ?p ?o }").body


def test_a_large_record_is_served_from_disk_with_the_same_answers(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.publish.LARGE", 1)
    folder = publish_tiny(tmp_path / "tiny")
    assert store_of(folder / "site" / "public")
    with serving(folder, tmp_path / "log") as other:
        compare_answers(server, other, "from the disk")
        assert wait_until(lambda: [place_of(holder) for holder in children_of(other.process.pid)] == [IN_MEMORY])
        compare_answers(server, other, "from memory")


def place_of(holder: int) -> str:
    """The last argument of a process that holds a record; empty where it ends."""
    return "".join(Path(f"/proc/{holder}/cmdline").read_text().split("\0")[-2:-1])


def compare_answers(server: Server, other: Server, mark: str) -> None:
    """Two servers answer alike; the mark makes queries of them that were not asked before."""
    for query in ("SELECT * { ?s ?p ?o }", "SELECT * { GRAPH ?g { ?s ?p ?o } }", "DESCRIBE claim:dead-40"):
        asked = f"{query} # {mark}"
        rows, others = (sorted(one.query(asked, "text/csv, text/turtle").text.splitlines()) for one in (server, other))
        assert len(rows) > 10
        assert [row for row in rows if "_:" not in row] == [row for row in others if "_:" not in row]


def test_the_documentation_tells_each_limit_and_its_default() -> None:
    text = (ROOT / "docs" / "endpoint.md").read_text()
    told = re.findall(r"^\| `--(\w+)` \| ([\d.]+) \|", text, re.MULTILINE)
    assert [(name, float(value)) for name, value in told] == [(name, float(str(value))) for name, value, _ in LIMITS]


def test_the_documentation_tells_each_format_of_answers() -> None:
    text = (ROOT / "docs" / "endpoint.md").read_text()
    told = re.findall(r"\(`(\w+)`\)", text.partition("## When")[0])
    assert sorted(told) == sorted(FORMATS)
