"""Windows of fields and of other pictures, as cameras and programs of any laboratory show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from anascope.reading.likeness import SIDE, WINDOW_PIXEL_UM
from benchmarks.data._scale_crops import once_jpeg, standard, varied

_FEWEST = 3  # cells in a window of a field
_TRIES = 12
_LIKE_FIELDS = 0.5  # octaves by which the size of a field's pixels is said wrong, up and down
_LIKE_PICTURES = 1.5  # likewise of what has no size
_JPEGS = 0.3
_INVERTED = 0.3  # of what is no field
_BLURS = (-1.5, 0.5)  # octaves of µm: what is blurred by more is no longer read
_HOW = (
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """A picture to cut windows from.

    Attributes:
        pixels: Axes (y, x), uint8.
        pixel_size_um: Micrometres.
        cells: Centres of its cells, (cells, 2), y and x in pixels; None of what is no field.
        source: What it was made from.
    """

    pixels: NDArray[np.uint8]
    pixel_size_um: float
    cells: Floats | None
    source: str


Groups = Sequence[tuple[float, Sequence[Picture]]]


class Windows:
    """Where windows come from.

    Args:
        fields: Groups of fields, and how many windows each gives, as shares of 1.
        others: The same of pictures that are no field.
        seed: Of what is chosen.
    """

    def __init__(
        self,
        fields: Groups,
        others: Groups,
        seed: int,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._chance = torch.Generator().manual_seed(seed)
        self._fields, self._others = fields, others

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Return windows, (size, 1, y, x), and whether each is of a field: 1 or 0."""
        rng = self._rng
        truth = rng.random(size) < 0.5
        windows = np.stack([self._one(bool(is_field)) for is_field in truth])
        images = varied(torch.from_numpy(windows)[:, None], self._chance, _BLURS)
        for index in np.flatnonzero(rng.random(size) < _JPEGS):
            images[index, 0] = once_jpeg(images[index, 0], int(rng.integers(30, 100)))
        return standard(images), torch.tensor(truth, dtype=torch.float32)

    def _one(self, is_field: bool) -> Floats:
        rng = self._rng
        groups = self._fields if is_field else self._others
        shares = np.array([share for share, _ in groups])
        _, group = groups[int(rng.choice(len(groups), p=shares / shares.sum()))]
        picture = group[int(rng.integers(len(group)))]
        window = self._cut(picture)
        window = np.rot90(window, int(rng.integers(4)))
        return np.ascontiguousarray(window[:, ::-1] if rng.random() < 0.5 else window)

    def _cut(self, picture: Picture) -> Floats:
        rng, cells = self._rng, picture.cells
        octaves = _LIKE_PICTURES if cells is None else _LIKE_FIELDS
        for _ in range(_TRIES):
            factor = 2 ** rng.uniform(-octaves, octaves)
            span = max(round(SIDE * WINDOW_PIXEL_UM * factor / picture.pixel_size_um), 8)
            if cells is None:
                centre = rng.uniform(0, picture.pixels.shape)
            else:
                centre = cells[int(rng.integers(len(cells)))] + rng.normal(0, span / 8, 2)
            corner = [
                int(np.clip(round(at - span / 2), 0, max(side - span, 0)))
                for at, side in zip(centre, picture.pixels.shape, strict=True)
            ]
            if cells is None:
                break
            inside = ((cells >= corner) & (cells < np.add(corner, span))).all(axis=1)
            if inside.sum() >= _FEWEST:
                break
        part = picture.pixels[corner[0] : corner[0] + span, corner[1] : corner[1] + span]
        part = np.pad(part, tuple((0, span - side) for side in part.shape), mode="symmetric")
        how = _HOW[int(rng.integers(len(_HOW)))]
        window: Floats = np.asarray(Image.fromarray(part).resize((SIDE, SIDE), how), np.float32)
        window /= np.float32(255)
        if cells is None and rng.random() < _INVERTED:
            window = np.float32(1) - window
        return window
