"""Queries as algebra, as rdflib parses them (SPARQL 1.1 Query, section 18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query


def asks_another(query: str, prefixes: Mapping[str, str], base: str) -> bool:
    """Whether a query calls another endpoint, or cannot be parsed."""
    parsed = parse(query, prefixes, base)
    return parsed is None or any(node.name == "ServiceGraphPattern" for node in _nodes(parsed.algebra))


def parse(query: str, prefixes: Mapping[str, str], base: str) -> Query | None:
    """The algebra of a query (SPARQL 1.1 Query, section 18), or None if it cannot be parsed."""
    try:
        return translateQuery(parseQuery(query), base=base, initNs=dict(prefixes))
    except Exception:
        # pyparsing, rdflib and the limit of recursion each raise errors of their own; none of them is an answer.
        return None


def _nodes(value: object) -> Iterator[CompValue]:
    if isinstance(value, CompValue):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _nodes(inner)
