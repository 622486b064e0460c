"""The SPARQL 1.1 Protocol: what a request asks of the endpoint, or what is wrong with how it asks."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from werkzeug.http import parse_accept_header, parse_options_header

from onrecord.answers import FORMATS, READ_ONLY, Dataset, accepted_media_types
from onrecord.failures import CallError, read_accept
from onrecord.outlets import CODINGS

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
UTF8, MOST_FIELDS = "utf-8", 1_000
# The mark of an escape, where there is none.
NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Other names that clients have for formats.
FORMAT_NAMES = {"turtle": "ttl", "n3": "ttl", "rdf+xml": "rdf", "json-ld": "jsonld", "ntriples": "nt", "nquads": "nq"}


class Call(NamedTuple):
    """What the endpoint reads of an HTTP request: only texts and bytes, so that it can be handed to another process."""

    method: str
    query_string: str
    content_type: str
    body: bytes
    accept: str
    encodings: str


class Question(NamedTuple):
    """What a call asks: a query, of which graphs, and the media types that its answer may have, best first."""

    query: str
    dataset: Dataset
    media_types: tuple[str, ...]
    form: str | None


def read_call(call: Call) -> Question | None:
    """What a call asks (SPARQL 1.1 Protocol, section 2.1); None if it asks nothing.

    Raises CallError.
    """
    media_type, parameters = parse_options_header(call.content_type)
    media_type = media_type.lower()
    if parameters.get("charset", UTF8).lower() not in (UTF8, "utf8", "us-ascii"):
        raise CallError(415, f"A body in {parameters['charset']} is not read. Send UTF-8.")
    _refuse_update(call, media_type)
    given = _read_fields(call.query_string)
    if call.method == "POST" and media_type == FORM:
        for name, values in _read_fields(_decode(call.body)).items():
            given.setdefault(name, []).extend(values)
    elif call.method == "POST" and media_type == QUERY:
        given.setdefault("query", []).append(_decode(call.body))
    elif call.method == "POST":
        raise CallError(415, f"POST a query as {FORM} or as {QUERY}.")
    if "update" in given:
        raise CallError(403, READ_ONLY)
    return _read_question(given, call.accept)


def _refuse_update(call: Call, media_type: str) -> None:
    if call.method == "POST" and media_type == UPDATE:
        raise CallError(403, READ_ONLY)


def _read_question(given: Mapping[str, list[str]], accept: str) -> Question | None:
    queries = given.get("query", [])
    if not queries:
        return None
    if len(queries) > 1:
        raise CallError(400, "There are several queries. Ask one at a time.")
    form = _read_format(given.get("format", []))
    dataset = Dataset(tuple(given.get("default-graph-uri", ())), tuple(given.get("named-graph-uri", ())))
    return Question(queries[0], dataset, read_media_types(accept) if form is None else FORMATS[form], form)


def _read_format(names: list[str]) -> str | None:
    """The last format named that there is; clients name one in several ways at once, and do not encode its plus."""
    if not names:
        return None
    plain = [name.lower().replace(" ", "+") for name in names]
    known = [FORMAT_NAMES.get(name, name) for name in plain]
    found = [name for name in known if name in FORMATS]
    if not found:
        raise CallError(406, f"There is no format {names[-1]!r}. There are: {', '.join(FORMATS)}.")
    return found[-1]


def _read_fields(text: str) -> dict[str, list[str]]:
    """The fields of a form (URL Standard, section 5.1)."""
    if text.count("&") >= MOST_FIELDS:
        raise CallError(400, f"There are more than {MOST_FIELDS} parameters. Leave out what you do not need.")
    fields: dict[str, list[str]] = {}
    try:
        for name, _, value in (field.partition("=") for field in text.split("&") if field):
            fields.setdefault(_unescape(name), []).append(_unescape(value))
    except UnicodeDecodeError as error:
        raise CallError(400, "The parameters are not UTF-8. Encode them as UTF-8, then percent-encode them.") from error
    return fields


def _unescape(text: str) -> str:
    """A name or a value of a form. The decoder of quoted-printable, which has another mark, is much quicker than
    urllib's, and a query has many escapes; only a mark that begins none does it read in another way."""
    if NO_ESCAPE.search(text):
        return unquote_plus(text, errors="strict")
    return a2b_qp(text.replace("=", "%3D").replace("%", "=").replace("+", " ").encode()).decode()


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CallError(400, f"The body is not UTF-8 ({error.reason} at byte {error.start}). Send UTF-8.") from error


@lru_cache(maxsize=1024)
def read_media_types(accept: str) -> tuple[str, ...]:
    """The media types of answers that an Accept header admits, best first."""
    return tuple(accepted_media_types(read_accept(accept)))


@lru_cache(maxsize=1024)
def choose_coding(encodings: str) -> str:
    """The content coding that an Accept-Encoding header prefers (RFC 9110, section 12.5.3); empty for none."""
    if not encodings:
        return ""
    accepted = parse_accept_header(encodings)
    best = max(CODINGS, key=lambda coding: accepted[coding])
    return best if accepted[best] > 0 and accepted[best] >= accepted["identity"] else ""
