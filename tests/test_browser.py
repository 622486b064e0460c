"""The site in a real browser: nothing fails, nothing is asked of others, everything can be reached and read.

Screenshots of every kind of page go to site/screenshots, to be leafed through.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browsers import PHONE, hosting, refusal, visiting
from pages_of_each_kind import PAGES
from places import ROOT
from served import Server

SCREENSHOTS = ROOT / "site" / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def address(flagship_server: Server) -> str:
    return f"{flagship_server.address}/"


@pytest.fixture(scope="session")
def axe(npm_packages: Path) -> str:
    """The checker of accessibility, as a script."""
    return (npm_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """A fresh folder."""
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir()
    return SCREENSHOTS


@pytest.fixture(scope="module")
def static(flagship_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same site on a plain file host, in a folder of it."""
    folder = tmp_path_factory.mktemp("host")
    shutil.copytree(flagship_server.log.parent / "project" / "site" / "public", folder / "deep" / "er")
    with hosting(folder) as host:
        yield f"{host}deep/er/"


def find_violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds against the rules, each with the first element."""
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run(document, { runOnly: tags })", WCAG)
    return [f"{one['id']}: {one['nodes'][0]['html']} ({len(one['nodes'])})" for one in found["violations"]]


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_is_accessible_by_day_and_by_night(
    browser: Browser, address: str, axe: str, kind: str
) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES[kind])
        assert find_violations(page, axe) == []
        page.emulate_media(color_scheme="dark")
        assert find_violations(page, axe) == []


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_fits_a_telephone(browser: Browser, address: str, kind: str) -> None:
    with visiting(browser, address, viewport=PHONE) as page:
        page.goto(PAGES[kind])
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_has_its_picture_taken(browser: Browser, address: str, screenshots: Path, kind: str) -> None:
    for name, options in (("day", {}), ("night", {"color_scheme": "dark"}), ("telephone", {"viewport": PHONE})):
        with visiting(browser, address, **options) as page:
            page.goto(PAGES[kind])
            file = screenshots / f"{kind} by {name}.png"
            page.screenshot(path=file)
            assert file.stat().st_size > 5_000


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind not in ("query", "answer")])
def test_a_page_is_light(browser: Browser, address: str, kind: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES[kind], wait_until="networkidle")
        sizes = "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        assert page.evaluate(f"{sizes}.reduce((sum, one) => sum + one.transferSize, 0)") < 100_000


@pytest.mark.parametrize("kind", [kind for kind in PAGES if kind != "search"])
def test_a_page_reads_the_same_without_scripts(browser: Browser, address: str, kind: str) -> None:
    def read(*, scripts: bool) -> str:
        with visiting(browser, address, java_script_enabled=scripts) as page:
            page.goto(PAGES[kind])
            return " ".join(
                page.locator("h1, h2, h3, .lead, blockquote, td, dd, li, figure > svg, figcaption").all_text_contents()
            )

    if kind != "query":
        assert read(scripts=True) == read(scripts=False)
    assert len(read(scripts=False)) > 100


def test_from_home_to_event_to_claim_to_article_to_turtle(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        page.get_by_role("link", name="Read both accounts side by side").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Border clashes between Armenia and Azerbaijan")
        page.get_by_role("link", name="50 Azerbaijani servicemen were killed.").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("50 Azerbaijani servicemen were killed.")
        page.get_by_role("link", name="sentence 9").first.click()
        expect(page).to_have_url(re.compile(r"article/003\.html#char=\d+,\d+$"))
        expect(page.locator(".printed", has=page.locator(":target"))).to_contain_text(
            "50 servicemen of the Armed Forces"
        )
        with page.expect_response("**/article/003.ttl") as answer:
            page.get_by_role("link", name="Turtle").click()
        assert "rec:carries" in answer.value.text()


def test_a_long_list_leads_from_page_to_page(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("claims.html")
        pages = page.get_by_role("navigation", name="Pages of this list")
        pages.get_by_role("link", name="Next").click()
        expect(page).to_have_url(re.compile(r"claims/2\.html$"))
        expect(pages.locator("[aria-current=page]")).to_have_text("2")
        pages.get_by_role("link", name="Previous").click()
        expect(page).to_have_url(re.compile(r"claims\.html$"))


def test_both_sides_are_shown_alike(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        sides = page.locator(".sides").first.locator(".side")
        measure = "sides => sides.map(side => { const box = side.getBoundingClientRect(); return [box.y, box.width] })"
        first, second = sides.evaluate_all(measure)
        assert first == second


# Tables whose rows are cards on a narrow screen.
CARDS = ("home", "event", "articles", "data", "question", "answer")


@pytest.mark.parametrize("kind", CARDS)
def test_on_a_telephone_each_cell_of_a_table_says_its_head(browser: Browser, address: str, kind: str) -> None:
    with visiting(browser, address, viewport={"width": 320, "height": 640}) as page:
        page.goto(PAGES[kind])
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        tables = page.locator("table")
        assert tables.count() == page.locator("table.cards").count()
        widths = page.locator(".scroll").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
        assert max(widths) <= 0
        assert page.locator("table.cards tbody td:not([data-head])").count() == 0
        heads = page.locator("table.cards tbody td").evaluate_all(
            "cells => cells.map(one => [one.dataset.head, getComputedStyle(one, '::before').content])"
        )
        assert heads and all(head and shown == json.dumps(head, ensure_ascii=False) for head, shown in heads)


@pytest.mark.parametrize("kind", CARDS)
def test_the_heads_that_cells_repeat_are_those_of_their_columns(browser: Browser, address: str, kind: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES[kind])
        for table in page.locator("table.cards:not(.wordy)").all():
            heads = [one.partition("\n")[0] for one in table.locator("thead th").all_inner_texts()][1:]
            cells = table.locator("tbody tr").first.locator("td")
            told = cells.evaluate_all("cells => cells.map(one => one.dataset.head)")
            assert told[-len(heads) :] == heads


def test_a_timeline_keeps_its_bars_on_a_telephone(browser: Browser, address: str) -> None:
    with visiting(browser, address, viewport=PHONE) as page:
        page.goto(PAGES["event"])
        bar = page.locator(".timeline-table .bar").first.bounding_box()
        assert bar and bar["width"] > 100 and bar["x"] + bar["width"] <= PHONE["width"]


def test_what_is_folded_is_printed(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        folded = page.locator("details:not([open])")
        seen = "all => all.map(one => one.children[1].checkVisibility({ contentVisibilityAuto: true }))"
        assert not any(folded.evaluate_all(seen))
        page.emulate_media(media="print")
        assert folded.count() > 5 and all(folded.evaluate_all(seen))
        heights = folded.evaluate_all("all => all.map(one => one.children[1].getBoundingClientRect().height)")
        assert min(heights) > 0


@pytest.mark.parametrize("kind", ["event", "question", "articles", "data"])
def test_no_table_is_wider_than_the_paper(browser: Browser, address: str, kind: str) -> None:
    with visiting(browser, address, viewport={"width": 703, "height": 1000}) as page:  # A4 less its margins
        page.goto(PAGES[kind])
        page.emulate_media(media="print")
        widths = page.locator(".scroll").evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")
        assert max(widths) <= 0


def test_columns_start_level(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["home"])
        items = page.locator(".columns li a")
        tops = items.evaluate_all("all => all.map(one => [one.getClientRects()[0].x, one.getClientRects()[0].y])")
        first = {x: min(y for at, y in tops if at == x) for x, _ in tops}
        assert len(first) == 2 and max(first.values()) - min(first.values()) < 1


def test_a_map_comes_nearer_and_is_dragged(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        svg = page.locator(".map > svg")
        read = "svg => svg.getAttribute('viewBox').split(' ').map(Number)"
        before = svg.evaluate(read)
        assert page.get_by_role("button", name="Farther").is_disabled()
        page.get_by_role("button", name="Nearer").press("Enter")
        nearer = svg.evaluate(read)
        assert nearer[2] < before[2] and nearer[0] > before[0]
        svg.scroll_into_view_if_needed()
        box = svg.bounding_box()
        assert box
        page.mouse.move(box["x"] + 200, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 100, box["y"] + 250, steps=3)
        page.mouse.up()
        dragged = svg.evaluate(read)
        assert dragged[0] > nearer[0] and dragged[1] < nearer[1]
        page.get_by_role("button", name="Farther").press("Enter")
        assert svg.evaluate(read) == before


def test_figures_that_were_replaced_can_be_left_out(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        replaced = page.locator(".figures-table .superseded").first
        expect(replaced).to_be_visible()
        page.get_by_label("Leave out figures that later ones replaced").check()
        expect(replaced).to_be_hidden()


def test_a_timeline_tells_the_time_that_is_pointed_at(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        page.locator(".timeline-table td.axis svg").first.hover()
        # The line runs from 11 to 15 September; its middle is the beginning of the 13th.
        expect(page.locator(".pointed")).to_have_text(re.compile("^1[23] September at (23:|00:0)"))


def test_search_finds_in_spite_of_a_misspelling_by_keyboard_alone(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        page.get_by_role("combobox", name="Search the record").focus()
        page.keyboard.type("Pashinian")
        expect(page.get_by_role("option", name="Nikol Pashinyan").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        chosen = page.locator("[role=option][aria-selected=true]")
        expect(chosen).to_contain_text("Nikol Pashinyan")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Pashinyan")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Kelbajar", "Kalbajar District"),
        ("Sok", "Sotk"),
        ("preliminary information", "at least 49 Armenians died"),
        ("Фашинян", None),
        ("50 servicemen", "50 Azerbaijani servicemen were killed."),
    ],
)
def test_search_lists_what_it_finds(browser: Browser, address: str, words: str, found: str | None) -> None:
    with visiting(browser, address) as page:
        page.goto(f"search.html?q={quote(words)}")
        results = page.locator("#results")
        expect(results).to_contain_text(found or "nothing is found", ignore_case=True)


def test_escape_closes_search_and_keeps_the_words(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        box = page.get_by_role("combobox", name="Search the record")
        box.fill("Goris")
        expect(page.get_by_role("listbox")).to_be_visible()
        box.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(box).to_have_value("Goris")


def find_search(page: Page) -> tuple[Locator, Locator]:
    """Where one types, and what is announced."""
    box = page.get_by_role("combobox", name="Search the record")
    return box, page.get_by_role("search").get_by_role("status")


def test_what_is_found_as_one_types_is_announced(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        box, told = find_search(page)
        expect(told).to_be_empty()
        box.fill("Goris")
        expect(told).to_have_text(re.compile(r"^\d+ results?$"))
        count = page.get_by_role("option").count()
        expect(told).to_have_text(re.compile(f"^{count} "))


def test_that_nothing_is_found_is_said_to_all_and_outside_the_list(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        box, told = find_search(page)
        box.fill("qqqqqq")
        expect(told).to_have_text("Nothing is found. Try fewer or other words.")
        assert told.evaluate("told => told.getBoundingClientRect().height") > 20
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(box).to_have_attribute("aria-expanded", "false")
        box.press("Escape")
        expect(told).to_be_empty()


def test_an_iri_is_copied(browser: Browser, address: str) -> None:
    with visiting(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(PAGES["claim"])
        page.get_by_role("button", name="Copy the IRI").click()
        assert page.evaluate("navigator.clipboard.readText()") == "https://onrecord.example/claim/az-dead-50"


def test_the_first_tab_skips_to_the_content(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto(PAGES["event"])
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()


def test_a_plain_file_host_serves_the_whole_site_from_any_folder(browser: Browser, static: str) -> None:
    with visiting(browser, static) as page:
        page.goto("index.html")
        page.get_by_role("link", name="Read both accounts side by side").click()
        page.get_by_role("link", name="Azerbaijan struck civilian infrastructure.").first.click()
        expect(page.get_by_role("heading", name="Who says so")).to_be_visible()
        page.get_by_role("combobox", name="Search the record").fill("Jermouk")
        page.get_by_role("option", name="Jermuk").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Jermuk")


def test_a_plain_file_host_says_at_any_depth_that_a_page_is_not_there(
    browser: Browser, flagship_server: Server
) -> None:
    public = flagship_server.log.parent / "project" / "site" / "public"
    with hosting(public) as host, visiting(browser, host, expected=refusal(404)) as page:
        page.goto("id/deep/er/none-such.html")
        expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
        page.get_by_role("combobox", name="Search the record").fill("Jermouk")
        page.get_by_role("option", name="Jermuk").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Jermuk")


def test_a_page_that_is_not_there_says_so_as_a_page(browser: Browser, address: str, axe: str) -> None:
    with visiting(browser, address, expected=refusal(404)) as page:
        page.goto("claim/none-such")
        expect(page.get_by_role("heading", level=1)).to_have_text("Not Found")
        expect(page.get_by_role("navigation", name="Site")).to_be_visible()
        assert find_violations(page, axe) == []
