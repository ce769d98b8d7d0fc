"""Choose an engine for a model."""

from __future__ import annotations

from pathlib import Path

from anascope.environment import check_accelerator, checked_threads, torch_device
from anascope.errors import InputError, did_you_mean
from anascope.extras import is_installed, not_installed
from anascope.models._card import ONNX
from anascope.models.engines._engine import Engine

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
        folder: The folder with ``card.json`` and ``weights.safetensors`` or ``network.onnx``.
        engine: ``onnxruntime``, ``torch``, or ``auto``: on the CPU ONNX Runtime where it and an
            exported network are there, for it is faster there and starts sooner; else PyTorch.
        accelerator: ``cpu``, ``gpu`` or ``auto``, a GPU where PyTorch can use one.
        threads: Number of CPU threads, within :func:`~anascope.environment.checked_threads`; all
            usable ones if None.

    Raises:
        InputError: if the folder holds no model, a file of it is not the one that its card was
            written for, the engine is not there or cannot use the accelerator here, or there are
            too many threads.
    """
    folder = Path(folder)
    if engine not in _NAMES:
        raise InputError("engine", f"'{engine}'", did_you_mean(engine, _NAMES))
    check_accelerator(accelerator)
    checked_threads(threads)
    exported = (folder / ONNX).is_file()
    if engine == "auto":
        runtime = exported and is_installed("onnxruntime") and _on_cpu(accelerator)
        engine = "onnxruntime" if runtime else "torch"
    if engine == "onnxruntime":
        from anascope.models.engines._onnx import OnnxEngine

        if not exported:
            found = f"no {ONNX}"
            raise InputError(folder, found, "an exported network (anascope export --format onnx)")
        return OnnxEngine(folder, accelerator, threads)
    if not is_installed("torch"):
        if exported:
            raise not_installed("torch", "engine", otherwise="onnxruntime")
        found = f"no {ONNX}, and torch is not installed"
        raise not_installed("torch", str(folder), found=found, otherwise="an exported network")
    from anascope.models.engines._torch import TorchEngine

    return TorchEngine(folder, accelerator, threads)


def _on_cpu(accelerator: str) -> bool:
    """Tell whether a network computes on the CPU; PyTorch is loaded only where it must be asked."""
    if accelerator == "cpu" or not is_installed("torch"):
        return True
    return torch_device(accelerator).type == "cpu"
