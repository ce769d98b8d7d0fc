"""``anascope export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anascope.cli._output import print_line


def export(
    model: Annotated[Path, typer.Argument(help="Folder of a model (of a run: RUN/model).")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file [default: MODEL/network.onnx].")
    ] = None,
    format_name: Annotated[str, typer.Option("--format", help="onnx.")] = "onnx",
) -> None:
    """Write the network of MODEL in another format, for fields of any size.

    In the folder of MODEL, its card vouches for the file, and anascope read runs it.
    """
    from anascope.errors import InputError, did_you_mean
    from anascope.models import export_model

    if format_name != "onnx":
        raise InputError("--format", f"'{format_name}'", did_you_mean(format_name, ["onnx"]))
    path = export_model(model, out)
    print_line(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
