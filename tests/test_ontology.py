"""The vocabularies: every term explained, placed and used; nothing contested, nothing borrowed by mistake."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, PROV, SKOS
from rdflib.term import Node

from conftest import ROOT, TINY
from onrecord.checks import Draft
from onrecord.project import read_project

PROJECT = read_project(ROOT)
REC, CON, C = (Namespace(PROJECT.prefixes[name]) for name in ("rec", "con", "c"))
VANN = Namespace("http://purl.org/vocab/vann/")
FILES = ("alignments", "concepts", "conflict", "record", "record.concepts")
FIGURES = ("quantity", "lowerBound", "upperBound", "verbatimQuantity")
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty)
SCHEMES = (
    *("stances", "hedges", "voices", "channels", "statuses", "interests", "polarities", "modalities", "precisions"),
    *("time-bases", "spatial-relations", "role-kinds", "illocutions", "relations", "passage-kinds", "form-kinds"),
    *("identifications", "confidences", "outcomes", "victim-categories", "weapons", "status-kinds", "units"),
    *("contents", "descriptions", "acled-event-types", "plover-event-types"),
)
# What nothing uses yet, and why it stands there all the same.
UNUSED = {
    "a default, which is written nowhere": ("c:body",),
    "the core serves other records than those of this repository": (
        *("c:accepts", "c:announces", "c:appeals", "c:condemns", "c:offers", "c:possible"),
        *("c:located-in", "rec:sentenceBreak"),
    ),
    "without it the scheme would leave out half of its matter": ("c:civilian",),
}


def read(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, publicID=PROJECT.base)
    return graph


def named(term: Node) -> str:
    return PROJECT.compact(str(term))


def ids(terms: list[URIRef]) -> list[object]:
    return [pytest.param(term, id=named(term)) for term in terms]


BY_FILE = {name: read(ROOT / "ontology" / f"{name}.ttl") for name in FILES}
ONTOLOGY = read(*(ROOT / "ontology" / f"{name}.ttl" for name in FILES))


def members(*kinds: URIRef) -> list[URIRef]:
    """The record's own terms of some kinds; terms of other vocabularies are only declared."""
    found = {term for kind in kinds for term in ONTOLOGY.subjects(RDF.type, kind) if isinstance(term, URIRef)}
    return sorted(term for term in found if term.startswith(PROJECT.base))


CLASSES = members(OWL.Class)
TERMS = members(OWL.Class, OWL.AnnotationProperty, *PROPERTIES)
CONCEPTS = members(SKOS.Concept)


def superclasses(term: Node) -> set[Node]:
    return {above for above in ONTOLOGY.transitive_objects(term, RDFS.subClassOf) if above is not None}


def english(term: Node, predicate: URIRef) -> list[str]:
    values = ONTOLOGY.objects(term, predicate)
    return [str(value) for value in values if isinstance(value, Literal) and value.language == "en"]


# Terms


def test_the_vocabularies_are_not_empty() -> None:
    assert len(CLASSES) > 75
    assert len(TERMS) > 200
    assert len(CONCEPTS) > 150


@pytest.mark.parametrize("term", ids(TERMS))
def test_a_term_says_what_it_is_called_and_what_it_means(term: URIRef) -> None:
    assert len(english(term, RDFS.label)) == 1
    assert len(english(term, RDFS.comment)) == 1
    assert english(term, RDFS.comment)[0].endswith((".", "…", "?"))


@pytest.mark.parametrize("term", ids([*TERMS, *CONCEPTS, *members(SKOS.ConceptScheme)]))
def test_a_term_is_defined_by_the_ontology_of_its_file(term: URIRef) -> None:
    (file,) = [name for name, graph in BY_FILE.items() if (term, RDF.type, None) in graph]
    assert list(ONTOLOGY.objects(term, RDFS.isDefinedBy)) == [URIRef(PROJECT.iri(f"ontology/{file}"))]


@pytest.mark.parametrize("term", ids(members(*PROPERTIES)))
def test_a_property_has_one_domain_and_one_range_that_are_declared(term: URIRef) -> None:
    for predicate in (RDFS.domain, RDFS.range):
        (value,) = ONTOLOGY.objects(term, predicate)
        assert (value, RDF.type, OWL.Class) in ONTOLOGY or (term, RDF.type, OWL.DatatypeProperty) in ONTOLOGY
        assert value != OWL.Thing


