"""Small networks that the package brings with it, in ONNX Runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError


class SmallNetwork:
    """A network with one input and one output, on one thread of the CPU.

    It uses one thread, so that a machine gives the same numbers every time.

    Args:
        content: The ONNX file.

    Raises:
        InputError: if ONNX Runtime is not installed.
    """

    def __init__(self, content: bytes) -> None:
        try:
            import onnxruntime
        except ImportError:
            found = "onnxruntime, which is not installed"
            raise InputError("engine", found, "pip install onnxruntime") from None
        options: Any = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # nothing: what goes wrong is raised as well
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
        (self._input,) = (tensor.name for tensor in self._session.get_inputs())

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return its output for an input, whose shapes are the network's own."""
        (output,) = self._session.run(None, {self._input: values})
        return np.asarray(output, np.float32)
