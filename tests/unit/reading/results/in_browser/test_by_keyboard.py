"""One specimen, opened and gone on from by keyboard alone; the focus is always seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.reading.results.in_browser.visits import (
    BY_NAME,
    FIRST,
    FROM_FIRST,
    FROM_LAST,
    KEYS,
    LAST,
    NARROW,
    SECOND,
    THIRD,
    THIRD_AFTER,
    WIDE,
    Visit,
    open_specimen,
    press,
    rows,
    title,
    turned,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect


def test_opened_by_keyboard(visit: Visit) -> None:
    page = visit.to()
    for key in ("Enter", "Space"):
        rows(page).nth(2).press(key)
        assert title(page) == THIRD
        assert press(page, "ArrowRight") == THIRD_AFTER
        assert "limit 0.2" in page.inner_text("#detail")
        page.keyboard.press("Escape")
        assert page.locator("#dialog").is_hidden()


def test_escape_gives_the_focus_back(visit: Visit) -> None:
    page = visit.to()
    row = page.locator("#rows tr").nth(1)
    for place in (row.locator("td").nth(4), row.locator(".thumb"), row.locator(".name")):
        place.click()
        page.keyboard.press("Escape")
        assert page.locator("#dialog").is_hidden()
        expect(page.locator(":focus")).to_have_text("S-1")
    page.keyboard.press("Enter")
    assert press(page, "PageDown", "PageDown") == LAST
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("S-1")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("S-2")


def test_arrows_go_through_all_and_round(visit: Visit) -> None:
    page = visit.to()
    rows(page).first.press("Enter")
    there = [FIRST, SECOND, THIRD, THIRD_AFTER, LAST]
    assert title(page) == FIRST
    assert press(page, "ArrowLeft") == LAST
    assert turned(page) == FROM_FIRST
    assert press(page, "ArrowRight") == FIRST
    assert turned(page) == FROM_LAST
    assert [press(page, "ArrowRight") for _ in there[1:]] == there[1:]
    assert turned(page) == ""
    assert press(page, "ArrowRight", "ArrowRight") == SECOND
    assert press(page, "ArrowLeft", "ArrowLeft") == LAST
    assert [press(page, "ArrowLeft") for _ in there[1:]] == there[-2::-1]
    assert turned(page) == ""
    assert press(page, "Control+ArrowRight") == FIRST  # belongs to the browser
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    rows(page).first.press("Enter")
    assert turned(page) == ""  # said once


def test_page_keys_go_through_specimens_and_round(visit: Visit) -> None:
    page = visit.to()
    rows(page).nth(3).press("Enter")
    assert title(page) == LAST
    assert press(page, "PageDown") == FIRST
    assert turned(page) == FROM_LAST
    down = [SECOND, THIRD, LAST]
    assert [press(page, "PageDown") for _ in down] == down
    up = [THIRD, SECOND, FIRST]
    assert [press(page, "PageUp") for _ in up] == up
    assert press(page, "PageUp") == LAST
    assert turned(page) == FROM_FIRST
    assert press(page, "ArrowLeft") == THIRD_AFTER
    assert press(page, "PageUp") == SECOND  # of a second field too


def test_the_only_one_says_so_and_can_be_left(visit: Visit) -> None:
    page = visit.to()
    page.check("#undecided")
    rows(page).first.press("Enter")
    for key in ("ArrowRight", "ArrowLeft", "PageDown", "PageUp"):
        assert press(page, key) == LAST
        assert turned(page) == "This is the only specimen."
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("S-10")


def test_keys_live_wherever_the_focus_was(visit: Visit) -> None:
    page = visit.to()
    rows(page).nth(2).click()
    strip = page.locator(".strip .thumb")
    strip.nth(1).click()
    assert title(page) == THIRD_AFTER
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Field b"
    assert press(page, "ArrowLeft") == THIRD
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Field a"
    page.get_by_role("link", name="label mask").focus()
    assert press(page, "ArrowRight") == THIRD_AFTER
    page.click("#which")  # takes no focus
    assert press(page, "ArrowRight") == LAST


SEEN = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return null;
  const box = focused.getBoundingClientRect(), style = getComputedStyle(focused);
  const above = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    what: focused.dataset.sort && `by ${focused.dataset.sort}` ||
      focused.id || focused.ariaLabel || focused.textContent,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    uncovered: box.width > 8 && box.height > 8 && focused.contains(above),
  };
}"""


def tabbed(page: Page, key: str = "Tab", most: int = 60) -> list[str]:
    """Go on by Tab to the end or until something comes again; all must be seen to be focused."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press(key)
        seen = page.evaluate(SEEN)
        if seen is None or seen["what"] in stops:
            break
        assert seen["marked"], seen
        assert seen["uncovered"], seen
        stops.append(seen["what"])
    return stops


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_focus_is_seen(visit: Visit, width: int) -> None:
    page = visit.to(width=width)
    stops = tabbed(page)
    assert stops[1:] == [
        *("search", "pattern", "intensity", "sort", "undecided", "flagged"),
        *(f"by {key}" for key in KEYS),
        *BY_NAME,
    ]
    open_specimen(page, "S-2")
    assert page.evaluate(SEEN)["what"] == "previous"
    assert set(tabbed(page)) >= {"next", "close", "Field a", "Field b", "label mask"}
    for _ in range(3):  # over the last one
        page.locator("#next").press("Enter")
        assert page.evaluate(SEEN) == {"what": "next", "marked": True, "uncovered": True}


def test_focus_is_not_below_the_headings(visit: Visit) -> None:
    page = visit.to("many")
    rows(page).nth(30).focus()
    stops = tabbed(page, "Shift+Tab", most=15)
    assert stops == [f"S-{n}" for n in range(29, 14, -1)]
