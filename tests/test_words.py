"""Every word of the interface stands in one file, and a translation of that file is what a reader sees."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes
from playwright.sync_api import Browser

from browsers import hosting, visiting
from conftest import ROOT, find_problems, stay_silent
from onrecord.build import draft_record
from onrecord.interface import FILE, Interface, read_interface
from onrecord.pages import load_templates
from onrecord.project import read_project
from onrecord.publish import publish
from pot import POT, render_pot

TEMPLATES = sorted((ROOT / "site" / "templates").glob("*.html"))
# The engine runs without a page: what it says of a query is what the endpoint says, in English like all of that.
SCRIPTS = sorted({*(ROOT / "site" / "assets").glob("*.js")} - {ROOT / "site" / "assets" / "engine.js"})
# What is the same in every language: names of forms and files.
NAMES = frozenset(("BibTeX", "CSL-JSON", "Parquet", "dumps/", ".csv"))
# What looks like words in a script and is none: selectors and keys.
NO_WORDS = frozenset((".iri code, .citation, details pre code", "Escape", "Enter"))
SHOWN = ("aria-label", "title", "placeholder", "alt", "summary")
TRANSLATORS = ("gettext", "ngettext")
# A string of a script, and what it is handed to; or a comment, which holds none.
STRING = re.compile(
    r"""(?<!:)//.*|(?P<translator>\bn?gettext\((?:"[^"]*",\ )?)?(?:"(?P<text>(?:[^"\\\n]|\\.)*)"|`(?P<long>[^`]*)`)"""
)
# The language of a pseudo-translation: one that tells one from more than one, and writes its dates in words.
LANGUAGE = "fr"


def test_the_file_of_strings_is_the_one_that_the_sources_give() -> None:
    assert POT.read_text(encoding="utf-8") == render_pot(), "Run: make docs"


def test_the_file_of_strings_names_no_date_line_or_machine() -> None:
    text = POT.read_text(encoding="utf-8")
    assert not re.search(r"\d{4}-\d\d-\d\d", text)
    assert set(re.findall(r"^#: (.*)", text, re.MULTILINE)) == set(
        re.findall(r"^#: ([a-z/ _.-]+)$", text, re.MULTILINE)
    )


def read_loose_text(path: Path) -> Iterator[str]:
    """What a template shows without a mark: text, values of attributes, and words that it holds as constants."""
    tree = load_templates(read_project(ROOT), path.parent, Interface()).parse(path.read_text(encoding="utf-8"))
    html = "".join(data.data if isinstance(data, nodes.TemplateData) else "\0" for data in read_output(tree))
    html = re.sub(r"<(textarea|script|code|kbd)\b.*?</\1>", "", html, flags=re.DOTALL)
    for name in SHOWN:
        yield from (value for value in re.findall(rf'\s{name}="([^"]*)"', html) if has_words(value))
    html = re.sub(r'\slang="(\0|en)"', "", html)
    yield from (text.strip() for text in re.split(r"<[^>]*>|\0", html) if has_words(text.strip()))
    calls = (call for call in tree.find_all(nodes.Call) if is_translated(call) or names_class(call))
    marked = {id(one) for call in calls for one in call.find_all(nodes.Const)}
    texts = (one.value for one in tree.find_all(nodes.Const) if id(one) not in marked and isinstance(one.value, str))
    yield from (text for text in texts if re.match(r"[A-Z][a-z]+( |:|$)|[a-z]+ [a-z]+", text) and "?" not in text)


def read_output(tree: nodes.Node) -> Iterator[nodes.Node]:
    for output in tree.find_all(nodes.Output):
        yield from output.nodes


