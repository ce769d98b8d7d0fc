"""A real browser, at two widths: log in, look, correct, sign, be told of a conflict."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn

from anascope.desk.accounts import User
from anascope.desk.review import view
from anascope.desk.web import Serving, make_app
from anascope.desk.worklist import State

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE, NARROW = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def address(desk: Serving) -> Iterator[str]:
    """The address at which the desk is served, by a thread of this process."""
    config = uvicorn.Config(make_app(desk), port=0, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def visit(chromium: Browser, address: str, size: tuple[int, int], trouble: list[str]) -> Page:
    """Return a page of a new browser; what it says of errors is collected."""
    width, height = size
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "console", lambda message: trouble.append(message.text) if message.type == "error" else None
    )
    page.goto(address)
    return page


def log_in(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", f"correct horse {name}")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#worklist")


def fits(page: Page) -> bool:
    """Tell whether nothing is beside the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def until(true: Callable[[], object]) -> None:
    """Wait until something is so; what the page allows no script for is asked again and again."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("not within twenty seconds")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_from_log_in_to_the_trail(
    chromium: Browser,
    address: str,
    size: tuple[int, int],
    desk: Serving,
    people: dict[str, User],
) -> None:
    trouble: list[str] = []
    ann = visit(chromium, address, size, trouble)
    assert fits(ann)
    log_in(ann, "ann")
    assert fits(ann)
    # The first of the worklist, by keys alone.
    ann.keyboard.press("j")
    ann.keyboard.press("Enter")
    ann.wait_for_selector("svg.outlines path", state="attached")
    assert fits(ann)
    assert ann.locator("h1").inner_text() == "S-1"
    drawn = ann.locator(".references img").first
    drawn.scroll_into_view_if_needed()
    until(lambda: drawn.evaluate("picture => picture.naturalWidth") == 320)
    for key in ("g", "o", "h", "p", "2"):
        ann.keyboard.press(key)
    ann.wait_for_selector("#field-2:not(.away)")
    assert ann.locator("#field-1").is_hidden()
    assert ann.locator("[data-act=green]").get_attribute("aria-pressed") == "true"
    assert ann.locator("[data-act=outlines]").get_attribute("aria-pressed") == "false"

    bob = visit(chromium, address, size, trouble)
    log_in(bob, "bob")
    bob.click("text=S-1 >> nth=0")
    bob.wait_for_selector("#form")

    # Ann corrects: what is entered first shows others that she is at it.
    with ann.expect_response("**/begin") as begun:
        ann.keyboard.press("a")
    assert begun.value.ok
    assert view(desk.database, 1).state is State.IN_REVIEW
    ann.keyboard.press("1")
    ann.check("#field-1 [name=out] >> nth=0")
    ann.select_option("[name=pattern] >> nth=0", "centromere")
    ann.select_option("[name=intensity]", "positive")
    ann.keyboard.press("Escape")
    ann.keyboard.press("t")
    ann.keyboard.type("1:320")
    ann.keyboard.press("Control+Enter")
    ann.wait_for_selector("text=The signature is given.")
    found = view(desk.database, 1)
    assert found.signed_result is not None
    assert found.signed_result.finding.patterns == ("centromere",)
    assert found.signed_result.finding.titre == 320
    assert len(found.signed_result.finding.cells) == 1

    # It stands beside the next specimen as a reference, with its picture.
    ann.keyboard.press("Escape")
    ann.click("text=Go on to the next specimen")
    signed = ann.locator("#signed img")
    signed.scroll_into_view_if_needed()
    until(lambda: signed.evaluate("picture => picture.naturalWidth") == 320)
    assert "centromere, positive" in ann.inner_text("#signed")
    assert fits(ann)
    ann.click("#signed a")
    ann.wait_for_selector("h1 >> text=S-1")

    # Bob has the page from before: he is told, and what he entered stays.
    bob.locator("[value=negative]").check()
    assert bob.locator("[name=pattern] >> nth=0").is_disabled()
    bob.wait_for_selector("p[role=alert] >> text=changed meanwhile")
    bob.fill("[name=comment]", "Seen otherwise.")
    bob.click("text=Save without signing")
    bob.wait_for_selector("text=What you have entered is still in the form.")
    assert fits(bob)
    assert bob.input_value("[name=comment]") == "Seen otherwise."
    # The refusals themselves stand in the browser's console, and nothing else.
    assert trouble
    assert all("409" in line for line in trouble)
    trouble.clear()
    assert len(view(desk.database, 1).results) == 1

    bob.on("dialog", lambda asked: asked.accept())
    bob.click("a:text-is('Trail') >> nth=-1")
    bob.wait_for_selector(".trail li")
    assert fits(bob)
    text = bob.inner_text(".trail")
    assert text.index("signed") < text.index("result written") < text.index("review begun")
    bob.click("text=Log out")
    bob.wait_for_selector("[name=password]")
    bob.goto(f"{address}/specimens/1")
    assert bob.url.startswith(f"{address}/log-in")
    bob.fill("[name=name]", "bob")
    bob.fill("[name=password]", "correct horse bob")
    bob.press("[name=password]", "Enter")
    bob.wait_for_selector("#form")  # he is where he wanted to be
    assert bob.url == f"{address}/specimens/1"
    assert trouble == []
    for page in (ann, bob):
        page.context.close()