@pytest.mark.parametrize("term", ids(members(OWL.AnnotationProperty)))
def test_a_property_without_logic_claims_no_domain(term: URIRef) -> None:
    assert not list(ONTOLOGY.objects(term, RDFS.domain | RDFS.range))


@pytest.mark.parametrize(
    "term", ids([term for term in members(OWL.ObjectProperty) if (term, OWL.inverseOf, None) in ONTOLOGY])
)
def test_an_inverse_is_declared_and_mirrors_its_property(term: URIRef) -> None:
    (inverse,) = ONTOLOGY.objects(term, OWL.inverseOf)
    assert (inverse, RDF.type, OWL.ObjectProperty) in ONTOLOGY
    assert ONTOLOGY.value(inverse, RDFS.domain) == ONTOLOGY.value(term, RDFS.range)
    assert ONTOLOGY.value(inverse, RDFS.range) == ONTOLOGY.value(term, RDFS.domain)


@pytest.mark.parametrize("kind", [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty])
def test_no_two_terms_of_a_sort_are_called_the_same(kind: URIRef) -> None:
    labels = [str(ONTOLOGY.value(term, RDFS.label)) for term in members(kind)]
    assert len(labels) == len(set(labels))


def test_names_tell_classes_properties_and_concepts_apart() -> None:
    assert not [term for term in CLASSES if not re.search(r"#[A-Z]\w+$", term)]
    assert not [term for term in TERMS if term not in CLASSES and not re.search(r"#[a-z]\w+$", term)]
    assert not [term for term in CONCEPTS if not re.search(r"/concept/[a-z][a-z0-9-]*$", term)]


# Kinds of claim


def test_a_claim_is_of_one_kind_only() -> None:
    kinds = sorted(term for term in CLASSES if (term, RDFS.subClassOf, REC.Claim) in ONTOLOGY)
    assert len(kinds) == 8
    assert [pair for pair in combinations(kinds, 2) if not disjoint(*pair)] == []


def disjoint(one: Node, other: Node) -> bool:
    lists = [set(ONTOLOGY.items(members)) for members in ONTOLOGY.objects(None, OWL.members)]
    return (
        (one, OWL.disjointWith, other) in ONTOLOGY
        or (other, OWL.disjointWith, one) in ONTOLOGY
        or any({one, other} <= listed for listed in lists)
    )


@pytest.mark.parametrize("predicate", [REC.comparedOn, REC.differsOn, REC.lossBorneBy])
def test_claims_are_compared_on_slots_that_they_have(predicate: URIRef) -> None:
    pairs = list(ONTOLOGY.subject_objects(predicate))
    assert pairs
    assert [pair for pair in pairs if ONTOLOGY.value(pair[1], RDFS.domain) not in superclasses(pair[0])] == []


def test_what_a_claim_says_stands_on_nothing_else() -> None:
    """The rule that everything follows from: no figure, initiator or status on a thing of the world."""
    slots = [CON.affectedParty, CON.outcome, CON.initiator, CON.statusKind, REC.quantity, REC.lowerBound, REC.unit]
    assert [slot for slot in slots if REC.Claim not in superclasses(ONTOLOGY.value(slot, RDFS.domain) or slot)] == []


# Ontologies


@pytest.mark.parametrize("name", FILES)
def test_an_ontology_says_what_it_is_by_whom_and_which_version(name: str) -> None:
    graph = BY_FILE[name]
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert header == URIRef(PROJECT.iri(f"ontology/{name}"))
    assert english(header, DCTERMS.title)
    assert english(header, DCTERMS.description)
    assert graph.value(header, DCTERMS.creator) == Literal("the onrecord project")
    assert graph.value(header, DCTERMS.license) == URIRef(PROJECT.licence)
    assert graph.value(header, OWL.versionInfo) == Literal(PROJECT.version)
    assert graph.value(header, OWL.versionIRI) == URIRef(f"{header}/{PROJECT.version}")
    assert graph.value(header, VANN.preferredNamespacePrefix)


def test_preferred_prefixes_are_those_of_the_project() -> None:
    for name, prefix in (("record", "rec"), ("conflict", "con"), ("concepts", "c"), ("record.concepts", "c")):
        (header,) = BY_FILE[name].subjects(RDF.type, OWL.Ontology)
        assert BY_FILE[name].value(header, VANN.preferredNamespacePrefix) == Literal(prefix)
        assert prefix in PROJECT.prefixes


