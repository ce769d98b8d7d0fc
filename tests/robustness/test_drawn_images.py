"""Whatever bytes an image file has: its fields, or the reason why not, within bounds."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from anascope.errors import InputError
from anascope.images import SignalImage, read_pages
from tests.robustness.alone import Limit
from tests.robustness.bounds import bounded
from tests.robustness.drawn_images import IMAGES
from tests.robustness.files import GREY, tiff

FEW, MANY = 40, 1500
EACH = Limit(memory_mib=1024, seconds=30)
"""As large as a header may claim; seconds are those of a machine that does much else."""


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("changed", IMAGES)
def test_fields_or_the_reason(changed: str, count: int, tmp_path: Path) -> None:
    """The slow ones took 4 minutes together, on two cores that did other work as well."""
    path = tmp_path / "image"

    @settings(max_examples=count)
    @given(IMAGES[changed])
    def check(content: bytes) -> None:
        path.write_bytes(content)
        for field in fields_or_reason(path):
            if isinstance(field, InputError):
                assert str(field).isprintable()
                assert field.where.startswith(str(path))
                assert field.found != "more than the memory holds"
                continue
            assert isinstance(field, SignalImage)
            assert field.pixels.dtype in (np.uint8, np.uint16)
            assert field.pixels.ndim == 2
            assert field.pixels.dtype.isnative
            assert min(field.pixels.shape) >= 16
            assert field.pixel_size_um is None or 0.02 <= field.pixel_size_um <= 4

    check()


def fields_or_reason(path: Path) -> list[object]:
    with bounded(EACH):
        try:
            return list(read_pages(path))
        except InputError as error:
            return [error]


def test_a_tile_far_larger_than_its_image_takes_little_memory(tmp_path: Path) -> None:
    content = tiff(GREY, tile=(16, 16), compression="lzma")
    right, wrong = (struct.pack("<HHII", 323, 4, 1, length) for length in (16, 0x5000010))
    assert content.count(right) == 1
    path = tmp_path / "image"
    path.write_bytes(content.replace(right, wrong))
    (reason,) = fields_or_reason(path)
    assert isinstance(reason, InputError)
    assert reason.found != "more than the memory holds"
