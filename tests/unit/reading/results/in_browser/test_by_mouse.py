"""One specimen, opened and gone on from by mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.reading.results.in_browser.visits import (
    FIRST,
    FROM_FIRST,
    FROM_LAST,
    LAST,
    NARROW,
    SECOND,
    THIRD,
    WIDE,
    Visit,
    press,
    rows,
    title,
    turned,
)

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def test_opened_by_mouse(visit: Visit) -> None:
    page = visit.to()
    row = page.locator("#rows tr").nth(2)
    for place in (row.locator(".name"), row.locator(".thumb"), row.locator("td").nth(4)):
        place.click()
        assert title(page) == THIRD
        assert page.evaluate("document.querySelector('.large').naturalWidth") == 160
        page.click("#close")
        assert page.locator("#dialog").is_hidden()
    page.locator("#rows tr").nth(2).click()
    page.mouse.click(5, 5)  # beside it
    assert page.locator("#dialog").is_hidden()


def test_buttons_go_round_and_leave_the_keys_alive(visit: Visit) -> None:
    page = visit.to()
    rows(page).nth(1).click()
    back, on = page.locator("#previous"), page.locator("#next")
    back.click()
    assert title(page) == FIRST
    back.click()
    assert title(page) == LAST
    assert turned(page) == FROM_FIRST
    on.click()
    assert title(page) == FIRST
    assert turned(page) == FROM_LAST
    assert press(page, "ArrowRight") == SECOND


@pytest.mark.parametrize("report", ["few", "many"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_dividing_cells_are_shown_one_by_one(visit: Visit, report: str, width: int) -> None:
    page = visit.to(report, width)
    rows(page).nth(1).click()
    cells = page.locator(".dividing li")
    count = cells.count()
    assert count >= 2
    assert "metaphase" in cells.nth(0).inner_text()
    assert "chromatin stained" in cells.nth(0).inner_text()
    looks = "each => getComputedStyle(each.querySelector('.tile'))."
    first, last = (
        cells.nth(index).evaluate(f"{looks}backgroundPosition") for index in (0, count - 1)
    )
    assert (first, last) == ("0% 0px", "100% 0px")
    picture = cells.nth(0).evaluate(f"{looks}backgroundImage")
    assert "data:image/jpeg" in picture if report == "few" else "f0/dividing.jpg" in picture
    page.click("#close")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_what_speaks_against_a_reading_stands_above_its_bars(visit: Visit, width: int) -> None:
    page = visit.to(width=width)
    row = page.locator("#rows tr").nth(1)
    flag, bar = row.locator(".flag"), row.locator(".bar")
    assert flag.inner_text() == "out of focus"
    if width == NARROW:
        assert bottom(flag) <= top(bar)
    else:  # in a column before it
        assert left(flag) < left(bar)
    rows(page).nth(2).click()
    doubts = page.locator("#detail .doubts")
    assert doubts.locator("li").count() == 2
    assert "This field: no pixel size" in doubts.inner_text()
    assert "1 other field: out of focus" in doubts.inner_text()
    assert bottom(doubts) <= top(page.locator("#detail .bars").first)
    page.click("#close")
    rows(page).nth(3).click()
    assert doubts.count() == 0
    assert "No flag." in page.inner_text("#detail")


def top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def bottom(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def left(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]
