"""Fields of I3A Task 2 that somebody has cut into 15 patches already: put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts.sources._findings import FieldError, Kind
from anascope.errors import InputError
from anascope.images import GreyImage, SameCamera, cells_shown, plain_mask, read_signal, size_of

ROWS, COLUMNS = 3, 5
PATCHES = ROWS * COLUMNS
SIDE = 384
_STEP_Y, _STEP_X = 328, 251
FIELD_SHAPE = ((ROWS - 1) * _STEP_Y + SIDE, (COLUMNS - 1) * _STEP_X + SIDE)  # 1040, 1388


class Order(Enum):
    """How the patches of a field are numbered."""

    BY_ROWS = "row by row"
    BY_COLUMNS = "column by column"

    def area(self, index: int) -> tuple[slice, slice]:
        """Return where in the field patch ``index`` (from 0) lies."""
        if self is Order.BY_ROWS:
            row, column = divmod(index, COLUMNS)
        else:
            column, row = divmod(index, ROWS)
        y, x = row * _STEP_Y, column * _STEP_X
        return slice(y, y + SIDE), slice(x, x + SIDE)


def stitched(patches: Sequence[NDArray[Any]], order: Order) -> NDArray[Any] | None:
    """Return the field that 15 patches of 384×384 were cut from.

    Args:
        patches: Arrays of one type, axes (y, x), in the order of their numbers.
        order: How they are numbered.

    Returns:
        Array of shape (1040, 1388), or None if patches differ where they overlap.
    """
    field = np.zeros(FIELD_SHAPE, dtype=patches[0].dtype)
    filled = np.zeros(FIELD_SHAPE, dtype=bool)
    for index, patch in enumerate(patches):
        area = order.area(index)
        if (field[area] != patch)[filled[area]].any():
            return None
        field[area] = patch
        filled[area] = True
    return field


@dataclass(frozen=True)
class CutField:
    """The files of one field: patch 0 to 14 of the image, and of the mask if there is one.

    Attributes:
        where: The field, for messages.
        images: The image's patches, in the order of their numbers.
        masks: The mask's patches in the same order, or none.
        camera: That of the images; None takes each alone.
    """

    where: str
    images: tuple[Path, ...]
    masks: tuple[Path, ...] = ()
    camera: SameCamera | None = None

    def read_image(self) -> GreyImage:
        """Return the field's signal, shape (1040, 1388).

        Raises:
            InputError: if a patch cannot be read or is not 384×384, or the patches differ in
                their overlaps whichever way they are numbered.
        """
        patches = _read(self.images, Kind.UNREADABLE, one_bit=False, camera=self.camera)
        for order in Order:
            field = stitched(patches, order)
            if field is not None:
                return field
        raise InputError(
            self.where,
            "patches whose overlaps differ, numbered row by row or column by column",
            f"{PATCHES} patches of one field on a {COLUMNS}×{ROWS} grid",
        )

    def read_mask(self, image: GreyImage) -> NDArray[np.uint8]:
        """Return the field's mask (values of ``MaskValue``), numbered as the image's patches.

        Raises:
            InputError: if a patch cannot be read or is not 384×384, or the overlaps differ.
        """
        second = read_signal(self.images[1], camera=self.camera)
        order = next(order for order in Order if np.array_equal(image[order.area(1)], second))
        field = stitched(_read(self.masks, Kind.MASK_SIZE, one_bit=True), order)
        if field is None:
            raise InputError(
                self.where,
                "mask patches whose overlaps differ",
                f"masks numbered as the images are, {order.value}",
            )
        return plain_mask(cells_shown(field))


def _read(
    paths: Sequence[Path], wrong_size: Kind, *, one_bit: bool, camera: SameCamera | None = None
) -> list[GreyImage]:
    patches: list[GreyImage] = []
    for path in paths:
        patch = read_signal(path, one_bit=one_bit, camera=camera)
        if patch.shape != (SIDE, SIDE):
            raise FieldError(wrong_size, path, size_of(patch), f"a patch of {SIDE}×{SIDE} pixels")
        if patches and patch.dtype != patches[0].dtype:
            found = f"pixels of type {patch.dtype}"
            raise FieldError(Kind.UNREADABLE, path, found, f"{patches[0].dtype}, as {paths[0]}")
        patches.append(patch)
    return patches
