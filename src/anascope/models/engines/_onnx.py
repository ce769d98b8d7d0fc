"""ONNX Runtime: no PyTorch needed, and about twice as fast on a CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from anascope.errors import InputError
from anascope.models._card import STRIDE, read_card
from anascope.models.engines._engine import ONNX, Engine, FieldOutput, Floats

OUTPUTS = ("mask", "pattern", "intensity", "places")
"""Of an exported network; ``places`` only if it has that map."""


class OnnxEngine(Engine):
    """An exported network in ONNX Runtime, on the CPU.

    Args:
        folder: With ``card.json`` and ``network.onnx``.
        threads: All usable if None.

    Raises:
        InputError: if ONNX Runtime is not installed, the file is damaged, or an older anascope
            exported it.
    """

    name = "onnxruntime"

    def __init__(self, folder: Path, threads: int | None = None) -> None:
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
        said = self._session.get_modelmeta().custom_metadata_map
        if STRIDE not in said:
            raise InputError(path, f"no '{STRIDE}' in its metadata", "a network exported anew")
        self.stride = int(said[STRIDE])
        self._outputs = [output.name for output in self._session.get_outputs()]

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        said = self._session.run(
            self._outputs,
            {
                "signal": np.ascontiguousarray(signal[np.newaxis, np.newaxis], np.float32),
                "ranges": np.array([ranges], np.float32),
            },
        )
        found = dict(zip(self._outputs, said, strict=True))
        places = found.get("places")
        return FieldOutput(
            mask=found["mask"][0, 0],
            pattern=found["pattern"][0],
            intensity=found["intensity"][0],
            places=None if places is None else places[0],
            stride=self.stride,
        )
