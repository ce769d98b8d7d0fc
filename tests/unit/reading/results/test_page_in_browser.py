"""The page of a batch, as a browser shows it to somebody with a mouse or only a keyboard."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from anascope.reading import UNDECIDED, NotRead, QualityFlag, SpecimenReading
from anascope.reading.results import PageField, PageSpecimen, to_page
from anascope.reading.results._page import EMBEDDED_MOST
from tests.unit.reading.results.conftest import (
    BLURRED,
    CLASSES,
    HOSTILE,
    UNSCALED,
    codes,
    made_up_decision,
    made_up_field,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Locator, Page, Request

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

QUIET = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
""".split()  # noqa: SIM905
NARROW, WIDE = 390, 1280
OUTSIDE = "http://outside.invalid/picture.png"
HOSTILE_FIELD = '"><img src=x onerror=alert(2)>'
PICTURE_OF_HOSTILE = f"Field {HOSTILE_FIELD} with outlined cells"
BY_NAME = [HOSTILE, "S-1", "S-2", "S-10"]  # numbers in names by size
KEYS = ("name", "pattern", "probability", "intensity", "cells", "mitotic", "flagged")
MANY = EMBEDDED_MOST + 5
LETTERS = "unbroken" * 20


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (160, 120), (0, 80, 40)).save(file, "JPEG")
    return file.getvalue()


def a_specimen(
    name: str,
    *fields: tuple[str, tuple[QualityFlag, ...]],
    pattern: str = "homogeneous",
    likely: float = 0.9,
    others: tuple[str, ...] = (),
    intensity: str = "positive",
    cells: int = 12,
    mitotic: int | None = 0,
) -> PageSpecimen:
    """Return a specimen whose every sortable property is stated; others make it undecided."""
    rest = (1 - likely) / (len(CLASSES) - 1)
    decision = replace(
        made_up_decision(pattern),
        pattern=UNDECIDED if others else pattern,
        codes=codes(pattern, *others),
        patterns={each: likely if each == pattern else rest for each in CLASSES},
        pattern_set=(pattern, *others),
        intensity=intensity,
    )
    readings = [
        made_up_field(each, name, quality=quality, decision=decision).reading
        for each, quality in fields
    ]
    return PageSpecimen(
        SpecimenReading(
            specimen=name,
            decision=decision,
            fields=tuple(each for each, _ in fields),
            not_evaluable={},
            cells=cells,
            mitotic_figures=mitotic,
            flagged=sum(bool(quality) for _, quality in fields),
        ),
        tuple(
            PageField(reading, cells, f"specimens/s/f{number}", a_picture, heat=True)
            for number, reading in enumerate(readings)
        ),
        "specimens/s/sheet.pdf",
    )


