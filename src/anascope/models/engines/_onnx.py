"""ONNX Runtime: no PyTorch needed, and about twice as fast on a CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anascope.environment import takes_gpu
from anascope.errors import InputError
from anascope.models._card import HALO, STRIDE, read_card
from anascope.models.engines._engine import ONNX, Engine, FieldMaps, FieldOutput, Floats

OUTPUTS = ("mask", "pattern", "intensity", "places")
"""What an exported network says of a field; ``places`` only if it has that map."""
_MAPS = ("mask", "places", "intensity_places")  # what it says of a part of one


class OnnxEngine(Engine):
    """An exported network in ONNX Runtime, on the CPU.

    Args:
        folder: With ``card.json`` and ``network.onnx``.
        accelerator: ``cpu``, or ``auto``, which is the CPU here.
        threads: All usable if None.

    Raises:
        InputError: if ONNX Runtime is not installed, another accelerator is wanted, the file is
            damaged, or an older anascope exported it.
    """

    name = "onnxruntime"
    accelerator = "cpu"

    def __init__(self, folder: Path, accelerator: str = "cpu", threads: int | None = None) -> None:
        takes_gpu(accelerator, runtime="ONNX Runtime", has_gpu=False)
        try:
            import onnxruntime
        except ImportError:
            found = "onnxruntime, which is not installed"
            raise InputError("engine", found, "pip install anascope[onnx]") from None
        self.card = read_card(folder)
        options: Any = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors alone
        if threads:
            options.intra_op_num_threads = threads
        path = folder / ONNX
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime has a family of errors of its own
            raise InputError(path, f"not a network ({error})", "an exported one") from None
        metadata = self._session.get_modelmeta().custom_metadata_map
        if STRIDE not in metadata:
            raise InputError(path, f"no '{STRIDE}' in its metadata", "a network exported anew")
        self.stride = int(metadata[STRIDE])
        self._options: Any = onnxruntime.RunOptions
        self._outputs = {output.name for output in self._session.get_outputs()}
        placed = HALO in metadata and self._outputs.issuperset(_MAPS)
        self.halo = int(metadata[HALO]) if placed else None

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        outputs = self._said([name for name in OUTPUTS if name in self._outputs], signal, ranges)
        return FieldOutput(
            mask=outputs["mask"][0],
            pattern=outputs["pattern"],
            intensity=outputs["intensity"],
            places=outputs.get("places"),
            stride=self.stride,
        )

    def maps(self, signal: Floats, ranges: tuple[float, float]) -> FieldMaps:
        """Return what is said at each pixel and place of a part of a field."""
        # Tiles at an edge have sizes of their own: what each needs would pile up.
        options: Any = self._options()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        mask, places, intensity = self._said(_MAPS, signal, ranges, options).values()
        return FieldMaps(mask[0], places, intensity)

    def _said(
        self,
        names: Sequence[str],
        signal: Floats,
        ranges: tuple[float, float],
        options: Any = None,
    ) -> dict[str, Floats]:
        """Return some of the network's outputs by name, in that order."""
        values = self._session.run(
            names,
            {
                "signal": np.ascontiguousarray(signal[np.newaxis, np.newaxis], np.float32),
                "ranges": np.array([ranges], np.float32),
            },
            options,
        )
        return {name: value[0] for name, value in zip(names, values, strict=True)}
