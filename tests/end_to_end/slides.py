"""Whole slides, made by code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from anascope.images import GreyImage
from anascope.synthetic import MIVIA, draw_field, draw_specimen

TILE = 1024


def write_slide(path: Path, side: int, *, pattern: str = "homogeneous", fields: int = 3) -> None:
    """Write a slide of ``side`` × ``side`` pixels as a tiled TIFF with its pixel size.

    A few drawn fields of one specimen lie beside each other, turned and chosen by chance.

    Args:
        path: The file.
        side: Pixels of each side.
        pattern: What the specimen shows.
        fields: How many are drawn.
    """
    rng = np.random.default_rng(8)
    specimen = draw_specimen(rng, pattern, "positive", MIVIA)
    drawn = [draw_field(rng, specimen, (TILE, TILE)).image for _ in range(fields)]
    tifffile.imwrite(
        path,
        _tiles(rng, drawn, (-(-side // TILE)) ** 2),
        shape=(side, side),
        dtype=drawn[0].dtype,
        tile=(TILE, TILE),
        photometric="minisblack",
        compression="zlib",
        resolution=(1e4 / MIVIA.pixel_size_um,) * 2,
        resolutionunit="CENTIMETER",
        metadata=None,
    )


def _tiles(rng: np.random.Generator, drawn: list[GreyImage], count: int) -> Iterator[NDArray[Any]]:
    for _ in range(count):
        turned = np.rot90(drawn[int(rng.integers(len(drawn)))], int(rng.integers(4)))
        yield np.ascontiguousarray(turned)
