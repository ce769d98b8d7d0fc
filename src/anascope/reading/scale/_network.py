"""The small network that says how large nuclei are in a tile."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError

NETWORK = "nucleus.onnx"
"""Its file in this package; ``card.json`` beside it says what it learned from."""


class ScaleNetwork:
    """A network of ``benchmarks/data/nucleus_scale.py`` in ONNX Runtime, on one thread.

    Its input is ``tiles`` (tiles, 1, y, x), of any square size; its output ``diameters``, logits of
    :data:`anascope.reading.scale.GRID`.

    Args:
        content: The ONNX file.

    Raises:
        InputError: if ONNX Runtime is not installed.
    """

    def __init__(self, content: bytes) -> None:
        try:
            import onnxruntime
        except ImportError:
            found = "no pixel size, and no onnxruntime to estimate it with"
            raise InputError("image", found, "pip install anascope[onnx]") from None
        options: Any = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1  # so that a machine gives the same numbers every time
        self._session: Any = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )

    @classmethod
    def load(cls, path: Path) -> ScaleNetwork:
        """Return a network from its file."""
        return cls(path.read_bytes())

    def logits(self, tiles: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what is said of tiles, (tiles, diameters); ``tiles`` has axes (tile, y, x)."""
        (said,) = self._session.run(["diameters"], {"tiles": tiles[:, np.newaxis]})
        return np.asarray(said, np.float64)


@cache
def shipped_network() -> ScaleNetwork:
    """Return the network of the package."""
    return ScaleNetwork(resources.files(__package__).joinpath(NETWORK).read_bytes())
