"""The statements of a record: what its sources state, in the order in which everything is written."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import URIRef

from onrecord.evidence import Evidence
from onrecord.graph import Source, statements_of
from onrecord.project import Project
from onrecord.seeds import notation_of_seeds
from onrecord.store import Statement
from onrecord.vocabulary import vocabulary


def state_sources(project: Project, sources: Iterable[Source], evidence: Evidence) -> list[Statement]:
    """What the sources state, less their notation, with what the notation stands for."""
    statements = list(evidence.statements)
    for source in sources:
        notation = evidence.consumed.get(source.file, frozenset()) | notation_of_seeds(source, vocabulary(project))
        kept = [triple for triple in source.triples if triple not in notation]
        statements += statements_of(source, kept, project.base)
    return statements


def sort_statements(given: Iterable[Statement]) -> tuple[Statement, ...]:
    """Statements by graph and terms, each once."""
    statements = set(given)
    terms = {term for statement in statements for term in statement[:3]}
    # As n3() writes it, which takes long to look whether an IRI is one.
    written = {term: f"<{term}>" if isinstance(term, URIRef) else term.n3() for term in terms}
    return tuple(sorted(statements, key=lambda s: (str(s.graph), *(written[term] for term in s[:3]))))