def is_translated(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name in ("_", *TRANSLATORS)


def names_class(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name == "members"


def has_words(text: str) -> bool:
    return any(map(str.isalpha, re.sub(r"&\w+;", "", text))) and text not in NAMES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_shows_no_word_that_cannot_be_translated(path: Path) -> None:
    assert list(read_loose_text(path)) == []


def read_loose_strings(path: Path) -> Iterator[str]:
    """What looks like words in a script, and is not handed to what translates."""
    for found in STRING.finditer(path.read_text(encoding="utf-8")):
        text = re.sub(r"\$\{.*\}", "", found["text"] or found["long"] or "")
        if not found["translator"] and looks_like_words(text) and text not in NO_WORDS:
            yield text


def looks_like_words(text: str) -> bool:
    return bool(re.search(r"^[A-Z][a-z]+( |$)|\b[a-z]{2,} [a-z]{2,}\b", text))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_shows_no_word_that_cannot_be_translated(path: Path) -> None:
    assert list(read_loose_strings(path)) == []


def write_translation(folder: Path) -> None:
    """A translation that shows each string in brackets, for a project that it becomes the interface of."""
    strings = read_po(BytesIO(POT.read_bytes()), locale=LANGUAGE)
    for one in strings:
        if one.id and not re.match(r"d MMM", str(one.id)):
            forms = [one.id] if isinstance(one.id, str) else [one.id[0], *one.id[1:] * (strings.num_plurals - 1)]
            shown = [f"⟦{text}⟧" for text in forms]
            one.string = shown[0] if isinstance(one.id, str) else tuple(shown)
    path = folder / "site" / "locale" / LANGUAGE / FILE
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, strings)
    settings = folder / "onrecord.toml"
    settings.write_text(f'interface = "{LANGUAGE}"\n{settings.read_text("utf-8")}', encoding="utf-8")


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with a pseudo-translation, published."""
    folder = tmp_path_factory.mktemp("words") / "tiny"
    shutil.copytree(ROOT / "tests" / "tiny", folder, ignore=shutil.ignore_patterns("site"))
    write_translation(folder)
    assert find_problems(folder) == []
    return publish(draft_record(read_project(folder), stay_silent).record)


def read_page(site: Path, path: str) -> str:
    return (site / path).read_text(encoding="utf-8")


def test_a_translation_is_what_every_page_shows(translated: Path) -> None:
    pages = [path.read_text(encoding="utf-8") for path in translated.rglob("*.html")]
    assert len(pages) > 50
    for text in ('<html lang="fr">', ">⟦Claims⟧</a>", ">⟦Search the record⟧<"):
        assert all(text in page for page in pages)


def test_headings_tables_and_attributes_are_translated(translated: Path) -> None:
    page = read_page(translated, "articles.html")
    for text in ("<h1>⟦Articles⟧</h1>", '<th scope="col">⟦Publisher⟧</th>', 'aria-label="⟦Articles⟧"'):
        assert text in page
    assert "<title>⟦Articles⟧ · " in page


def test_values_and_links_stand_in_the_translated_sentence(translated: Path) -> None:
    page = read_page(translated, "claim/dead-25.html")
    assert re.search(
        r'⟦How the sides stand to it: <a class="status" lang="en" href="[^"]+"[^>]*>contested</a>\.⟧', page
    )
    assert "%(" not in page.replace(re.findall(r'<script type="application/json".*', page)[0], "")


def test_what_the_record_says_is_not_translated_and_keeps_its_language(translated: Path) -> None:
    page = read_page(translated, "claim/mill-closed-sluice.html")
    assert '<blockquote><p lang="en">Harle Mill denied that it had closed the sluice' in page
    assert not re.search("⟦Harle Mill (denied|closed)", page)


def test_the_groups_of_the_search_are_translated(translated: Path) -> None:
    assert '"⟦Events⟧"' in read_page(translated, "search.json")


def test_scripts_speak_the_language_of_the_page(translated: Path, browser: Browser) -> None:
    with hosting(translated) as address, visiting(browser, address) as page:
        page.goto("search.html?q=mill")
        assert re.fullmatch(r"⟦“mill”: \d+ found\.⟧", page.locator("#results p").inner_text())


def test_english_brings_no_translation_along() -> None:
    assert Interface().for_scripts == read_interface(read_project(ROOT)).for_scripts == {}


@pytest.mark.parametrize(
    ("language", "tag", "name"),
    [("en", "hy", "Armenian"), ("fr", "hy", "arménien"), ("en", "de-AT", "German (Austria)"), ("en", "x-own", "x-own")],
)
def test_a_language_is_named_in_that_of_the_interface(language: str, tag: str, name: str) -> None:
    assert Interface(language).name_language(tag) == name


def test_a_number_picks_the_form_that_the_language_has_for_it(translated: Path) -> None:
    interface = read_interface(read_project(translated.parents[1]))
    assert interface.for_scripts["forms"] == {"one": 0, "other": 2}
