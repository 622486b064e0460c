"""IRIs and literals that cannot be published, and how a file may have written them."""

from __future__ import annotations

import re

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from onrecord.problems import Fault, shorten
from onrecord.store import Triple, fault_of

# What is no character of XML (XML 1.0, section 2.2).
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A code point that stands for no character: one half of a pair (Unicode, section 3.8).
SURROGATE = re.compile(r"[\ud800-\udfff]")
# Either, as Turtle may escape it.
ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|000[0-8bBcCeEfF]|001[0-9a-fA-F]|[fF]{3}[eEfF])")


def find_fault(triple: Triple) -> tuple[Node, Fault] | None:
    """The first term of a triple that cannot stand where it is, and why; None if all can."""
    for term in triple[:2]:
        if isinstance(term, Literal):
            return term, Fault("bad-iri", f"{_show(term)} is a text where an IRI is needed.", "Name a thing there.")
    if isinstance(triple[1], BNode):
        return triple[1], Fault("bad-iri", "A blank node stands where a property is needed.", "Name a property there.")
    roots = (root_of(term) for term in triple if fault_of_term(term))
    return next(((root, fault) for root in roots if (fault := fault_of_term(root))), None)


def fault_of_term(term: Node) -> Fault | None:
    """What is wrong with a term, wherever it stands; None if nothing is."""
    if isinstance(term, Literal):
        return _literal_fault(term)
    why = None if isinstance(term, BNode) else fault_of(term)
    remedy = "Correct it; what no IRI may hold is written as % and two hexadecimal digits."
    return Fault("bad-iri", f"<{_show(term)}> is not an IRI: {why}.", remedy) if why else None


def _literal_fault(literal: Literal) -> Fault | None:
    shown = _show(literal)
    if SURROGATE.search(literal):
        remedy = r"Write the character itself, or \U and eight hexadecimal digits."
        return Fault("bad-literal", f"{shown} holds half a character (a surrogate).", remedy)
    if found := NOT_IN_XML.search(literal):
        message = f"{shown} holds the control character U+{ord(found[0]):04X}, which RDF/XML cannot hold."
        return Fault("bad-literal", message, "Take it out, or write what it stands for.")
    if literal.datatype and (why := fault_of(literal.datatype)):
        return Fault("bad-iri", f"<{_show(literal.datatype)}> is not an IRI: {why}.", "Correct the datatype.")
    if why := fault_of(literal):
        remedy = "Give a language tag such as en or pt-BR."
        return Fault("bad-literal", f"{shown}@{literal.language} has no language tag: {why}.", remedy)
    if literal.ill_typed:
        remedy = "Correct the value, or give it the datatype that it has."
        return Fault("bad-literal", f"{shown} is not a value of {local_name(str(literal.datatype))}.", remedy)
    return None


def is_weird(term: Node) -> bool:
    """Whether a term is an ill-typed false, which rdflib makes of a boolean that is neither true nor false."""
    return isinstance(term, Literal) and term.datatype == XSD.boolean and str(term) == "false" and bool(term.ill_typed)


def root_of(term: Node) -> Node:
    """The namespace of an IRI where that is what is wrong: one mistake in many names. Otherwise the term itself."""
    space = re.sub(r"[^/#]*$", "", str(term))
    return URIRef(space) if isinstance(term, URIRef) and space and fault_of(URIRef(space)) else term


def weird_boolean(text: str) -> Fault:
    """A literal said to be a boolean that is neither true nor false."""
    return Fault("bad-literal", f"“{shorten(text)}” is not a value of boolean.", "Write true or false.")


def _show(term: Node) -> str:
    text = shorten(SURROGATE.sub("\ufffd", str(term)))
    return f"“{text}”" if isinstance(term, Literal) else text


def local_name(iri: str) -> str:
    """What stands behind the last slash or hash of an IRI."""
    return re.split(r"[#/]", iri)[-1]


def spellings_of(term: Node, base: str) -> list[str]:
    """How a Turtle file may have written a term, the surest spelling first."""
    text = str(term)
    if isinstance(term, Literal):
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        mark = f"@{term.language}" if term.language else f"^^<{term.datatype}" if term.datatype else ""
        return [f'"{text}"{mark}', f'"{text}"^^', f'"{text}"', f"'{text}'", text, mark]
    relative = text.removeprefix(base)
    return [f"<{relative}>", f"<{text}>", relative, text, f":{local_name(text)}"]


def line_of_escape(text: str) -> int | None:
    """The line of a file that escapes half a character or what is no character of XML; None unless it is only one."""
    lines = {text.count("\n", 0, found.start()) + 1 for found in ESCAPED.finditer(text)}
    return lines.pop() if len(lines) == 1 else None
