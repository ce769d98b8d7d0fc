"""Reports of specimens whose every property is stated, and somebody who looks at them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PIL import Image

from anascope.reading import UNDECIDED, QualityFlag, SpecimenReading
from anascope.reading.results import PageField, PageSpecimen
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
    from playwright.sync_api import Dialog, Locator, Page, Request

NARROW, WIDE = 390, 1280
OUTSIDE = "http://outside.invalid/picture.png"
HOSTILE_FIELD = '"><img src=x onerror=alert(2)>'
PICTURE_OF_HOSTILE = f"Field {HOSTILE_FIELD} with outlined cells"
BY_NAME = [HOSTILE, "S-1", "S-2", "S-10"]  # numbers in names by size
KEYS = ("name", "flagged", "pattern", "probability", "intensity", "cells", "mitotic")
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
            PageField(
                reading,
                cells,
                f"specimens/s/f{number}",
                a_picture,
                heat=True,
                dividing=a_picture if reading.dividing else None,
            )
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


def rows(page: Page) -> Locator:
    return page.locator("#rows .name")


def names(page: Page) -> list[str]:
    return rows(page).all_text_contents()


def title(page: Page) -> str:
    """Return specimen, field and place of the picture that is open."""
    assert page.locator("#dialog").is_visible()
    return page.locator("#which").inner_text().replace("\n", " ")


def turned(page: Page) -> str:
    """Return what is said when going on has come round to the other end."""
    return page.locator("#turned").inner_text()


def press(page: Page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
        assert page.evaluate("document.getElementById('dialog').contains(document.activeElement)")
    return title(page)


def open_specimen(page: Page, name: str) -> None:
    page.locator("#rows").get_by_role("button", name=name, exact=True).press("Enter")


FROM_LAST = "After the last specimen: the first again."
FROM_FIRST = "Before the first specimen: the last."
FIRST = f"{HOSTILE} {HOSTILE_FIELD}, 1 of 1"
SECOND = "S-1 d, 1 of 1"
THIRD, THIRD_AFTER = "S-2 a, 1 of 2", "S-2 b, 2 of 2"
LAST = "S-10 c, 1 of 1"
