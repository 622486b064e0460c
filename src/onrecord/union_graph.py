"""The union of a store's graphs as an rdflib graph, for what asks rdflib and looks at little of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from rdflib import Graph
from rdflib.store import Store as RdflibStore

from onrecord.store import Store, Triple


class _Union(RdflibStore):
    """Looks up each triple in a store when it is asked for. It has one context, which pySHACL's datasets need."""

    context_aware = graph_aware = True

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[tuple[Triple, Iterator[Any]]]:
        for triple in self._store.match(*triple_pattern):
            yield triple, iter((context,))

    def __len__(self, context: Any = None) -> int:
        return len(self._store)

    def contexts(self, triple: Any = None) -> Generator[Graph, None, None]:
        yield from ()

    def add_graph(self, graph: Any) -> None:
        """There are no others."""

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        """Prefixes are not kept."""

    def namespace(self, prefix: str) -> None:
        return None

    def prefix(self, namespace: Any) -> None:
        return None

    def namespaces(self) -> Iterator[tuple[str, Any]]:
        return iter(())


def union_graph(store: Store) -> Graph:
    """The default graph of a store, to be read."""
    return Graph(_Union(store), bind_namespaces="none")
