"""A browser, the reports that it shows, and somebody with a mouse or only a keyboard."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from anascope.reading import NotRead
from anascope.reading.results import to_page
from tests.unit.reading.results.conftest import BLURRED, CLASSES, HOSTILE, UNSCALED
from tests.unit.reading.results.in_browser.visits import (
    LETTERS,
    MANY,
    Visit,
    a_few,
    a_picture,
    a_specimen,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
QUIET = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the addresses of reports: of a few, of many, and of what takes much room."""
    root = tmp_path_factory.mktemp("reports")
    one = a_specimen("one", ("f", ()))
    wide = a_specimen(
        LETTERS, *((f"{LETTERS} {n}", (BLURRED, UNSCALED)) for n in range(12)), others=CLASSES[1:]
    )
    pages = {
        "few": to_page(a_few(), [NotRead("x.tif", HOSTILE)], model=HOSTILE),
        "many": to_page(
            [replace(one, reading=replace(one.reading, specimen=f"S-{n}")) for n in range(MANY)]
        ),
        "wide": to_page([wide, *a_few()], [NotRead(LETTERS, LETTERS)], model=LETTERS),
    }
    for name, text in pages.items():
        (root / f"{name}.html").write_text("".join(text), encoding="utf-8")
    beside = root / "specimens/s/f0/thumbnail.jpg"
    beside.parent.mkdir(parents=True)
    beside.write_bytes(a_picture())
    beside.with_name("dividing.jpg").write_bytes(a_picture())
    return {name: (root / f"{name}.html").as_uri() for name in pages}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitor(browser: Browser, reports: dict[str, str]) -> Visit:
    return Visit(browser.new_page(), reports)  # to make one for each test takes longer than a test


@pytest.fixture
def visit(visitor: Visit) -> Iterator[Visit]:
    """Open reports; in no test may one ask the outside, say an error or open an alert."""
    visitor.trouble.clear()
    yield visitor
    assert visitor.trouble == []
