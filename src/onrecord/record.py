"""The record: everything that is published, gathered before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.articles import Article
from onrecord.project import Project
from onrecord.store import Statement


@dataclass(frozen=True)
class Record:
    """Sorted statements without duplicates, the articles in order of their IRIs, and a hash of all sources.

    ``views`` are what each side says, in graphs that stand apart: nothing else of the record holds them.
    """

    project: Project
    statements: tuple[Statement, ...]
    articles: tuple[Article, ...]
    source_hash: str
    views: tuple[Statement, ...] = ()
