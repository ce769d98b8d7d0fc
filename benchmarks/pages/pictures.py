"""Make the pictures of pages that the documentation shows, from what ``make demo`` has written.

``python -m benchmarks.pages.pictures`` makes them all; names after it make those alone. It needs
Playwright and an installed Chromium (``CHROMIUM`` says which, if it is not on the search path).
A picture is taken when every image of the page is there and decoded, and is written only if none
of them is a single colour.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from anascope.errors import InputError
from anascope.files import replacing
from benchmarks.arguments import RESULTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = RESULTS.parent / "docs" / "images"
WIDTH = 1280  # CSS pixels of the window


@dataclass(frozen=True)
class Picture:
    """A picture of a page.

    Attributes:
        page: The page, from the folder of the demonstration.
        height: CSS pixels of the window.
        pressed: What is pressed first: the name of a button, or "".
        dark: Whether the reader's system is dark.
    """

    page: str
    height: int
    pressed: str = ""
    dark: bool = False


PICTURES = {
    "reading-report.png": Picture("reading/report.html", 1136),
    "reading-specimen.jpg": Picture("reading/report.html", 860, pressed="Next picture"),
    "demo-report.png": Picture("study/report/report.html", 1300),
}

_FORMATS = {".png": "PNG", ".jpg": "JPEG"}

_EVERY_IMAGE = """async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map(image => image.decode()));
  return images.every(image => image.complete && image.naturalWidth > 0);
}"""
# Boxes of the images that are seen, in pixels of the window, with what each is called.
_SEEN_IMAGES = """() => [...document.images].flatMap(image => {
  const {x, y, width, height} = image.getBoundingClientRect();
  const above = document.elementFromPoint(x + width / 2, y + height / 2);
  return above === image ? [[[x, y, x + width, y + height], image.alt]] : [];
})"""
_FIRST_ROW = "#rows .name"


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Give an installed Chromium, closed in the end.

    Raises:
        InputError: if there is none.
    """
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise InputError("chromium", "not installed", "a browser on the path, or in CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def taken(browser: Browser, folder: Path, picture: Picture) -> Image.Image:
    """Return a picture.

    Args:
        browser: What shows the page.
        folder: The folder of the demonstration.
        picture: Which.

    Raises:
        InputError: if there is no such page, or an image of it is not there or shows nothing.
    """
    file = folder / picture.page
    if not file.is_file():
        raise InputError(str(file), "no such page", "what `make demo` writes, or --demo")
    page = browser.new_page(
        viewport={"width": WIDTH, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    try:
        page.goto(file.absolute().as_uri())
        if picture.pressed:
            page.locator(_FIRST_ROW).first.click()
            page.get_by_role("button", name=picture.pressed).click()
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")
        _wait_for_images(page, file)
        with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as png:
            image = png.convert("RGB")
        _check_images(image, page.evaluate(_SEEN_IMAGES), file)
        return image
    finally:
        page.close()


def _wait_for_images(page: Page, file: Path) -> None:
    from playwright.sync_api import Error

    try:
        whole = page.evaluate(_EVERY_IMAGE)
    except Error as error:  # what `decode` says of an image that cannot be shown
        reason = error.message.splitlines()[0]
        raise InputError(str(file), reason, "images that can be shown") from None
    if not whole:
        raise InputError(str(file), "an image that is not there", "every image of the page")


def _check_images(image: Image.Image, boxes: list[tuple[list[float], str]], file: Path) -> None:
    for (left, top, right, bottom), name in boxes:
        shown = image.crop((round(left), round(top), round(right), round(bottom)))
        if len(shown.getcolors(2**24) or ()) == 1:
            raise InputError(f"{file}: {name}", "an image of one colour", "something to see")


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PICTURES)} [all]")
    parser.add_argument("--demo", type=Path, default=Path("demo"), help="folder of `make demo`")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    given = parser.parse_args()
    names = given.names or list(PICTURES)
    if unknown := set(names) - set(PICTURES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(PICTURES)}")
    with a_browser() as browser:
        for name in names:
            image = taken(browser, given.demo, PICTURES[name])
            with replacing(given.out / name) as temporary:
                image.save(temporary, _FORMATS[Path(name).suffix], optimize=True)
            print(given.out / name)


if __name__ == "__main__":
    main()
