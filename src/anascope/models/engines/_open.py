"""Choose an engine for a model."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from anascope.errors import InputError, did_you_mean
from anascope.models.engines._engine import ONNX, Engine

_NAMES = ("auto", "onnxruntime", "torch")


def open_engine(
    folder: str | Path,
    *,
    engine: str = "auto",
    accelerator: str = "cpu",
    threads: int | None = None,
) -> Engine:
    """Return an engine for the model in ``folder``.

    Args:
        folder: With ``card.json`` and ``weights.safetensors`` or ``network.onnx``.
        engine: ``onnxruntime``, ``torch``, or ``auto``: on the CPU ONNX Runtime where it and an
            exported network are there, for it is faster there and starts sooner; else PyTorch.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        threads: Of the CPU; all usable if None.

    Raises:
        InputError: if the folder holds no model, or the engine is not there.
    """
    folder = Path(folder)
    if engine not in _NAMES:
        raise InputError("engine", f"'{engine}'", did_you_mean(engine, _NAMES))
    exported = (folder / ONNX).is_file()
    if engine == "auto":
        runtime = exported and accelerator == "cpu" and find_spec("onnxruntime") is not None
        engine = "onnxruntime" if runtime else "torch"
    if engine == "onnxruntime":
        from anascope.models.engines._onnx import OnnxEngine

        if not exported:
            found = f"no {ONNX}"
            raise InputError(folder, found, "an exported network (anascope export --format onnx)")
        return OnnxEngine(folder, threads)
    if find_spec("torch") is None:
        raise InputError("engine", "torch, which is not installed", "onnxruntime")
    from anascope.models.engines._torch import TorchEngine

    return TorchEngine(folder, accelerator, threads)
