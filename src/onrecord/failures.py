"""Failures: what the server could not do, told in the form that the client reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import responses

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from onrecord.answers import ALIASES, MEDIA_TYPES

HTML, PLAIN, PROBLEM = "text/html", "text/plain", "application/problem+json"
# How many seconds a client had better wait before it asks again.
RETRY_AFTER = "5"


@dataclass(frozen=True)
class CallError(Exception):
    """What could not be done: an HTTP status, the reason with what to do, and what a program may read of it."""

    status: int
    detail: str
    members: Mapping[str, object] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The name of the status."""
        return responses.get(self.status, "Client Closed Request")


def limit_error(limit: str, detail: str) -> CallError:
    """A stated limit was reached: the client may come again (RFC 9110, section 15.6.4)."""
    return CallError(503, detail, {"limit": limit}, (("Retry-After", RETRY_AFTER),))


@lru_cache(maxsize=1024)
def read_accept(header: str) -> MIMEAccept:
    """An Accept header (RFC 9110, section 12.5.1), without the parameters of media types: all answers are UTF-8."""
    return parse_accept_header(",".join(map(_without_parameters, header.split(","))), MIMEAccept)


def _without_parameters(accepted: str) -> str:
    media_type, *parameters = accepted.split(";")
    return ";".join([media_type, *(one for one in parameters if one.strip().lower().startswith("q="))])


@lru_cache(maxsize=1024)
def prefers_html(header: str) -> bool:
    """Whether the client is one that shows pages: it prefers HTML to everything else that there is."""
    accept = read_accept(header)
    html = accept.quality(HTML)
    return html > 0 and all(html > accept.quality(name) for name in (*MEDIA_TYPES, *ALIASES, PROBLEM))


def render_failure(failure: CallError, accept: str, page: Callable[[], str]) -> tuple[str, bytes]:
    """The content type and the bytes that tell a failure: a page for a browser, a line of text for who asks for text,
    a problem document (RFC 9457) for all others."""
    accepted = read_accept(accept)
    if prefers_html(accept):
        return f"{HTML}; charset=utf-8", page().encode()
    if accepted.quality(PLAIN) > accepted.quality(PROBLEM):
        return f"{PLAIN}; charset=utf-8", f"{failure.detail}\n".encode()
    told = {"type": "about:blank", "title": failure.title, "status": failure.status, "detail": failure.detail}
    return PROBLEM, (json.dumps({**told, **failure.members}, ensure_ascii=False, indent=2) + "\n").encode()
