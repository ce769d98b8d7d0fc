"""Make the pictures of the desk that the documentation shows, from what ``make demo`` has read.

``python -m benchmarks.pages.desk_pictures`` brings the reading of the demonstration into a new
desk, serves it, and signs a specimen in a browser, as the how-to describes. It needs the extra
``desk``, Playwright and an installed Chromium.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from anascope.files import replacing
from benchmarks.desk_server import DESK, served
from benchmarks.pages.pictures import IMAGES, WIDTH, a_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

WORKLIST, SPECIMEN, SIGNED = "desk-worklist.png", "desk-specimen.jpg", "desk-signed.jpg"
_HEIGHTS = {WORKLIST: 620, SPECIMEN: 1040, SIGNED: 760}  # CSS pixels of the window
_FORMATS = {".png": "PNG", ".jpg": "JPEG"}


@contextmanager
def new_desk(reading: Path) -> Iterator[str]:
    """Give the address of a new desk with the specimens of a reading.

    Args:
        reading: Folder of results.

    Raises:
        InputError: if the desk says no address.
    """
    with tempfile.TemporaryDirectory() as folder:
        for words in (("init", folder), ("import", folder, str(reading))):
            subprocess.run([*DESK, *words], check=True)
        with served(Path(folder)) as address:
            yield address


def visited(page: Page, address: str) -> Iterator[tuple[str, Image.Image]]:
    """Yield the pictures, by name: the worklist, a specimen, and the same once it is signed.

    Args:
        page: Of a browser.
        address: Of the desk.
    """
    _resize(page, WORKLIST)
    page.goto(address)
    page.wait_for_selector("#worklist")
    yield WORKLIST, _taken(page)
    _resize(page, SPECIMEN)
    page.locator("td.name a").first.click()
    page.wait_for_selector("svg.outlines path", state="attached")
    yield SPECIMEN, _taken(page)
    _resize(page, SIGNED)
    likeliest = page.locator("dl.bars dt").first.inner_text()
    page.select_option("[name=pattern] >> nth=0", likeliest)
    page.fill("[name=comment]", "Compared with the slide.")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_selector("text=The signature is given.")
    page.wait_for_selector("svg.outlines path", state="attached")
    yield SIGNED, _taken(page)


def _resize(page: Page, name: str) -> None:
    page.set_viewport_size({"width": WIDTH, "height": _HEIGHTS[name]})


def _taken(page: Page) -> Image.Image:
    page.wait_for_load_state("networkidle")  # all tiles of the viewer
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as png:
        return png.convert("RGB")


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--demo", type=Path, default=Path("demo"), help="folder of `make demo`")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    given = parser.parse_args()
    with new_desk(given.demo / "reading") as address, a_browser() as browser:
        for name, image in visited(browser.new_page(), address):
            with replacing(given.out / name) as temporary:
                image.save(temporary, _FORMATS[Path(name).suffix], optimize=True)
            print(given.out / name)


if __name__ == "__main__":
    main()
