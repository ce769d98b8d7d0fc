"""Where the patches of a field lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anascope.errors import InputError
from anascope.records import Window

PATCH_SIZE = 384
"""Side of a patch in pixels of the field (published study)."""

_LARGEST_STEP = 328 / 384
"""Largest step between neighbours, in patch sides: the published grid's vertical step.

With it a field of 1388×1040 gets the published 5×3 grid, and any other size one as dense.
"""


@dataclass(frozen=True)
class PatchGrid:
    """Square patches, evenly spaced, that cover a field from edge to edge.

    Patches are numbered row by row. A field smaller than a patch is covered by one patch that
    reaches over its lower and right edge.

    Attributes:
        height: Height of the field in pixels.
        width: Width of the field in pixels.
        size: Side of a patch in pixels.
        rows: Top edges.
        columns: Left edges.
    """

    height: int
    width: int
    size: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @classmethod
    def over(cls, height: int, width: int, size: int = PATCH_SIZE) -> PatchGrid:
        """Lay the grid over a field of ``height`` × ``width`` pixels.

        Raises:
            InputError: if a size is not positive.
        """
        if min(height, width, size) < 1:
            raise InputError(
                "patch grid", f"field {width}×{height}, patch {size}", "sizes of at least 1 pixel"
            )
        return cls(height, width, size, _starts(height, size), _starts(width, size))

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    def __iter__(self) -> Iterator[Window]:
        for y in self.rows:
            for x in self.columns:
                yield Window(y, x, self.size, self.size)

    @property
    def canvas(self) -> tuple[int, int]:
        """Height and width of the area that the patches cover, at least the field's."""
        return max(self.height, self.size), max(self.width, self.size)


def _starts(length: int, size: int) -> tuple[int, ...]:
    """Return evenly spaced starts from 0 to ``length - size``, no step over the largest."""
    free = max(length - size, 0)
    steps = -(-free // max(int(size * _LARGEST_STEP), 1))
    return tuple(int(start) for start in np.linspace(0, free, steps + 1).round())
