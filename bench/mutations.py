"""Does the gate hold? Mistakes that curators make, made on purpose in the record, and how many `check` finds.

Mistakes of form can be seen in the sources alone; mistakes of meaning are well formed, and only the article says
otherwise. A mistake counts as caught if the mutated record has an error, other than a question answered otherwise: a
stored answer is a copy, not a check. Benign edits must raise nothing at all.

    python bench/mutations.py [--each N] [--seed S] [--kind NAME …]
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from onrecord.build import check_record, draft_record
from onrecord.checks import CHECKS
from onrecord.problems import Problem, has_errors
from onrecord.project import read_project

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("kb", "seeds", "ontology", "shapes")
# A stored answer is a copy of the record; logic is slow to start and has a test of its own.
LEFT_OUT = ("questions", "logic")
ARTICLES = r"kb/articles/\d+\.ttl"
CLAIMS, ACCOUNTS, OCCURRENCES = r"kb/claims\.ttl", r"kb/accounts\.ttl", r"kb/occurrences\.ttl"
TIMES, OUTSIDE, NAMED = r"kb/outside/times\.ttl", r"kb/outside/\w+\.ttl", r"kb/(?:agents|places)\.ttl"

Texts = dict[str, str]


@dataclass(frozen=True)
class Edit:
    """One changed file: its path, its new text, and what was changed."""

    file: str
    text: str
    change: str


Mutate = Callable[[Texts, Random], Edit | None]


@dataclass(frozen=True)
class Kind:
    """A kind of edit: its name, its group (form, meaning or benign), and how it is made."""

    name: str
    group: str
    mutate: Mutate


@dataclass
class Score:
    """What became of the edits of one kind."""

    name: str
    group: str
    made: int = 0
    caught: int = 0
    warned: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    survivors: list[str] = field(default_factory=list)


def read_texts(root: Path) -> Texts:
    """The Turtle files of kb/ and seeds/, by path."""
    paths = [path for folder in ("kb", "seeds") for path in sorted((root / folder).rglob("*.ttl"))]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


# Ways to edit


def swap(
    files: str, pattern: str, replace: Callable[[re.Match[str], Random, Texts], str | None], flags: int = 0
) -> Mutate:
    """An edit of one randomly chosen match of a pattern in the files whose path matches."""

    def mutate(texts: Texts, random: Random) -> Edit | None:
        found = [
            (file, match)
            for file, text in texts.items()
            if re.fullmatch(files, file)
            for match in re.finditer(pattern, text, flags)
        ]
        random.shuffle(found)
        for file, match in found[:200]:
            new = replace(match, random, texts)
            if new is not None and new != match[0]:
                text = texts[file]
                return Edit(file, text[: match.start()] + new + text[match.end() :], f"{match[0]} → {new}"[:160])
        return None

    return mutate


def by(template: str) -> Callable[[re.Match[str], Random, Texts], str]:
    """A replacement by a template of re.Match.expand."""
    return lambda match, random, texts: match.expand(template)


def other_of(names: Sequence[str], group: int = 1) -> Callable[[re.Match[str], Random, Texts], str | None]:
    """Another of the names in place of a group."""

    def replace(match: re.Match[str], random: Random, texts: Texts) -> str | None:
        if match[group] not in names:
            return None
        new = random.choice([name for name in names if name != match[group]])
        start, end = (at - match.start() for at in match.span(group))
        return match[0][:start] + new + match[0][end:]

    return replace


def _change_letter(match: re.Match[str], random: Random, texts: Texts) -> str:
    at = random.choice([found.start() for found in re.finditer(r"[a-z]", match[0]) if found.start() > 12])
    return match[0][:at] + random.choice("aeiou".replace(match[0][at], "")) + match[0][at + 1 :]


def _change_digit(match: re.Match[str], random: Random, texts: Texts) -> str:
    at = random.choice([found.start() for found in re.finditer(r"\d", match[0])])
    return match[0][:at] + random.choice("123456789".replace(match[0][at], "")) + match[0][at + 1 :]


def _change_number(match: re.Match[str], random: Random, texts: Texts) -> str:
    number = int(match[1].replace(",", ""))
    return match[0].replace(match[1], str(number + random.choice((1, 2, 10, 100))))


def _drop_letter(match: re.Match[str], random: Random, texts: Texts) -> str:
    at = random.randrange(match.start(1), match.end(1)) - match.start()
    return match[0][:at] + match[0][at + 1 :]


def other_match(files: str, pattern: str) -> Callable[[re.Match[str], Random, Texts], str | None]:
    """In place of group 1, what group 1 of the pattern is elsewhere in the files."""

    def replace(match: re.Match[str], random: Random, texts: Texts) -> str | None:
        found = {
            other[1]
            for file, text in texts.items()
            if re.fullmatch(files, file)
            for other in re.finditer(pattern, text)
        }
        others = sorted(found - {match[1]})
        return match[0].replace(match[1], random.choice(others), 1) if others else None

    return replace


def _other_sentence(match: re.Match[str], random: Random, texts: Texts) -> str | None:
    """Another quote of the same article in place of this one."""
    text = next(text for text in texts.values() if match.string == text)
    others = sorted({other[1] for other in re.finditer(r'rec:quote "((?:[^"\\]|\\.){30,})"', text)} - {match[1]})
    return match[0].replace(match[1], random.choice(others))


def _swap_words(match: re.Match[str], random: Random, texts: Texts) -> str | None:
    """The other side's name in place of this one's."""
    pairs = {"Armenian": "Azerbaijani", "Armenia": "Azerbaijan", "Azerbaijani": "Armenian", "Azerbaijan": "Armenia"}
    return match[0].replace(match[1], pairs[match[1]], 1)


def _unquoted(match: re.Match[str], random: Random, texts: Texts) -> str:
    word = random.choice(("liberated", "terrorists", "aggressor", "invaders", "unprovoked", "martyrs"))
    words = match[1].split(" ")
    words.insert(random.randrange(1, len(words)), word)
    return match[0].replace(match[1], " ".join(words))


AGENTS = (":armenia", ":azerbaijan", ":russia", ":france", ":belarus", ":georgia", ":united-states")
SPEAKERS = {
    **{"az-mod": "am-mod", "am-mod": "az-mod", "az-mfa": "am-mod", "armenia": "azerbaijan", "azerbaijan": "armenia"},
    **{"government-of-armenia": "government-of-azerbaijan", "government-of-azerbaijan": "government-of-armenia"},
    **{"nikol-pashinyan": "ilham-aliyev", "ilham-aliyev": "nikol-pashinyan", "am-pm-office": "az-mod"},
    **{"armenian-authorities": "government-of-azerbaijan", "cabinet-of-armenia": "government-of-azerbaijan"},
}
ATTRIBUTION = r"\n    \[ rec:claim claim:[\w-]+ ;(?:[^\n]*\n){1,4}?[^\n]*\] ,(?=\n)"
BLOCK = r"\n((?:claim)?:[\w-]+) a [^\n]*(?:\n    [^\n]*)*"
KINDS_OF_CLAIM = ("rec:OccurrenceClaim", "rec:QuantityClaim", "rec:PositionClaim", "rec:RelationClaim")
EVENT_TYPES = ("con:Shelling", "con:Meeting", "con:TelephoneCall", "con:Minelaying", "con:PopulationMovement")
WEAPONS = ("c:artillery", "c:drone", "c:landmine", "c:mortar", "c:large-calibre-firearm")


def _opponent(match: re.Match[str], random: Random, texts: Texts) -> str | None:
    return match[0].replace(match[1], SPEAKERS[match[1]]) if match[1] in SPEAKERS else None


def _swap_bounds(match: re.Match[str], random: Random, texts: Texts) -> str | None:
    return match[0].replace(match[1], "\0").replace(match[2], match[1]).replace("\0", match[2])


def _double(match: re.Match[str], random: Random, texts: Texts) -> str:
    return match[0] * 2


def _double_claim(match: re.Match[str], random: Random, texts: Texts) -> str:
    return match[0] + "\n" + match[0].replace(match[1], f"{match[1]}-again", 1)


def _swap_roles(match: re.Match[str], random: Random, texts: Texts) -> str:
    return match[0].replace(match[1], "\0").replace(match[2], match[1]).replace("\0", match[2])


def _bare_label(match: re.Match[str], random: Random, texts: Texts) -> str | None:
    bare = re.sub(r" ?\(according to [^)]*\)|\b(?:Alleged|Reported) |, as reported| reported(?=\")", "", match[0])
    return bare if not re.search(r"reported|alleged|according", bare, re.IGNORECASE) else None


FORM = (
    ("quote: a letter changed", swap(ARTICLES, r'rec:quote "(?:[^"\\]|\\.){30,}"', _change_letter)),
    ("quote: a digit changed", swap(ARTICLES, r'rec:quote "(?:[^"\\]|\\.)*\d(?:[^"\\]|\\.)*"', _change_digit)),
    ("name misspelt", swap(rf"{ARTICLES}|{CLAIMS}|{ACCOUNTS}", r"(?<= )(?:claim)?:([a-z][\w-]{6,}) ", _drop_letter)),
    ("dot missing", swap(rf"{CLAIMS}|{ACCOUNTS}|{NAMED}", r" \.(?=\n\n)", by(""))),
    ("date without zone", swap(TIMES, r"(T\d\d:\d\d:\d\d)\+04:00", by(r"\1"))),
    (
        "earliest and latest swapped",
        swap(TIMES, r'earliestBegin "([^"]+)"\^\^xsd:dateTime ;\s+rec:latestBegin "([^"]+)"', _swap_bounds),
    ),
    (
        "bare figure on an event",
        swap(OCCURRENCES, r"(\n:[\w-]+ a rec:Occurrence[^\n]*;)", by(r"\1\n    rec:quantity 49 ;")),
    ),
    (
        "bare initiator on an event",
        swap(OCCURRENCES, r"(\n:[\w-]+ a rec:Occurrence[^\n]*;)", by(r"\1\n    con:initiator :armenia ;")),
    ),
    (
        "participant on an event",
        swap(
            OCCURRENCES,
            r"(\n:[\w-]+ a rec:Occurrence[^\n]*;)",
            by(r"\1\n    rec:hasRole [ rec:roleKind <concept/actor> ; rec:player :azerbaijan ] ;"),
        ),
    ),
    (
        "supersession across sides",
        swap(CLAIMS, r"(\nclaim:az-[\w-]+ a con:CasualtyClaim ;)", by(r"\1\n    rec:supersedes claim:am-dead-49 ;")),
    ),
    ("attribution written twice", swap(ARTICLES, ATTRIBUTION, _double)),
    ("claim written twice", swap(CLAIMS, BLOCK, _double_claim)),
    ("disputed label without alleged", swap(rf"{ACCOUNTS}|{OCCURRENCES}", r'rdfs:label\s+"[^"]*"@en', _bare_label)),
    ("identity by owl:sameAs", swap(OUTSIDE, r"schema:sameAs", by("<http://www.w3.org/2002/07/owl#sameAs>"))),
    ("claim of another kind", swap(CLAIMS, r"\nclaim:[\w-]+ a (rec:\w+) ", other_of(KINDS_OF_CLAIM))),
    ("claim that is an event", swap(CLAIMS, r"(\nclaim:[\w-]+ a \w+:\w+) ", by(r"\1 , rec:Occurrence "))),
    (
        "component of another total",
        swap(CLAIMS, r"rec:componentOf (claim:[\w-]+)", other_match(CLAIMS, r"\n(claim:[\w-]+) a con:CasualtyClaim")),
    ),
    ("literal for a thing", swap(CLAIMS, r"rec:(object|subject|about|holder) :([\w-]+)", by(r'rec:\1 "\2"'))),
    ("stance missing", swap(ARTICLES, r" rec:stance c:\w+ ;", by(""))),
    (
        "basis missing",
        swap(rf"{ACCOUNTS}|{TIMES}", r'rec:(?:basis\s+"(?:[^"\\]|\\.)*"@en|timeBasis [^;.]*)\s*;', by("")),
    ),
    ("label without language", swap(rf"{NAMED}|{OCCURRENCES}", r'(rdfs:label\s+"[^"]*")@en', by(r"\1"))),
    (
        "event part of itself",
        swap(OCCURRENCES, r"\n(:[\w-]+) a rec:Occurrence[^\n]*;", by(r"\g<0>\n    rec:partOf \1 ;")),
    ),
    ("identifier with a wrong digit", swap(OUTSIDE, r"entity/Q\d+|geonames\.org/\d+", _change_digit)),
    ("coordinate with a wrong digit", swap(OUTSIDE, r"POINT\([\d.]+ [\d.]+\)", _change_digit)),
    ("one-sided word outside quotes", swap(CLAIMS, r'rec:statement\s+"([^"“”]*)"@en', _unquoted)),
    (
        "bounds upside down",
        swap(CLAIMS, r"(rec:(?:quantity|lowerBound) (\d+) ;)", by(r"\1 rec:upperBound 0 ;")),
    ),
    (
        "concept of another scheme",
        swap(
            rf"{CLAIMS}|{ACCOUNTS}",
            r"(?:con:outcome|con:means|rec:roleKind|rec:illocution|rec:unit|con:statusKind) (c:[\w-]+)",
            lambda match, random, texts: match[0].replace(match[1], random.choice(("c:headline", "c:preliminary"))),
        ),
    ),
    (
        "spelling in an article that does not print it",
        swap(NAMED, r"rec:attestedIn <article/00(\d)> \]", other_of(("0", "1", "2", "3", "4"))),
    ),
)
MEANING = (
    ("figure changed", swap(CLAIMS, r"rec:(?:quantity|lowerBound) (\d+)", _change_number)),
    (
        "figure and its words changed",
        swap(
            CLAIMS,
            r'rec:(?:quantity|lowerBound) (\d+) ;\n    rec:verbatimQuantity "(?:at least )?\1"',
            lambda match, random, texts: match[0].replace(match[1], str(int(match[1]) + random.choice((1, 2, 10)))),
        ),
    ),
    ("speaker of the other side", swap(ARTICLES, r"rec:speaker :([\w-]+)", _opponent)),
    ("stance flipped", swap(ARTICLES, r"rec:stance (c:\w+)", other_of(("c:asserts", "c:denies")))),
    ("attribution dropped", swap(ARTICLES, ATTRIBUTION, by(""))),
    ("quote of another sentence", swap(ARTICLES, r'rec:quote "((?:[^"\\]|\\.){30,})"', _other_sentence)),
    ("place changed", swap(ACCOUNTS, r"rec:anchor (:[\w-]+)", other_match(ACCOUNTS, r"rec:anchor (:[\w-]+)"))),
    (
        "time changed",
        swap(rf"{ACCOUNTS}|{CLAIMS}", r"rec:hasTime (:[\w-]+)", other_match(ACCOUNTS, r"rec:hasTime (:[\w-]+)")),
    ),
    ("weapon changed", swap(ACCOUNTS, r"con:means (?:c:[\w-]+ , )*(c:[\w-]+)", other_of(WEAPONS))),
    ("outcome changed", swap(CLAIMS, r"con:outcome (c:\w+)", other_of(("c:killed", "c:wounded", "c:casualty")))),
    ("party of the other side", swap(CLAIMS, r"con:affectedParty (:\w+)", other_of((":armenia", ":azerbaijan")))),
    ("initiator of the other side", swap(CLAIMS, r"con:initiator (:[\w-]+)", other_of((":armenia", ":azerbaijan")))),
    (
        "roles exchanged",
        swap(
            ACCOUNTS,
            r"rec:roleKind c:actor ; rec:player (:[\w-]+) \]\s*,\s*\[ rec:roleKind c:\w+ ; rec:player (:[\w-]+)",
            _swap_roles,
        ),
    ),
    ("player changed", swap(ACCOUNTS, r"rec:player (:\w+) ", other_of(AGENTS))),
    ("hedge dropped", swap(ARTICLES, r" rec:hedge c:[\w-]+ ;", by(""))),
    ("hedge added", swap(ARTICLES, r"(rec:stance c:asserts ;)", by(r"\1 rec:hedge c:preliminary ;"))),
    ("relay dropped", swap(ARTICLES, r" rec:via \( :[\w-]+ \) ;", by(""))),
    ("figure in the statement", swap(CLAIMS, r'rec:statement\s+"[^"]*?(\d[\d,]*)[^"]*"@en', _change_number)),
    (
        "name in the statement",
        swap(CLAIMS, r'rec:statement\s+"[^"“]*?\b(Azerbaijani|Armenian|Azerbaijan|Armenia)\b[^"]*"@en', _swap_words),
    ),
    ("modality dropped", swap(CLAIMS, r"\n    rec:modality c:\w+ ;", by(""))),
    (
        "polarity dropped",
        swap(CLAIMS, r"\n    rec:polarity c:negative(?= [;.])", by("\n    rec:polarity c:affirmative")),
    ),
    (
        "holder changed",
        swap(CLAIMS, r"rec:holder (:[\w-]+)", other_match(CLAIMS, r"rec:holder (:[\w-]+)")),
    ),
    (
        "illocution changed",
        swap(
            CLAIMS,
            r"rec:illocution (c:[\w-]+)",
            lambda match, random, texts: match[0].replace(
                match[1], random.choice(("c:condemns", "c:offers", "c:accepts"))
            ),
        ),
    ),
    (
        "account of another event",
        swap(ACCOUNTS, r"rec:accountOf (:[\w-]+)", other_match(ACCOUNTS, r"rec:accountOf (:[\w-]+)")),
    ),
    (
        "relation to another thing",
        swap(
            CLAIMS, r"rec:relation c:[\w-]+ ;\n    rec:object (:[\w-]+)", other_match(NAMED, r"\n(:[\w-]+) a con:State")
        ),
    ),
    ("event of another type", swap(ACCOUNTS, r"\n:[\w-]+ a rec:Account , (con:\w+)", other_of(EVENT_TYPES))),
    (
        "force of the other side",
        swap(
            CLAIMS, r"con:victimForce (:[\w-]+)", other_of((":armed-forces-of-armenia", ":armed-forces-of-azerbaijan"))
        ),
    ),
    (
        "status of another kind",
        swap(CLAIMS, r"con:statusKind (c:[\w-]+)", other_match(CLAIMS, r"con:statusKind (c:[\w-]+)")),
    ),
)
BENIGN = (
    ("a comment", swap(r"kb/.*\.ttl", r"\n\n(?=:|claim:)", by("\n\n# A note of the curator.\n"))),
    ("a blank line", swap(r"kb/.*\.ttl", r"\n\n(?=:|claim:)", by("\n\n\n"))),
    ("a label in another language", swap(NAMED, r'(rdfs:label "[^"]*"@en)', by(r'\1 , "Naam"@nl'))),
    (
        "another order of statements",
        swap(CLAIMS, r"(    rec:unit [^\n]*;)\n(    rec:lowerBound [^\n]*;)", by(r"\2\n\1")),
    ),
    ("another order of claims", swap(CLAIMS, rf"({BLOCK})\n({BLOCK})", by(r"\3\n\1"))),
    ("a full IRI for a name", swap(ARTICLES, r"rec:speaker :([\w-]+) ", by(r"rec:speaker <id/\1> "))),
    (
        "a coding note",
        swap(
            ARTICLES,
            r"(rec:stance c:\w+ ;)(?! rec:voice[^\n]*codingNote)",
            by(r'\1 rec:codingNote "Looked at twice."@en ;'),
        ),
    ),
    (
        "a coding note on a claim",
        swap(
            CLAIMS,
            r"(\nclaim:[\w-]+ a \w+:\w+ ;)(?!(?:\n    [^\n]*)*codingNote)",
            by(r'\1\n    rec:codingNote "Looked at twice."@en ;'),
        ),
    ),
    ("a type written out", swap(NAMED, r"(\n:[\w-]+) a con:State ", by(r"\1 a con:State , con:Polity "))),
    (
        "an attribution that the article bears out",
        swap(
            r"kb/articles/003\.ttl",
            r"\n    \[ rec:claim claim:az-losses ",
            by(
                "\n    [ rec:claim claim:az-losses ; rec:speaker :az-mod ; rec:stance c:asserts ;"
                '\n        rec:voice c:indirect ; rec:quote "Defense Ministry also reported losses in its ranks" ] ,'
                "\\g<0>"
            ),
        ),
    ),
)
KINDS = tuple(
    Kind(name, group, mutate)
    for group, rows in (("form", FORM), ("meaning", MEANING), ("benign", BENIGN))
    for name, mutate in rows
)


# Making and checking


class Workshop:
    """A copy of the record in which one file at a time is changed and put back."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "record"
        for name in FOLDERS:
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("queries"))
        shutil.copyfile(ROOT / "onrecord.toml", self.root / "onrecord.toml")

    def check(self, edit: Edit) -> list[Problem]:
        """The problems of the record with the edit in it."""
        path = self.root / edit.file
        kept = path.read_text(encoding="utf-8")
        path.write_text(edit.text, encoding="utf-8")
        try:
            return find_problems(self.root)
        finally:
            path.write_text(kept, encoding="utf-8")


