"""A model as an ONNX file: views and network in one graph, for fields of any size."""

from __future__ import annotations

import logging
import warnings
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from anascope.errors import InputError
from anascope.extras import needed
from anascope.files import replacing
from anascope.models._card import FIELD_HEAD, HALO, STRIDE
from anascope.models._model import Model
from anascope.networks import FieldHead, Prediction, WholeField, predict, reach_of

OPSET = 18
"""Version of the operators of the ONNX files."""
TRACED = (193, 263)
"""Height and width of the field that a graph is traced with: no multiples."""


class Field(nn.Module):
    """From a field's signal to what the network says of it."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.network = WholeField(model.network)
        self.image = model.card.preset.image

    def forward(self, signal: Tensor, ranges: Tensor) -> Prediction:
        prediction: Prediction = next(predict(self.network, self.image, [(signal, ranges)]))
        return prediction


def export_onnx(model: Model, path: str | Path) -> None:
    """Write a model as an ONNX file.

    Its inputs are ``signal`` (1, 1, y, x), 0 to 1 at the network's scale, of any size, and
    ``ranges`` (1, 2), the field's dark and bright level. Its outputs are ``mask`` (1, 1, y, x),
    probabilities; ``pattern`` (1, classes) and ``intensity`` (1, levels - 1), logits; and with a
    dense head ``places`` (1, classes, y', x'), logits of the pattern by place, and
    ``intensity_places``, the same of the intensity; with the task ``cells`` ``interior`` (1, 1, y,
    x), 0 to 1, and ``phases`` (1, phases, y, x), logits; with the task ``mixture`` ``mixture`` (1,
    1), a logit, and with a dense head ``mixture_places`` as well; with a field head
    ``field_inputs`` and ``field_places`` (:class:`~anascope.networks.WholeField`).

    Its metadata hold the ``stride``, pixels of the mask on each side of a position of the
    embedding, the ``halo``, the number of pixels around a part of a field on which the output for
    that part depends, and ``field_head``, the field head by itself, if there is one.

    Args:
        model: A model with a head that takes any size.
        path: The file.

    Raises:
        InputError: if the head fixes the size of the image, or the exporter is not installed.
    """
    check_any_size(model)
    field = Field(model).eval()
    inputs = {"signal": torch.rand(1, 1, *TRACED), "ranges": torch.tensor([[0.1, 0.9]])}
    with torch.inference_mode():
        names = list(field(*inputs.values()))
    metadata = {
        STRIDE: str(model.network.encoder.strides[-1]),
        HALO: str(reach_of(field.network, field.image)),
    }
    if model.network.field_head is not None:
        metadata[FIELD_HEAD] = exported_field_head(model.network.field_head)
    write_graph(field, inputs, names, Path(path), metadata)


def exported_field_head(head: FieldHead) -> str:
    """Return a field head by itself, as an ONNX file in Base64."""
    with TemporaryDirectory() as folder:
        path, example = Path(folder) / "head.onnx", torch.zeros(1, head.takes)
        write_graph(_Named(head), {"said": example}, ["answer"], path, {}, any_size=False)
        return b64encode(path.read_bytes()).decode()


class _Named(nn.Module):
    """A field head whose output has a name."""

    def __init__(self, head: FieldHead) -> None:
        super().__init__()
        self.head = head

    def forward(self, said: Tensor) -> dict[str, Tensor]:
        return {"answer": self.head(said)}


def check_any_size(model: Model) -> None:
    """Refuse a model whose head fixes the size of the image.

    Raises:
        InputError: if it does.
    """
    if not model.network.takes_any_size:
        raise InputError("export", "a network with head 'flatten'", "one that reads whole fields")


def write_graph(
    module: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    path: Path,
    metadata: Mapping[str, str],
    *,
    any_size: bool = True,
) -> None:
    """Write a module as an ONNX file.

    Args:
        module: Gives a dictionary of tensors.
        inputs: Examples by the name of the argument.
        outputs: Names of what it gives, in its order.
        path: The file, written whole or not at all.
        metadata: Kept in the file.
        any_size: Whether the last two axes of the first input may have any size.

    Raises:
        InputError: if the exporter is not installed.
    """
    needed("onnxscript", "export")  # PyTorch's exporter needs it, and says so at length
    sides: Any = torch.export.Dim.DYNAMIC
    sizes: dict[str, Any] = dict.fromkeys(inputs)
    if any_size:
        sizes[next(iter(inputs))] = {2: sides, 3: sides}
    quiet = logging.getLogger("torch.onnx")
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        with replacing(path) as temporary, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program: Any = torch.onnx.export(
                module,
                tuple(inputs.values()),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_shapes=sizes,
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
            for node in program.model.graph.all_nodes():
                node.metadata_props.clear()  # where it came from in the code, with paths
            program.model.metadata_props.update(metadata)
            program.save(str(temporary), external_data=False)
    finally:
        quiet.setLevel(level)
