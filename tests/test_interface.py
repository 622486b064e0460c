"""The HTTP interface as it describes itself, asked at random: every answer is one that the description names."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from served import BROWSER, FORM, Server, publish_tiny, serving

QUIET = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
WORDS = st.sampled_from(
    [
        *(
            "SELECT",
            "ASK",
            "CONSTRUCT",
            "DESCRIBE",
            "WHERE",
            "{",
            "}",
            "(",
            ")",
            "?s",
            "?p",
            "?o",
            "*",
            "a",
            "rec:Claim",
        ),
        *("FILTER", "OPTIONAL", "UNION", "GRAPH", "FROM", "SERVICE", "<a:b>", "'x'", '"""', "\\u0053", "#", "LIMIT 3"),
        *(
            "claim:dead-40",
            "BIND(1 AS ?x)",
            "INSERT",
            "DATA",
            ".",
            ";",
            ",",
            "[]",
            "<<",
            ">>",
            "^^",
            "@en",
            "\x00",
            "é",
        ),
    ]
)
MEDIA = st.sampled_from(
    [
        "",
        "*/*",
        "text/csv",
        "text/turtle;q=0.1",
        BROWSER,
        "application/ld+json",
        "image/png",
        ";;;q=x",
        "text/*, */*;q=0",
    ]
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = publish_tiny(tmp_path_factory.mktemp("interface") / "tiny")
    with serving(folder, folder.parent / "log", "--seconds", "5") as server:
        yield server


def test_the_description_names_the_routes_and_the_formats(server: Server) -> None:
    described = json.loads(server.get("/openapi.json").body)
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) == {"/sparql", "/{path}"}
    assert "text/csv" in described["paths"]["/sparql"]["get"]["responses"]["200"]["content"]


def test_whatever_the_description_allows_is_answered_as_it_says(server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert [operation.label for operation in operations] == ["GET /sparql", "POST /sparql", "GET /{path}"]
    for operation in operations:
        assert ask_at_random(server, operation) > 100


def ask_at_random(server: Server, operation: Any) -> int:
    """Ask in all ways that the description allows; how often."""
    tried = 0

    @QUIET
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        nonlocal tried
        tried += 1
        response = case.call(base_url=server.address, allow_redirects=False, timeout=30)
        assert str(response.status_code) in operation.definition.raw["responses"], response.text
        if response.status_code == 503:
            assert "limit" in response.json()

    ask()
    return tried


@QUIET
@given(query=st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60), accept=MEDIA, post=st.booleans())
def test_whatever_is_asked_is_answered_or_explained(server: Server, query: str, accept: str, post: bool) -> None:
    try:
        sent = quote(query)
    except UnicodeEncodeError:
        return
    answer = (
        server.post(f"query={sent}".encode(), FORM, accept) if post else server.get(f"/sparql?query={sent}", accept)
    )
    assert answer.status in (200, 400, 403, 406, 503)
    if answer.status == 503:
        assert json.loads(answer.body)["limit"] in ("time", "memory", "answer")
    assert b"Traceback" not in answer.body


@QUIET
@given(path=st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(["..", "%2e%2e/x", "id/%00", "a//b"]))
def test_whatever_path_is_asked_for_is_answered_or_explained(server: Server, path: str) -> None:
    answer = server.get(f"/{quote(path)}")
    assert answer.status in (200, 303, 404, 406)


@QUIET
@given(data=st.binary(max_size=200))
def test_whatever_bytes_are_sent_the_server_lives(server: Server, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(data + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        received = connection.recv(100)
    assert received == b"" or received.startswith(b"HTTP/1.1 ")
    assert server.get("/version.json").status == 200