def find_problems(root: Path) -> list[Problem]:
    """What `check` finds in a record, less what rests on stored answers; the quick checks first, and no further than
    the first that finds an error."""
    draft = draft_record(read_project(root), lambda stage: None)
    problems = list(draft.problems)
    for check in sorted(CHECKS, key=lambda one: one.name == "shapes"):
        if check.name not in LEFT_OUT and not has_errors(problems):
            problems += check_record(draft, lambda stage: None, [check])[check.name]
    return problems


def make_edits(kind: Kind, texts: Texts, each: int, seed: int) -> Iterator[Edit]:
    """Up to ``each`` different edits of a kind, the same for the same seed."""
    random, seen = Random(f"{seed} {kind.name}"), set[tuple[str, str]]()
    for _ in range(each * 4):
        edit = kind.mutate(texts, random)
        if edit is not None and (edit.file, edit.text) not in seen and len(seen) < each:
            seen.add((edit.file, edit.text))
            yield edit


def score_kind(name: str, each: int, seed: int) -> Score:
    """Make the edits of one kind and count those that are found."""
    kind = next(kind for kind in KINDS if kind.name == name)
    score = Score(kind.name, kind.group)
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for edit in make_edits(kind, read_texts(ROOT), each, seed):
            count(score, edit, workshop.check(edit))
    return score


