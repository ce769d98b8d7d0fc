"""PyTorch, on a CPU or a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from anascope.environment import checked_threads, torch_device
from anascope.models._card import WEIGHTS
from anascope.models._model import load_model
from anascope.models.engines._checked import check_numbers, check_tasks
from anascope.models.engines._engine import Engine, FieldMaps, FieldOutput, Floats
from anascope.networks import (
    PatchGrid,
    WholeField,
    cut,
    places_of,
    predict,
    reach_of,
    stitch,
)


class TorchEngine(Engine):
    """A network in PyTorch.

    A network whose head fixes the size of the image reads a field patch by patch, as in the
    published study; any other reads it whole.

    Args:
        folder: The model's.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        threads: Of the CPU, while a field is read; as PyTorch chooses if None.

    Raises:
        InputError: if the folder holds no model that was trained for all of the tasks, PyTorch
            cannot use the accelerator here, or there are too many threads.
    """

    name = "torch"

    def __init__(self, folder: Path, accelerator: str = "cpu", threads: int | None = None) -> None:
        self._device = torch_device(accelerator)
        self.accelerator = "gpu" if self._device.type == "cuda" else "cpu"
        self._threads = checked_threads(threads)
        model = load_model(folder)
        self.card = model.card
        check_tasks(self.card, folder)
        self._path = folder / WEIGHTS
        self._network = WholeField(model.network).to(self._device).eval()
        self.stride = model.network.encoder.strides[-1]
        self._patches = not model.network.takes_any_size
        self._placed = model.card.preset.network.head == "dense"

    @cached_property
    def halo(self) -> int | None:  # type: ignore[override]
        """How many pixels around a part of a field must be seen; None without a dense head."""
        return reach_of(self._network, self.card.preset.image) if self._placed else None

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        with _torch_threads(self._threads), torch.inference_mode():
            return self._read(signal, ranges)

    def maps(self, signal: Floats, ranges: tuple[float, float]) -> FieldMaps:
        """Return what is said at each pixel and place of a part of a field."""
        with _torch_threads(self._threads), torch.inference_mode():
            (read,) = self._predict(signal[np.newaxis], ranges)
        return FieldMaps(
            read["mask"][0, 0],
            read[places_of("pattern")][0],
            read[places_of("intensity")][0],
            **_of_cells(read),
            **_first(read, mixture=places_of("mixture"), field_places="field_places"),
        )

    def answer(self, field_inputs: Floats) -> Floats:
        """Return what the field head says."""
        head = self._network.network.field_head
        assert head is not None  # else there is no such field
        with _torch_threads(self._threads), torch.inference_mode():
            logits = head(torch.from_numpy(field_inputs[np.newaxis]).to(self._device))
        return np.asarray(logits[0].cpu().numpy(), np.float32)

    def _read(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        if not self._patches:
            (read,) = self._predict(signal[np.newaxis], ranges)
            places = read["places"][0] if "places" in read else None
            return FieldOutput(
                read["mask"][0, 0],
                read["pattern"][0],
                read["intensity"][0],
                places,
                self.stride,
                **_of_cells(read),
                **_first(read, mixture="mixture", field_inputs="field_inputs"),
            )
        height, width = signal.shape
        grid = PatchGrid.over(height, width, self.card.preset.image.network_size)
        patches = list(self._predict(cut(signal, grid), ranges))
        outputs = {name: np.concatenate([patch[name] for patch in patches]) for name in patches[0]}
        stitched = {
            name: stitch(values, grid)[np.newaxis]
            for name, values in outputs.items()
            if values.ndim == 4
        }
        means = {
            name: values.mean(axis=0, keepdims=True)
            for name, values in outputs.items()
            if values.ndim == 2
        }
        return FieldOutput(
            stitched["mask"][0, 0],
            means["pattern"][0],
            means["intensity"][0],
            None,
            self.stride,
            **_of_cells(stitched),
            **_first(means, mixture="mixture"),
        )

    def _predict(self, signals: Floats, ranges: tuple[float, float]) -> Iterator[dict[str, Floats]]:
        """Yield what the network says of each of the images (image, y, x), by task."""
        levels = torch.tensor([ranges], dtype=torch.float32, device=self._device)
        pixels = torch.from_numpy(np.ascontiguousarray(signals, np.float32)).to(self._device)
        batches = ((signal[None, None], levels) for signal in pixels)
        for prediction in predict(self._network, self.card.preset.image, batches):
            outputs = {task: logits.cpu().numpy() for task, logits in prediction.items()}
            check_numbers(outputs, self._path)
            yield outputs


def _of_cells(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return what is said of single cells of the one image, if the network tells them."""
    if "interior" not in outputs:
        return {}
    return {"interior": outputs["interior"][0, 0], "phases": outputs["phases"][0]}


def _first(outputs: Mapping[str, Floats], **names: str) -> dict[str, Floats]:
    """Return what is said of the one image, by another name, of what the network tells."""
    return {key: outputs[name][0] for key, name in names.items() if name in outputs}


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
