"""Export the network of a model, and let the card vouch for the file."""

from __future__ import annotations

from pathlib import Path

from anascope.errors import InputError
from anascope.files import replacing, sha256_of
from anascope.models._card import CARD, ONNX
from anascope.models._export_onnx import export_onnx
from anascope.models._model import load_model
from anascope.settings import write_file


def export_model(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the network of a model as an ONNX file (:func:`~anascope.models.export_onnx`).

    A file in the model's own folder is named on its card, with its hash, like all files that run a
    model. Both are written before either takes its name; if that fails, the model stays as it was.
    A file elsewhere is for other software, and no card covers it.

    Args:
        folder: The model's.
        out: The file; ``network.onnx`` in the folder if None.

    Returns:
        The path of the file.

    Raises:
        InputError: if the folder holds no model, it cannot be exported, or the name of the file
            does not end in ``.onnx``.
    """
    folder = Path(folder)
    path = folder / ONNX if out is None else Path(out)
    if path.suffix != ".onnx":  # in the model's folder it could be the card or the weights
        raise InputError("out", str(path), "a name that ends in .onnx")
    model = load_model(folder)
    if path.parent.resolve() != folder.resolve():
        export_onnx(model, path)
        return path
    # The file takes its name first: a process that is killed in between leaves one that the card
    # does not vouch for, which is refused.
    with replacing(folder / CARD) as card, replacing(path) as exported:
        export_onnx(model, exported)
        files = model.card.files | {path.name: sha256_of(exported.read_bytes())}
        write_file(card, model.card.model_copy(update={"files": files}))
    return path