def a_few() -> list[PageSpecimen]:
    return [
        a_specimen(
            "S-2",
            ("a", (UNSCALED,)),
            ("b", (BLURRED,)),
            pattern="golgi",
            cells=30,
            mitotic=4,
        ),
        a_specimen(
            "S-1",
            ("d", (BLURRED,)),
            likely=0.7,
            intensity="intermediate",
            cells=50,
            mitotic=2,
        ),
        a_specimen(
            "S-10", ("c", ()), likely=0.6, others=("golgi",), intensity="negative", cells=20
        ),
        a_specimen(
            HOSTILE,
            (HOSTILE_FIELD, ()),
            pattern="fine speckled",
            likely=0.8,
            cells=10,
            mitotic=None,
        ),
    ]


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
    return {name: (root / f"{name}.html").as_uri() for name in pages}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Visit:
    """Somebody at a page, and what went wrong meanwhile."""

    page: Page
    reports: dict[str, str]
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(5000)
        self.page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        self.page.on("console", lambda line: self.trouble.append(f"console: {line.text}"))
        self.page.on("dialog", self.alerted)
        self.page.on("request", self.asked)

    def to(self, report: str = "few", width: int = WIDE) -> Page:
        self.page.set_viewport_size({"width": width, "height": 800})
        self.page.goto(self.reports[report])
        return self.page

    def alerted(self, dialog: Dialog) -> None:
        self.trouble.append(f"alert: {dialog.message}")
        dialog.dismiss()

    def asked(self, request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            self.trouble.append(f"asked: {request.url}")


@pytest.fixture(scope="module")
def visitor(browser: Browser, reports: dict[str, str]) -> Visit:
    return Visit(browser.new_page(), reports)  # to make one for each test takes longer than a test


@pytest.fixture
def visit(visitor: Visit) -> Iterator[Visit]:
    """Open reports; in no test may one ask the outside, say an error or open an alert."""
    visitor.trouble.clear()
    yield visitor
    assert visitor.trouble == []


def rows(page: Page) -> Locator:
    return page.locator("#rows .name")


def names(page: Page) -> list[str]:
    return rows(page).all_text_contents()


def title(page: Page) -> str:
    """Return specimen, field and place of the picture that is open."""
    assert page.locator("#dialog").is_visible()
    return page.locator("#which").inner_text().replace("\n", " ")


def press(page: Page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate("document.getElementById('dialog').contains(document.activeElement)")
    return title(page)


def open_specimen(page: Page, name: str) -> None:
    page.locator("#rows").get_by_role("button", name=name, exact=True).press("Enter")


FIRST = f"{HOSTILE} {HOSTILE_FIELD}, 1 of 1"
SECOND = "S-1 d, 1 of 1"
THIRD, THIRD_AFTER = "S-2 a, 1 of 2", "S-2 b, 2 of 2"
LAST = "S-10 c, 1 of 1"


# ---- The list -----------------------------------------------------------------------------------


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


# ---- One specimen -------------------------------------------------------------------------------


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
    assert press(page, "PageDown", "PageDown", "PageDown") == LAST
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("S-1")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("S-2")


def test_arrows_go_through_all_and_back(visit: Visit) -> None:
    page = visit.to()
    rows(page).first.press("Enter")
    there = [FIRST, SECOND, THIRD, THIRD_AFTER, LAST]
    assert title(page) == FIRST
    assert press(page, "ArrowLeft", "ArrowLeft") == FIRST
    assert [press(page, "ArrowRight") for _ in there[1:]] == there[1:]
    assert press(page, "ArrowRight", "ArrowRight") == LAST
    assert [press(page, "ArrowLeft") for _ in there[1:]] == there[-2::-1]
    assert press(page, "ArrowLeft") == FIRST
    assert press(page, "ArrowRight") == SECOND
    assert press(page, "Control+ArrowRight") == SECOND  # belongs to the browser


def test_page_keys_go_through_specimens_and_back(visit: Visit) -> None:
    page = visit.to()
    rows(page).nth(3).press("Enter")
    assert title(page) == LAST
    assert press(page, "PageDown", "PageDown") == LAST
    up = [THIRD, SECOND, FIRST]
    assert [press(page, "PageUp") for _ in up] == up
    assert press(page, "PageUp", "PageUp") == FIRST
    down = [SECOND, THIRD, LAST]
    assert [press(page, "PageDown") for _ in down] == down
    assert press(page, "ArrowLeft") == THIRD_AFTER
    assert press(page, "PageUp") == SECOND  # of a second field too


def test_buttons_at_both_ends_leave_the_keys_alive(visit: Visit) -> None:
    page = visit.to()
    rows(page).nth(1).click()
    back, on = page.locator("#previous"), page.locator("#next")
    back.click()
    assert title(page) == FIRST
    assert back.is_disabled()
    assert press(page, "ArrowLeft") == FIRST
    assert press(page, "ArrowRight") == SECOND
    while on.is_enabled():
        on.press("Enter")
    assert title(page) == LAST
    assert press(page, "ArrowRight") == LAST
    assert press(page, "ArrowLeft") == THIRD_AFTER
    assert on.is_enabled()


def test_the_only_one_can_be_left_by_keyboard(visit: Visit) -> None:
    page = visit.to()
    page.check("#undecided")
    rows(page).first.press("Enter")
    assert press(page, "ArrowRight", "ArrowLeft", "PageDown", "PageUp") == LAST
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


# ---- Safe, and to be seen -----------------------------------------------------------------------


def test_hostile_names_are_text(visit: Visit) -> None:
    page = visit.to()
    assert names(page)[0] == HOSTILE
    assert HOSTILE in page.inner_text(".missed")
    assert HOSTILE in page.inner_text(".subtitle")
    rows(page).first.click()
    assert title(page) == FIRST
    assert page.locator(".large").get_attribute("alt") == PICTURE_OF_HOSTILE
    assert page.locator("script").count() == 2
    assert page.locator("[onerror], [src=x]").count() == 0


TRY = """url => new Promise(resolve => {
  const blocked = [];
  document.addEventListener("securitypolicyviolation", event => {
    blocked.push(event.effectiveDirective);
    if (blocked.length == 3) resolve(blocked.sort());
  });
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  document.body.append(Object.assign(document.createElement("img"), {src: url}));
  fetch(url).catch(() => {});
  setTimeout(() => resolve(blocked.sort()), 2000);
})"""


def test_policy_forbids_the_outside(visit: Visit) -> None:
    page = visit.to()
    failures: list[str | None] = []
    page.on("requestfailed", lambda request: failures.append(request.failure))
    assert page.evaluate(TRY, OUTSIDE) == ["connect-src", "img-src", "script-src-elem"]
    assert page.evaluate("window.ran") is None
    assert set(failures) <= {"csp"}  # not even looked for
    # And what was tried would have been noticed in any other test.
    assert any(each.startswith("console: ") for each in visit.trouble)
    visit.trouble.clear()


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("report", ["few", "wide"])
def test_nothing_scrolls_sideways(visit: Visit, report: str, width: int) -> None:
    page = visit.to(report, width)

    def breadth() -> int:
        return int(page.evaluate("document.documentElement.scrollWidth"))

    assert breadth() == width
    page.locator("th button").last.focus()
    assert breadth() == width
    for each in range(2):
        rows(page).nth(-1 - each).press("Enter")
        assert breadth() == width
        for place in ("#dialog", "#detail"):
            assert page.locator(place).evaluate("e => e.scrollWidth <= e.clientWidth"), place
        box = page.locator("#close").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")


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
    page.locator("#next").press("Enter")
    page.locator("#next").press("Enter")  # the last: the button is disabled
    seen = page.evaluate(SEEN)
    assert seen == {"what": "detail", "marked": True, "uncovered": True}


def test_focus_is_not_below_the_headings(visit: Visit) -> None:
    page = visit.to("many")
    rows(page).nth(30).focus()
    stops = tabbed(page, "Shift+Tab", most=15)
    assert stops == [f"S-{n}" for n in range(29, 14, -1)]


def test_who_is_not_calibrated_says_so(visit: Visit, tmp_path: Path) -> None:
    specimen = a_specimen("S-1", ("a", ()))
    assert specimen.reading.decision is not None
    decision = replace(specimen.reading.decision, pattern_set=(), calibrated=False)
    bare = replace(specimen, reading=replace(specimen.reading, decision=decision))
    (tmp_path / "page.html").write_text("".join(to_page([bare])), encoding="utf-8")
    visit.reports["bare"] = (tmp_path / "page.html").as_uri()
    page = visit.to("bare")
    assert "not calibrated" in page.inner_text("#rows tr")
    open_specimen(page, "S-1")
    assert "not calibrated, so no set is given" in page.inner_text("#detail")
