"""One palette, in pictures as in style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anascope import colours

SOURCE = Path(colours.__file__).parent
STYLES = [
    "documents/templates/common.typ",
    "reading/results/templates/page.css",
    "report/templates/report.css",
]
ACCENT = re.compile(r'(?:--accent: |accent = rgb\(")(#[0-9a-f]{6})')


@pytest.mark.parametrize("path", STYLES)
def test_style_sheets_have_the_blue_of_the_palette(path: str) -> None:
    first, *_ = ACCENT.findall((SOURCE / path).read_text(encoding="utf-8"))
    assert first == colours.BLUE
