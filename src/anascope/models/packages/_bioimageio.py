"""A package for bioimage.io, which other software for microscopy opens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anascope.errors import InputError
from anascope.extras import needed
from anascope.files import replacing, write_text
from anascope.models._card import ModelCard
from anascope.models._export_onnx import OPSET
from anascope.models._model import Model, load_model
from anascope.models.packages._page import model_page, title_of
from anascope.models.packages._standalone import SIGNAL, export_standalone, outputs_of
from anascope.words import PHASES

_DESCRIPTION = (
    "Reads HEp-2 indirect-immunofluorescence images: cells, staining pattern, intensity. "
    "Research use only."
)
_TAGS = ["hep-2", "ana", "immunofluorescence", "semantic-segmentation", "image-classification"]
_LEAST_TEST_SIDE = 128
_STEPS = 64  # of a nanometre, in which pixel sizes are written

_HOW_TO_USE = """\
Any software for bioimage.io packages can run this file, for instance bioimageio.core:

```sh
pip install bioimageio.core onnxruntime
bioimageio test FILE.zip
```

The input is one grey field of any size, {size},
divided by its full scale: 0 is black, and 1 is the largest value that the camera can give. Do not
stretch the contrast: the intensity is graded by brightness.

The outputs are probabilities for this one field: `mask` of being cell, and, as far as the model has
learned them, `pattern`, `intensity`, `interior` (high in the middle of a cell), `phases` of single
cells, and `mixture`. What anascope adds is not in this file: cells as objects, quality flags,
fields that are not evaluable, candidate sets, and decisions on specimens of several fields.
"""


def export_bioimageio(folder: str | Path, out: str | Path) -> Path:
    """Write a model as a package of the bioimage.io specification.

    The network is exported from the safetensors, together with the steps that make it independent
    of anascope: it measures the range of the field itself and gives calibrated probabilities for a
    single field. The package contains a drawn input with its outputs, so that ``bioimageio test``
    can check whether it runs correctly.

    Args:
        folder: The model's.
        out: The file; its name ends in ``.zip``.

    Returns:
        ``out``.

    Raises:
        InputError: if the folder holds no model, it cannot be exported, bioimageio.spec is not
            installed, or the name does not end in ``.zip``.
    """
    out = Path(out)
    if out.suffix != ".zip":
        raise InputError("out", str(out), "a name that ends in .zip")
    spec, package = _library()
    model = load_model(folder)
    with tempfile.TemporaryDirectory() as made, replacing(out) as temporary, _quiet():
        scratch = Path(made)
        weights = scratch / "network.onnx"
        export_standalone(model, weights)
        tensors = _run(weights, _drawn(model), outputs_of(model.card))
        for name, values in tensors.items():
            np.save(scratch / f"{name}.npy", values)
        page = model_page(model.card, _HOW_TO_USE.format(size=_size_in_words(model.card)))
        write_text(scratch / "README.md", page)
        description = _described(spec, model, tensors, scratch)
        whole = package(description, output_path=scratch / "package.zip")
        temporary.write_bytes(Path(whole).read_bytes())
    return out


def _library() -> tuple[Any, Any]:
    spec = needed("bioimageio.spec", "export")
    return needed("bioimageio.spec.model.v0_5", "export"), spec.save_bioimageio_package


@contextmanager
def _quiet() -> Iterator[None]:
    """Let the library keep to itself what only a catalogue asks for, such as a cover picture."""
    from loguru import logger

    logger.disable("bioimageio.spec")
    try:
        yield
    finally:
        logger.enable("bioimageio.spec")


def _drawn(model: Model) -> NDArray[np.float32]:
    """Return a field of a few bright discs, (1, 1, y, x), on which the network is tested."""
    side = max(_LEAST_TEST_SIDE, 4 * model.network.encoder.strides[-1])
    random = np.random.default_rng(0)
    y, x = np.mgrid[:side, : side + 32]
    signal = np.full(y.shape, 0.05)
    for centre in random.uniform(12, side - 12, (8, 2)):
        signal[np.hypot(y - centre[0], x - centre[1]) < 10] = 0.6
    signal += random.normal(0, 0.01, y.shape)
    return signal.clip(0, 1).astype(np.float32)[np.newaxis, np.newaxis]


def _run(
    weights: Path, signal: NDArray[np.float32], names: tuple[str, ...]
) -> dict[str, NDArray[np.float32]]:
    """Return input and outputs of the network by name."""
    import onnxruntime

    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    return {SIGNAL: signal, **dict(zip(names, session.run(names, {SIGNAL: signal}), strict=True))}


def _described(
    spec: Any, model: Model, tensors: dict[str, NDArray[np.float32]], scratch: Path
) -> Any:
    card = model.card
    channels = {
        "mask": ("cell",),
        "pattern": card.patterns,
        "intensity": card.intensities,
        "interior": ("interior",),
        "phases": PHASES,
        "mixture": ("several patterns",),
    }
    sides = _sides(card)

    def tensor(name: str, kind: Any, axes: list[Any]) -> Any:
        return kind(
            id=name,
            description="" if name == SIGNAL else f"Probabilities: {name}",
            axes=[spec.BatchAxis(size=1), *axes],
            test_tensor=spec.FileDescr(source=scratch / f"{name}.npy"),
            data=spec.IntervalOrRatioDataDescr(type="float32", range=(0.0, 1.0)),
        )

    smallest = 2 * model.network.encoder.strides[-1]
    size = spec.ParameterizedSize(min=smallest, step=1)
    grey = spec.ChannelAxis(channel_names=["fluorescence"])
    inputs = [grey, *(spec.SpaceInputAxis(id=side, size=size, **sides) for side in "yx")]
    outputs = []
    for name in outputs_of(card):
        axes = [spec.ChannelAxis(channel_names=list(channels[name]))]
        if tensors[name].ndim == 4:  # a value for each pixel
            axes += [
                spec.SpaceOutputAxis(
                    id=side, size=spec.SizeReference(tensor_id=SIGNAL, axis_id=side), **sides
                )
                for side in "yx"
            ]
        outputs.append(tensor(name, spec.OutputTensorDescr, axes))
    return spec.ModelDescr(
        name=_name(card),
        description=_DESCRIPTION,
        documentation=spec.FileDescr(source=scratch / "README.md"),
        tags=_TAGS,
        inputs=[tensor(SIGNAL, spec.InputTensorDescr, inputs)],
        outputs=outputs,
        weights=spec.WeightsDescr(
            onnx=spec.OnnxWeightsDescr(source=scratch / "network.onnx", opset_version=OPSET)
        ),
    )


def _sides(card: ModelCard) -> dict[str, Any]:
    """Return unit and scale of y and x.

    The size of an output is computed from products of scales: those are exact in binary fractions
    of a nanometre, and would be a pixel short in micrometres.
    """
    size = card.preset.image.pixel_size_um
    if size is None:
        return {}
    return {"unit": "nanometer", "scale": round(size * 1000 * _STEPS) / _STEPS}


def _size_in_words(card: ModelCard) -> str:
    image = card.preset.image
    if image.pixel_size_um is None:
        return f"resized to {image.scale:g} of the camera's height and width"
    return f"resized to {image.pixel_size_um:g} micrometres a pixel"


def _name(card: ModelCard) -> str:
    """Return a name of the letters that the specification allows."""
    name = title_of(card)
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "_+- ()") else "-" for c in name)
    return f"{kept[:50]} for HEp-2"
