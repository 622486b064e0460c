"""Explanations: why triples are inconsistent, in as few axioms or triples as can be found."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import OWL, RDF, RDFS, XSD, URIRef
from rdflib.term import Node

from onrecord.logic import load_owlready2, project_owl, reason
from onrecord.store import Triple

# How long Pellet may take, in seconds.
PATIENCE = 60
BUILT_IN = tuple(str(space) for space in (OWL, RDF, RDFS, XSD))
NICKNAME, NAMED = "urn:onrecord#onrecord-term-{}", re.compile(r"\bonrecord-term-(\d+)\b")


@dataclass(frozen=True)
class Axiom:
    """One of the axioms that cannot all hold: its words in Manchester syntax, those of a term being its IRI."""

    words: tuple[str | URIRef, ...]

    @property
    def is_list(self) -> bool:
        """Whether it lists terms that exclude each other, as in DisjointClasses(… …)."""
        return self.words[0].endswith("(")


def explain(triples: Iterable[Triple]) -> tuple[Axiom, ...]:
    """Axioms that cannot all hold and none of which can be spared, by Pellet; none if Pellet finds no contradiction.

    Pellet names terms by the ends of their IRIs only, so that each gets a nickname that is its own.
    """
    terms: dict[URIRef, URIRef] = {}
    renamed = [(_nickname(s, terms), _nickname(p, terms), _nickname(o, terms)) for s, p, o in triples]
    output = _run_pellet(project_owl(renamed))
    _, _, explanation = output.partition("Explanation(s):")
    lines = re.sub(r"\n {6,}", " ", explanation.partition("\n\n")[0]).splitlines()
    axioms = [line.removeprefix("1)").strip() for line in lines]
    return tuple(_read_axiom(axiom, list(terms)) for axiom in axioms if axiom)


def shrink(doubtful: Sequence[Triple], certain: Sequence[Triple], seconds: float) -> list[Triple]:
    """The doubtful triples that are needed to contradict the certain ones, or what is left of them in that time.

    HermiT decides whether ever smaller runs of triples can be left out.
    """
    end = time.monotonic() + seconds
    left, size = list(doubtful), max(len(doubtful) // 2, 1)
    while size:
        start = 0
        while start < len(left):
            if time.monotonic() > end:
                return left
            fewer = left[:start] + left[start + size :]
            if reason([*certain, *fewer]).consistent:
                start += size
            else:
                left = fewer
        size //= 2
    return left


def _nickname(node: Node, terms: dict[URIRef, URIRef]) -> Node:
    if not isinstance(node, URIRef) or str(node).startswith(BUILT_IN):
        return node
    return terms.setdefault(node, URIRef(NICKNAME.format(len(terms))))


def _read_axiom(text: str, terms: list[URIRef]) -> Axiom:
    parts = NAMED.split(text)
    words = [terms[int(part)] if place % 2 else part.strip() for place, part in enumerate(parts)]
    return Axiom(tuple(word for word in words if word))


def _run_pellet(data: bytes) -> str:
    """What Pellet prints on why N-Triples are inconsistent; nothing if that takes it too long."""
    owlready2 = load_owlready2()
    jars = Path(str(owlready2.__file__)).parent / "pellet" / "*"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "record.nt"
        file.write_bytes(data)
        command = [owlready2.JAVA_EXE, "-cp", str(jars), "pellet.Pellet", "explain", "--ignore-imports", str(file)]
        try:
            ran = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return ""
        return ran.stdout