def test_other_vocabularies_are_aligned_and_never_imported() -> None:
    assert not list(ONTOLOGY.subject_objects(OWL.imports))
    for predicate in (OWL.equivalentClass, OWL.equivalentProperty, OWL.sameAs):
        assert not list(ONTOLOGY.subject_objects(predicate))


def test_a_speaker_is_not_made_an_author_of_the_record() -> None:
    assert PROV.wasAttributedTo not in set(ONTOLOGY.all_nodes())


# Concepts


@pytest.mark.parametrize("concept", ids(CONCEPTS))
def test_a_concept_has_a_label_a_definition_and_one_scheme(concept: URIRef) -> None:
    assert len(english(concept, SKOS.prefLabel)) == 1
    assert len(english(concept, SKOS.definition)) == 1
    (scheme,) = ONTOLOGY.objects(concept, SKOS.inScheme)
    assert (scheme, RDF.type, SKOS.ConceptScheme) in ONTOLOGY


def test_the_schemes_are_these_and_none_is_empty() -> None:
    schemes = members(SKOS.ConceptScheme)
    assert schemes == sorted(C[name] for name in SCHEMES)
    for scheme in schemes:
        assert english(scheme, RDFS.label)
        assert english(scheme, SKOS.definition)
        assert (None, SKOS.inScheme, scheme) in ONTOLOGY


def test_no_two_concepts_of_a_scheme_are_called_the_same() -> None:
    rows = [(ONTOLOGY.value(one, SKOS.inScheme), ONTOLOGY.value(one, SKOS.prefLabel)) for one in CONCEPTS]
    assert len(rows) == len(set(rows))


def test_a_broader_concept_is_of_the_same_scheme() -> None:
    for narrower, broader in ONTOLOGY.subject_objects(SKOS.broader):
        assert ONTOLOGY.value(narrower, SKOS.inScheme) == ONTOLOGY.value(broader, SKOS.inScheme)


# Use


def used_terms() -> set[Node]:
    """Whatever the records, shapes and rules name, and what the ontology needs to describe that."""
    projects = (ROOT, TINY, ROOT / "src" / "onrecord" / "example")
    files = [path for root in projects for folder in ("kb", "seeds") for path in (root / folder).rglob("*.ttl")]
    terms = {node for triple in read(*files) for node in triple}
    for path in (*ROOT.glob("shapes/*.ttl"), *ROOT.glob("ontology/rules/*.rq")):
        for prefix, local in re.findall(r"(?<![\w/])(rec|con|c):([\w-]+)", path.read_text(encoding="utf-8")):
            terms.add(URIRef(PROJECT.prefixes[prefix] + local))
    edge = terms
    while edge:
        edge = {node for term in edge for node in described_by(term)} - terms
        terms |= edge
    return terms


def described_by(term: Node) -> set[Node]:
    """What the ontology says of a term, and with what, less where it is defined."""
    pairs = ONTOLOGY.predicate_objects(term)
    return {node for pair in pairs if pair[0] != RDFS.isDefinedBy for node in pair}


def test_nothing_is_defined_that_nothing_uses() -> None:
    terms = [*TERMS, *CONCEPTS, *members(SKOS.ConceptScheme)]
    unused = {named(term) for term in set(terms) - used_terms()}
    assert unused == {term for terms in UNUSED.values() for term in terms}


# docs/vocabulary.md


def read_entries() -> dict[str, str]:
    """What the documentation says under the name of each class."""
    parts = re.split(r"^### (.+)\n", DOCS, flags=re.MULTILINE)
    bodies = [body.partition("\n## ")[0] for body in parts[2::2]]
    assert len(parts[1::2]) == len(set(parts[1::2]))
    return dict(zip(parts[1::2], bodies, strict=True))


