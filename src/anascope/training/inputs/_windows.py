"""Images of any sizes in one tensor, of which a batch of windows is read at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from anascope.records import Window


class Windows:
    """Square windows of images, all in one tensor on a device.

    Args:
        images: (y, x) each, of one type; emptied one by one as they are taken over, so that
            they are in memory once.
        size: Side of every window in pixels.
        places: Image and place of each window; inside the image, and in the order of the images.
        device: Where to keep them.
    """

    def __init__(
        self,
        images: list[Tensor],
        size: int,
        places: Sequence[tuple[int, Window]],
        device: torch.device,
    ) -> None:
        shapes = np.array([tuple(image.shape) for image in images], np.int64).reshape(-1, 2)
        begins = np.concatenate([[0], np.cumsum(shapes.prod(axis=1))])
        dtype = images[0].dtype if images else torch.uint8
        # A batch is cut from rows of ``size`` pixels, each of which begins at any pixel.
        pixels = torch.empty(max(int(begins[-1]), size), dtype=dtype, device=device)
        for begin, end in pairwise(begins):
            pixels[begin:end] = images.pop(0).reshape(-1)
        self._rows = pixels.unfold(0, size, 1)
        of = np.array([image for image, _ in places], np.int64)
        upper_left = np.array([(w.y, w.x) for _, w in places], np.int64).reshape(-1, 2)
        widths = shapes[of, 1]
        first = begins[of] + upper_left[:, 0] * widths + upper_left[:, 1]
        self._first = torch.from_numpy(first).to(device)
        self._widths = torch.from_numpy(widths).to(device)
        self._down = torch.arange(size, device=device)

    def read(self, which: Tensor) -> Tensor:
        """Return the windows of these numbers, (windows, size, size).

        Args:
            which: (windows,), integers on the device.
        """
        return self._rows[self._first[which, None] + self._widths[which, None] * self._down]
