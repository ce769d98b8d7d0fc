"""A whole slide: read in bounded memory, and in tiles as in one piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image

from anascope.cells import Windowing
from anascope.errors import InputError
from anascope.files import read_json
from anascope.images import read_pages
from anascope.models.engines import Tiling
from anascope.reading import Reader
from tests.end_to_end.slides import write_slide
from tests.unit.reading.test_large_fields import assert_same_reading

pytestmark = pytest.mark.slow

MOST_MIB = 3 * 1024
MEASURED = """
import resource, sys
from anascope.cli import main
try:
    main()
finally:
    print("KiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.mark.timeout(3600)
def test_a_slide_is_read_in_bounded_memory(tmp_path: Path) -> None:
    """20,000×20,000 pixels, with all its files, in less than 3 GiB.

    It took six minutes on two cores that others used as well.
    """
    slide, out = tmp_path / "slide.tif", tmp_path / "out"
    write_slide(slide, 20_000)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, "read", str(slide), "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stderr.split("KiB ")[1]) / 1024 < MOST_MIB
    (field,) = read_json(out / "reading.json")["fields"]
    assert field["decision"]["likeliest"] == "homogeneous"
    folder = next(out.rglob("overlay.jpg")).parent
    with Image.open(folder / "overlay.jpg") as overlay:
        assert overlay.size == (6144, 6144)
    labels = tifffile.imread(folder / "labels.tif")
    assert labels.shape == (20_000, 20_000)
    cells = pd.read_json(folder / "cells.json")
    assert len(cells) == labels.max() == field["cell_count"] > 20_000
    areas = np.bincount(labels.ravel(), minlength=len(cells) + 1)[1:]
    np.testing.assert_array_equal(areas, cells["area"])


@pytest.mark.timeout(1200)
def test_a_slide_in_tiles_is_the_slide_in_one_piece(tmp_path: Path) -> None:
    """6000×6000 pixels, where both can be done: the same cells and decision.

    It took one minute on two cores that others used as well.
    """
    slide = tmp_path / "slide.tif"
    write_slide(slide, 6_000, pattern="coarse speckled")
    (image,) = read_pages(slide)
    assert not isinstance(image, InputError)
    parts, arrays_of_parts = Reader().field(image.pixels, pixel_size_um=image.pixel_size_um)
    at_once = Reader(tiling=Tiling(whole=10**8), windowing=Windowing(whole=10**8, image=10**8))
    whole, arrays_of_whole = at_once.field(image.pixels, pixel_size_um=image.pixel_size_um)
    assert len(whole.cells) > 1000
    np.testing.assert_array_equal(arrays_of_parts.labels, arrays_of_whole.labels)
    assert_same_reading(parts, whole)
