"""PyTorch, on a CPU or a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from anascope.environment import torch_device
from anascope.models._model import load_model
from anascope.models.engines._engine import Engine, FieldOutput, Floats
from anascope.networks import FlattenHead, PatchGrid, WholeField, build_views, cut, stitch


class TorchEngine(Engine):
    """A network in PyTorch.

    A network whose head fixes the size of the image reads a field patch by patch, as in the
    published study; any other reads it whole.

    Args:
        folder: The model's.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        threads: Of the CPU, while a field is read; as PyTorch chooses if None.

    Raises:
        InputError: if the folder holds no model, or PyTorch cannot use the accelerator here.
    """

    name = "torch"

    def __init__(self, folder: Path, accelerator: str = "cpu", threads: int | None = None) -> None:
        self._device = torch_device(accelerator)
        self.accelerator = "gpu" if self._device.type == "cuda" else "cpu"
        self._threads = threads
        model = load_model(folder)
        self.card = model.card
        self._network = WholeField(model.network).to(self._device).eval()
        self.stride = model.network.encoder.strides[-1]
        self._patches = isinstance(model.network.pattern_head, FlattenHead)

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        with _torch_threads(self._threads), torch.inference_mode():
            return self._read(signal, ranges)

    def _read(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        if not self._patches:
            mask, pattern, intensity, places = self._said(signal[np.newaxis], ranges)
            return FieldOutput(
                mask[0],
                pattern[0],
                intensity[0],
                None if places is None else places[0],
                self.stride,
            )
        size = self.card.preset.image.network_size
        height, width = signal.shape
        grid = PatchGrid.over(height, width, size)
        parts = [self._said(patch[np.newaxis], ranges) for patch in cut(signal, grid)]
        masks, patterns, intensities = (np.concatenate([p[i] for p in parts]) for i in range(3))
        return FieldOutput(
            stitch(masks, grid),
            patterns.mean(axis=0),
            intensities.mean(axis=0),
            None,
            self.stride,
        )

    def _said(
        self, signal: Floats, ranges: tuple[float, float]
    ) -> tuple[Floats, Floats, Floats, Floats | None]:
        """Return mask, pattern, intensity and places of images (batch, y, x)."""
        image = self.card.preset.image
        levels = torch.tensor([ranges], dtype=torch.float32, device=self._device)
        pixels = torch.from_numpy(np.ascontiguousarray(signal, np.float32)).to(self._device)
        views = build_views(pixels[:, None], levels, image.views, neighbourhood=image.neighbourhood)
        mask, pattern, intensity, *places = self._network(views)
        return (
            mask[:, 0].cpu().numpy(),
            pattern.cpu().numpy(),
            intensity.cpu().numpy(),
            places[0].cpu().numpy() if places else None,
        )


@contextmanager
def _torch_threads(count: int | None) -> Iterator[None]:
    """Let PyTorch, which has one number for the whole process, use ``count`` threads meanwhile."""
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        if count is not None:
            torch.set_num_threads(before)
