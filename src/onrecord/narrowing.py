"""Narrowing: a query that answers only for some values of one of its variables, written so that the store begins there.

The values are written into each group that has the variable in its patterns, also of subqueries, since a store that
joins them last computes everything first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from onrecord.tokens import TOKEN

# What may stand before a group that decides nothing about how many solutions there are.
CONDITIONS = frozenset({"EXISTS", "OPTIONAL", "MINUS"})


@dataclass
class _Group:
    """A group of a query between its braces: where it begins, the word before it, its own variables and groups."""

    start: int
    word: str
    first: str = ""
    variables: set[str] = field(default_factory=set)
    groups: list[_Group] = field(default_factory=list)

    def mentions(self, names: set[str]) -> bool:
        """Whether it or a group in it has all these variables."""
        return names <= self.variables or any(group.mentions(names) for group in self.groups)


def narrow(query: str, names: Sequence[str], rows: Sequence[str]) -> str:
    """A query that holds only solutions with one of the rows as the values of variables.

    A row is written as VALUES has it, in parentheses where there are several (SPARQL 1.1 Query, section 10.2).
    """
    variables = " ".join(f"?{name}" for name in names)
    header = f"({variables})" if len(names) > 1 else variables
    places = dict(_find_places(_read_groups(query), set(names)))
    for place in sorted(places, reverse=True):
        values = " ".join(rows) if places[place] else ""
        query = f"{query[:place]} VALUES {header} {{ {values} }} {query[place:]}"
    return query


def _read_groups(query: str) -> _Group:
    """The groups of a query within one that holds the whole."""
    whole = _Group(0, "")
    stack, word = [whole], ""
    for token in TOKEN.finditer(query):
        if token["comment"]:
            continue
        if token[0] == "{":
            group = _Group(token.end(), word)
            stack[-1].groups.append(group)
            stack.append(group)
        elif token[0] == "}":
            stack.pop()
        elif token["variable"]:
            stack[-1].variables.add(token["variable"][1:])
        if len(stack) > 1 and not stack[-1].first and token[0] != "{":
            stack[-1].first = token[0].upper()
        word = token[0].upper() if token[0] != "}" else "}"
    return whole


def _find_places(group: _Group, names: set[str]) -> Iterator[tuple[int, bool]]:
    """Where the values go: True for all of them, False for none, in an alternative that never has the variable."""
    if group.word == "CONSTRUCT" or group.word in CONDITIONS or not group.mentions(names):
        return
    is_query = group.first == "SELECT" or not group.start
    has_own = not is_query and names <= group.variables
    if has_own:
        yield group.start, True
    for inner in group.groups:
        if inner.mentions(names):
            yield from _find_places(inner, names)
        elif (not has_own and inner.word == "UNION") or (not has_own and _is_followed(group, inner)):
            yield inner.start, False


def _is_followed(group: _Group, inner: _Group) -> bool:
    """Whether a group is the first of several alternatives."""
    at = group.groups.index(inner)
    return at + 1 < len(group.groups) and group.groups[at + 1].word == "UNION" and inner.word != "CONSTRUCT"