def count(score: Score, edit: Edit, problems: Sequence[Problem]) -> None:
    """Enter what was found of one edit."""
    errors = [problem for problem in problems if problem.severity == "error"]
    score.made += 1
    score.caught += bool(errors)
    score.warned += bool(problems) and not errors
    score.codes.update({problem.code for problem in errors})
    if bool(errors) == (score.group == "benign"):
        score.survivors.append(f"{edit.file}: {edit.change}" + (f" ({errors[0]})" if errors else ""))


def score_all(kinds: Iterable[Kind], each: int, seed: int) -> list[Score]:
    """The scores of all kinds, in their order, worked out in two processes."""
    # Fresh processes: a fork of one in which Java runs would wait for threads that it does not have.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(score_kind, kind.name, each, seed) for kind in kinds]
        return [one.result() for one in waiting]


def share(scores: Iterable[Score], group: str) -> float:
    """How many of a group's mistakes were caught, from 0 to 1."""
    mine = [score for score in scores if score.group == group]
    return sum(score.caught for score in mine) / max(1, sum(score.made for score in mine))


def tabulate(scores: Sequence[Score]) -> Table:
    """A row for each kind: how many were made and caught, and with which codes."""
    table = Table("group", "kind", "made", "caught", "warned", "codes")
    for score in scores:
        codes = ", ".join(f"{code} {number}" for code, number in score.codes.most_common(4))
        counts = map(str, (score.made, score.caught, score.warned))
        table.add_row(score.group, score.name, *counts, codes)
    return table


def main() -> None:
    """Print the table, the survivors, and the share of each group that was caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2022)
    parser.add_argument("--kind", action="append", help="only the kinds whose name contains this")
    chosen = parser.parse_args()
    kinds = [kind for kind in KINDS if not chosen.kind or any(word in kind.name for word in chosen.kind)]
    scores = score_all(kinds, chosen.each, chosen.seed)
    console = Console(width=180)
    console.print(tabulate(scores))
    for score in scores:
        for survivor in score.survivors:
            console.print(f"{score.name}: {survivor}", markup=False, highlight=False)
    for group in ("form", "meaning", "benign"):
        console.print(f"{group}: {share(scores, group):.1%} caught")


if __name__ == "__main__":
    main()