def read_rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without quotation marks."""
    _, _, rest = DOCS.partition(f"\n## {heading}\n")
    lines = [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    return [[cell.strip(" `“”") for cell in line.strip("|").split("|")] for line in lines]


def example_of(entry: str) -> str:
    (block,) = re.findall(r"^```turtle\n(.*?)^```$", entry, re.MULTILINE | re.DOTALL)
    return str(block)


def subjects_of(example: str) -> list[URIRef]:
    """The things that an example describes: each is named at the beginning of a line."""
    names = re.findall(r"^(<[^>]+>|[\w-]*:[\w-]+) ", example, re.MULTILINE)
    return [expand(name) for name in names]


def expand(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(PROJECT.iri(name.strip("<>")) if name.startswith("<") else PROJECT.prefixes[prefix] + local)


DOCS = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
ENTRIES = read_entries()
SOURCES = {
    line.strip()
    for folder in ("kb", "seeds", "tests/tiny/kb")
    for path in (ROOT / folder).rglob("*.ttl")
    for line in path.read_text(encoding="utf-8").splitlines()
}


@pytest.fixture(scope="module")
def record(flagship: Draft) -> Graph:
    graph = Graph()
    for statement in flagship.record.statements:
        graph.add(statement[:3])
    # Nothing has been withdrawn from the record of this repository; the small one shows it.
    return graph.parse(ROOT / "tests" / "tiny" / "kb" / "withdrawn.ttl", publicID=PROJECT.base)


def test_the_documentation_has_an_entry_for_each_class_by_layer() -> None:
    assert set(ENTRIES) == {named(term) for term in CLASSES}
    layers = re.findall(r"^## (Text|Attribution|Claim|World)$", DOCS, re.MULTILINE)
    assert layers == ["Text", "Attribution", "Claim", "World"]


@pytest.mark.parametrize("term", ids(CLASSES))
def test_an_entry_says_what_the_ontology_says(term: URIRef) -> None:
    assert english(term, RDFS.comment)[0] in ENTRIES[named(term)]


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_an_example_stands_in_the_record_as_it_is(name: str, record: Graph) -> None:
    example = example_of(ENTRIES[name])
    if "made by the build" in example:
        prefixes = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PROJECT.prefixes.items())
        made = Graph().parse(data=prefixes + example, format="turtle", publicID=PROJECT.base)
        assert set(made) <= set(record)
    else:
        assert {line.strip() for line in example.splitlines()} - {"", "…"} <= SOURCES


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_what_an_example_describes_is_of_the_class_or_holds_what_is(name: str, record: Graph) -> None:
    subjects = subjects_of(example_of(ENTRIES[name]))
    assert subjects
    for subject in subjects:
        held = {subject, *record.objects(subject)}
        assert any((thing, RDF.type, expand(name)) in record for thing in held)


def test_every_property_is_in_a_table() -> None:
    for term in [term for term in TERMS if term not in CLASSES]:
        (comment,) = english(term, RDFS.comment)
        assert re.search(rf"^\| `{named(term)}` \|.* {re.escape(comment)} \|$", DOCS, re.MULTILINE), term


def test_every_scheme_is_in_the_table() -> None:
    rows = {row[0]: row[1] for row in read_rows("Concept schemes")}
    assert rows == {named(term): english(term, SKOS.definition)[0] for term in members(SKOS.ConceptScheme)}


@pytest.mark.parametrize("row", read_rows("Conventions: numbers"), ids=lambda row: str(row[0]))
def test_a_convention_on_numbers_is_kept_by_the_record(row: list[str], record: Graph) -> None:
    words, quantity, lower, upper, _, claim = row
    stated = {name: [str(value) for value in record.objects(expand(claim), REC[name])] for name in FIGURES}
    assert words in stated["verbatimQuantity"]
    assert stated["quantity"] == [quantity.removeprefix("about ")] * bool(quantity)
    assert (stated["lowerBound"], stated["upperBound"]) == ([lower] * bool(lower), [upper] * bool(upper))
    assert ((expand(claim), REC.precision, C.approximate) in record) == quantity.startswith("about ")


@pytest.mark.parametrize("row", read_rows("Conventions: times"), ids=lambda row: str(row[0]))
def test_a_convention_on_times_is_kept_by_the_record(row: list[str], record: Graph) -> None:
    words, begin, end, example = row
    assert (expand(example), REC.verbatimTime, None) in record, words
    bounds = [record.value(expand(example), name) for name in (REC.earliestBegin, REC.latestBegin)]
    for stated, bound in zip((begin, end), bounds, strict=True):
        if re.fullmatch(r"\d\d:\d\d", stated):
            assert str(bound)[11:16] == stated.replace("24:00", "23:59")
