"""The page forbids the outside, shows hostile text as text, and fits its width."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from anascope.reading.results import to_page
from tests.unit.reading.results.conftest import HOSTILE
from tests.unit.reading.results.in_browser.visits import (
    FIRST,
    NARROW,
    OUTSIDE,
    PICTURE_OF_HOSTILE,
    WIDE,
    Visit,
    a_specimen,
    names,
    open_specimen,
    rows,
    title,
)


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


def test_what_is_above_zero_is_not_said_to_be_zero(visit: Visit, tmp_path: Path) -> None:
    specimen = a_specimen("S-1", ("a", ()))
    assert specimen.reading.decision is not None
    shares = dict.fromkeys(specimen.reading.decision.patterns, 1e-7) | {"golgi": 0.0}
    decision = replace(specimen.reading.decision, patterns=shares)
    least = replace(specimen, reading=replace(specimen.reading, decision=decision))
    (tmp_path / "page.html").write_text("".join(to_page([least])), encoding="utf-8")
    visit.reports["least"] = (tmp_path / "page.html").as_uri()
    page = visit.to("least")
    open_specimen(page, "S-1")
    texts = page.locator("#detail .bars").first.locator(".share").all_text_contents()
    assert sorted(texts) == ["0%", *["<0.1%"] * (len(shares) - 1)]
