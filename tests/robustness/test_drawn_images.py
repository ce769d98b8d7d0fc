"""Whatever bytes an image file has: its fields, or the reason why not, within bounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from anascope.errors import InputError
from anascope.images import SignalImage, read_pages
from tests.robustness.alone import Limit
from tests.robustness.bounds import bounded
from tests.robustness.drawn_images import IMAGES

FEW, MANY = 40, 1500
EACH = Limit(memory_mib=1024, seconds=5)


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("changed", IMAGES)
def test_fields_or_the_reason(changed: str, count: int, tmp_path: Path) -> None:
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
