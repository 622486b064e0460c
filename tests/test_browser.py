"""The site in a real browser: nothing fails, nothing is asked of others, everything can be reached and read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from browsers import visiting
from served import Server


@pytest.fixture(scope="session")
def address(flagship_server: Server) -> str:
    return f"{flagship_server.address}/"


def test_from_home_to_an_event(browser: Browser, address: str) -> None:
    with visiting(browser, address) as page:
        page.goto("index.html")
        page.get_by_role("link", name="Events").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Events")
