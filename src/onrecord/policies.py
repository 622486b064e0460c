"""Policies: what a page may load and run (Content Security Policy Level 3). On a server they are headers; on a plain
file host each page carries its own."""

from __future__ import annotations

from collections.abc import Mapping

# Nothing is loaded from elsewhere; nothing is run but the site's own scripts.
DIRECTIVES: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
# The query page also runs the engine, which is WebAssembly, in a worker. Its editor sets styles only through the CSSOM,
# which no policy restricts; what YASGUI would write as style attributes (tooltips, its table of results) is not used.
QUERY_DIRECTIVES: Mapping[str, str] = {
    **DIRECTIVES,
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
}


def _write(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


POLICY, QUERY_POLICY = _write(DIRECTIVES), _write(QUERY_DIRECTIVES)
# A page cannot say this of itself, only a header can (section 6.4.2).
HEADER_ONLY = "; frame-ancestors 'none'"


def policy_of(path: str) -> str:
    """The policy of a page or script, by its path on the site. A worker obeys that of its own script."""
    is_query = path.lstrip("/") in ("sparql", "sparql.html") or path.endswith(".js")
    return QUERY_POLICY if is_query else POLICY
