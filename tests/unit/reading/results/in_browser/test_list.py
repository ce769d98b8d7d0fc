"""The list of specimens: searched, filtered, sorted, made as it is looked at."""

from __future__ import annotations

import pytest

from tests.unit.reading.results.conftest import HOSTILE
from tests.unit.reading.results.in_browser.visits import BY_NAME, MANY, Visit, names, rows

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect


def test_search(visit: Visit) -> None:
    page = visit.to()
    for words, expected in (
        ("GOLGI", ["S-2", "S-10"]),  # S-10 is undecided and may be
        ("golgi s-10", ["S-10"]),
        ("ac-22", ["S-2", "S-10"]),
        ("out of focus", ["S-1", "S-2"]),
        ("ac-2", []),  # is not AC-22
        ("onerror=alert", [HOSTILE]),
        (" ", BY_NAME),
    ):
        page.fill("#search", words)
        expect(rows(page)).to_have_text(expected)
        assert page.inner_text("#found").startswith(f"{len(expected)} ")


def test_filters(visit: Visit) -> None:
    page = visit.to()
    assert names(page) == BY_NAME
    assert page.inner_text("#found") == "4 specimens"
    page.check("#undecided")
    assert names(page) == ["S-10"]
    page.uncheck("#undecided")
    page.check("#flagged")
    assert names(page) == ["S-1", "S-2"]
    page.select_option("#pattern", "golgi")
    assert names(page) == ["S-2"]
    assert page.inner_text("#found") == "1 of 4 specimens"
    page.uncheck("#flagged")
    page.select_option("#pattern", "")
    page.select_option("#intensity", "positive")
    assert names(page) == [HOSTILE, "S-2"]
    page.select_option("#intensity", "")
    assert names(page) == BY_NAME


@pytest.mark.parametrize(
    ("key", "up", "down", "at_first"),
    [
        ("name", BY_NAME, BY_NAME[::-1], "ascending"),
        (
            "pattern",
            [HOSTILE, "S-2", "S-1", "S-10"],
            ["S-10", "S-1", "S-2", HOSTILE],
            "ascending",
        ),
        (
            "probability",
            ["S-10", "S-1", HOSTILE, "S-2"],
            ["S-2", HOSTILE, "S-1", "S-10"],
            "ascending",
        ),
        # What is alike stays in the order of names.
        (
            "intensity",
            ["S-10", "S-1", HOSTILE, "S-2"],
            [HOSTILE, "S-2", "S-1", "S-10"],
            "descending",
        ),
        ("cells", [HOSTILE, "S-10", "S-2", "S-1"], ["S-1", "S-2", "S-10", HOSTILE], "descending"),
        ("mitotic", [HOSTILE, "S-10", "S-1", "S-2"], ["S-2", "S-1", "S-10", HOSTILE], "descending"),
        ("flagged", [HOSTILE, "S-10", "S-1", "S-2"], ["S-2", "S-1", HOSTILE, "S-10"], "descending"),
    ],
)
def test_sorting(visit: Visit, key: str, up: list[str], down: list[str], at_first: str) -> None:
    page = visit.to()
    other = "cells" if key == "name" else "name"
    orders = {"ascending": up, "descending": down}
    turned = "descending" if at_first == "ascending" else "ascending"
    page.select_option("#sort", other)
    page.select_option("#sort", key)
    assert names(page) == orders[at_first]
    page.select_option("#sort", other)
    for direction in (at_first, turned, at_first):
        page.locator(f"th [data-sort={key}]").press("Enter")
        assert names(page) == orders[direction]
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == direction
        assert page.locator("th[aria-sort] button").get_attribute("data-sort") == key
        assert page.input_value("#sort") == key


def test_many_come_as_they_are_looked_at(visit: Visit) -> None:
    page = visit.to("many")
    assert rows(page).count() == 60
    assert names(page)[:3] == ["S-0", "S-1", "S-2"]
    assert page.inner_text("#found") == f"{MANY} specimens"
    page.wait_for_function("document.querySelector('.thumb img').naturalWidth == 160")
    for expected in (120, 180, MANY):
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        expect(rows(page)).to_have_count(expected)
    assert page.locator("#more").is_hidden()
    assert names(page)[-1] == f"S-{MANY - 1}"
    page.fill("#search", "s-1")  # the list begins anew
    expect(page.locator("#found")).to_contain_text(f"of {MANY}")
    assert rows(page).count() == 60


def test_more_without_scrolling(visit: Visit) -> None:
    page = visit.to("many")
    more = page.locator("#more")
    more.evaluate("button => button.focus({preventScroll: true})")
    for expected in (120, 180):
        more.dispatch_event("click")
        assert rows(page).count() == expected
        assert page.evaluate("document.activeElement.id") == "more"
    more.dispatch_event("click")
    assert rows(page).count() == MANY
    # The button is gone, and the focus at the first of the new rows.
    expect(page.locator(":focus")).to_have_text("S-180")


def test_all_are_printed(visit: Visit) -> None:
    page = visit.to("many")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert rows(page).count() == MANY


def test_what_is_chosen_survives_a_reload(visit: Visit) -> None:
    page = visit.to()
    page.check("#flagged")
    page.select_option("#pattern", "golgi")
    page.locator("th [data-sort=cells]").press("Enter")
    page.reload()
    assert names(page) == ["S-2"]
    assert page.is_checked("#flagged")
    assert page.input_value("#pattern") == "golgi"
    page.uncheck("#flagged")
    page.select_option("#pattern", "")
    page.fill("#search", "AC-1, é & #1=")
    expect(page.locator("#found")).to_have_text("0 of 4 specimens")
    page.reload()
    assert page.input_value("#search") == "AC-1, é & #1="
    assert names(page) == []
    page.fill("#search", "")
    page.select_option("#intensity", "positive")
    expect(rows(page)).to_have_text(["S-2", HOSTILE])  # most cells first, as before the reloads
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    page.locator("th [data-sort=cells]").press("Enter")
    page.reload()
    assert names(page) == [HOSTILE, "S-2"]
    page.locator("th [data-sort=name]").press("Enter")
    page.select_option("#intensity", "")
    page.reload()
    assert names(page) == BY_NAME
    assert page.url.removesuffix("#") == visit.reports["few"]


@pytest.mark.parametrize(
    "words", ["#pattern=nothing", "#sort=banana", "#sort=constructor", "#%", "#intensity=x&x=y"]
)
def test_an_address_that_means_nothing_here_shows_all(visit: Visit, words: str) -> None:
    page = visit.to()
    page.goto(visit.reports["few"] + words)
    assert names(page) == BY_NAME
    for control in ("#pattern", "#intensity"):
        assert page.input_value(control) == ""


def test_another_address_is_followed(visit: Visit) -> None:
    page = visit.to()
    page.goto(visit.reports["few"] + "#undecided=yes")
    expect(rows(page)).to_have_text(["S-10"])
    page.go_back()
    expect(rows(page)).to_have_text(BY_NAME)
