"""Trained models on disk, with everything that is needed to use and to judge them.

A model is a folder: ``weights.safetensors``, ``card.json``, and ``network.onnx`` if the network was
exported. The card holds the hash of each of the others, and a file is used only if it is the one
that was hashed. Loading a model never runs code from the files. This package also has the bundled
models (:func:`model_folder`), the export for other software, and :mod:`anascope.models.engines`,
which runs a model on a whole field. :mod:`anascope.networks` builds networks, and
:mod:`anascope.training` trains them.

Cards, bundled models and engines need no PyTorch, which is imported with the first name that needs
it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from anascope.models._card import (
    CARD,
    ONNX,
    STRIDE,
    WEIGHTS,
    Learned,
    ModelCard,
    read_card,
    write_card,
)
from anascope.models.shipped import model_folder, shipped_models

if TYPE_CHECKING:
    from anascope.models._export import export_model
    from anascope.models._export_onnx import export_onnx
    from anascope.models._model import (
        Model,
        build_network,
        load_model,
        network_without_numbers,
        save_model,
        save_weights,
        without_field_head,
    )

__all__ = [
    "CARD",
    "ONNX",
    "STRIDE",
    "WEIGHTS",
    "Learned",
    "Model",
    "ModelCard",
    "build_network",
    "export_model",
    "export_onnx",
    "load_model",
    "model_folder",
    "network_without_numbers",
    "read_card",
    "save_model",
    "save_weights",
    "shipped_models",
    "without_field_head",
    "write_card",
]

_NEED_PYTORCH = {
    "export_model": "_export",
    "export_onnx": "_export_onnx",
    **dict.fromkeys(
        (
            "Model",
            "build_network",
            "load_model",
            "network_without_numbers",
            "save_model",
            "save_weights",
            "without_field_head",
        ),
        "_model",
    ),
}


def __getattr__(name: str) -> Any:
    """Import what needs PyTorch when it is first asked for."""
    if name not in _NEED_PYTORCH:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_NEED_PYTORCH[name]}"), name)


def __dir__() -> list[str]:
    """Name what is imported late as well, for completion and for the documentation."""
    return sorted({*globals(), *__all__})
