"""Pictures of pages show what the pages show, or are not made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from anascope.errors import InputError
from benchmarks.pages.pictures import IMAGES, PICTURES, Picture, a_browser, taken

if TYPE_CHECKING:
    from playwright.sync_api import Browser

README = IMAGES.parents[1] / "README.md"
LATE = '<div style="height:{above}px"></div><img src="{name}" loading="lazy" alt="a field">'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not (os.environ.get("CHROMIUM") or shutil.which("chromium")):
        pytest.skip("Chromium is not installed")
    with a_browser() as browser:
        yield browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    field = Image.linear_gradient("L").resize((200, 100))
    field.save(tmp_path / "field.png")
    Image.new("L", (200, 100)).save(tmp_path / "black.png")
    (tmp_path / "broken.png").write_bytes(b"no image")
    return tmp_path


def page(folder: Path, name: str, above: int = 0) -> Picture:
    text = LATE.format(above=above, name=name)
    (folder / "page.html").write_text(f"<body style='margin:0'>{text}", encoding="utf-8")
    return Picture("page.html", 300)


def test_images_are_waited_for(browser: Browser, folder: Path) -> None:
    shown = taken(browser, folder, page(folder, "field.png"))
    assert shown.size == (1280, 300)
    assert shown.crop((0, 0, 200, 100)).getextrema()[0] != (0, 0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("black.png", "a field: an image of one colour; expected something to see"),
        ("broken.png", "expected images that can be shown"),
        ("none.png", "expected images that can be shown"),
    ],
)
def test_a_page_with_an_image_that_shows_nothing_is_refused(
    browser: Browser, folder: Path, name: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        taken(browser, folder, page(folder, name))


def test_images_far_below_are_waited_for_too(browser: Browser, folder: Path) -> None:
    with pytest.raises(InputError, match="images that can be shown"):
        taken(browser, folder, page(folder, "none.png", above=9000))


def test_a_page_that_is_not_there_is_named(browser: Browser, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such page; expected what `make demo` writes"):
        taken(browser, tmp_path, PICTURES["demo-report.png"])


def test_all_of_them_are_shown_somewhere() -> None:
    pages = [README, *(IMAGES.parent).rglob("*.md")]
    texts = "".join(path.read_text(encoding="utf-8") for path in pages)
    assert {name for name in PICTURES if f"images/{name}" not in texts} == set()
    assert {name for name in PICTURES if not (IMAGES / name).is_file()} == set()
