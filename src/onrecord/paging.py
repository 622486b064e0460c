"""Paging: a long list in pages of a size that a reader and a telephone can bear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rdflib.term import Node

from onrecord.catalogue import Name

# How many things a list shows on one page.
MOST = 200
# How many pages on either side of the current one are linked by their numbers.
AROUND = 2


@dataclass(frozen=True)
class Group:
    """The things of one kind on a page, how many there are on all pages, and whether an earlier page began them."""

    kind: Name
    things: list[Node]
    total: int
    is_continued: bool


@dataclass(frozen=True)
class Part:
    """One page of a list: its number and how many there are, both counted from 1, and its things by kind."""

    slug: str
    number: int
    total: int
    groups: list[Group]

    @property
    def path(self) -> str:
        """Its path on the site."""
        return path_of_part(self.slug, self.number)

    @property
    def numbers(self) -> list[int]:
        """The pages to link: the first, the last and those around this one; 0 stands for a gap."""
        near = range(self.number - AROUND, self.number + AROUND + 1)
        shown = sorted({1, self.total, *(one for one in near if 1 <= one <= self.total)})
        pairs = pairwise((*shown, self.total))
        return [number for one, after in pairs for number in ((one, 0) if after - one > 1 else (one,))]

    def link(self, number: int) -> str:
        """The path of another page of the list; empty where there is none."""
        return path_of_part(self.slug, number) if 1 <= number <= self.total else ""


def path_of_part(slug: str, number: int) -> str:
    """Where a page of a list lies: the first has the list's own path."""
    return f"{slug}.html" if number == 1 else f"{slug}/{number}.html"


def split_list(slug: str, groups: Sequence[tuple[Name, Sequence[Node]]], most: int = MOST) -> Iterator[Part]:
    """A list in pages; one page if it is empty."""
    flat = [(index, thing) for index, (_, things) in enumerate(groups) for thing in things]
    total = max(1, -(-len(flat) // most))
    for number in range(1, total + 1):
        start = (number - 1) * most
        shown = groupby(flat[start : start + most], key=lambda pair: pair[0])
        before = {index for index, _ in flat[start - 1 : start]} if start else set()
        parts = [
            Group(groups[index][0], [thing for _, thing in pairs], len(groups[index][1]), index in before)
            for index, pairs in shown
        ]
        yield Part(slug, number, total, parts)
