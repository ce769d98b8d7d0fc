"""``anascope export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anascope.cli._output import print_line

if TYPE_CHECKING:
    from collections.abc import Callable


def export(
    model: Annotated[
        str, typer.Argument(help="Folder of a model (of a run: RUN/model), or one by name: s.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The file or folder [default: in MODEL, network.onnx, bioimageio.zip or "
            "huggingface].",
        ),
    ] = None,
    kind: Annotated[
        str, typer.Option("--format", help="onnx, bioimageio or huggingface.")
    ] = "onnx",
) -> None:
    """Write MODEL in another format.

    onnx is the network alone, for fields of any size; in the folder of MODEL, its card vouches for
    the file, and anascope read runs it. bioimageio is a package for software that opens models of
    bioimage.io. huggingface is a folder with the model and a model card, ready for a model hub.
    """
    from anascope.errors import InputError, did_you_mean
    from anascope.models import export_model, model_folder, shipped_models
    from anascope.models.packages import export_bioimageio, export_huggingface

    ways: dict[str, tuple[Callable[[Path, Path], Path], str]] = {
        "onnx": (export_model, "network.onnx"),
        "bioimageio": (export_bioimageio, "bioimageio.zip"),
        "huggingface": (export_huggingface, "huggingface"),
    }
    if kind not in ways:
        raise InputError("--format", f"'{kind}'", did_you_mean(kind, ways))
    folder = model_folder(model)
    if out is None and model in shipped_models():
        raise InputError("--out", "none", f"a path: the model {model} is part of the package")
    write, name = ways[kind]
    path = write(folder, folder / name if out is None else out)
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    print_line(f"{path}: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")
