"""The gallery of the documentation: run its notebooks and store what they show: ``make gallery``.

Each notebook runs from its first cell in a folder of its own, which is then removed. The
documentation shows the outputs that are stored; the tests run every notebook and compare.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

GALLERY = Path(__file__).resolve().parents[1] / "docs" / "gallery"
NOTEBOOKS = sorted(GALLERY.glob("*.ipynb"))
SECONDS = 120  # that a cell may take on a slow or busy machine


def run(path: Path, folder: Path) -> Any:
    """Return a notebook with the outputs of its cells, run one after the other.

    Args:
        path: The notebook; it stays as it is.
        folder: What it runs in, and writes into.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,  # else each run would be another file
    )
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}  # not of which patch version
    return notebook


def main() -> None:
    """Run the notebooks that are named, or all, and store their outputs."""
    chosen = [GALLERY / f"{Path(name).stem}.ipynb" for name in sys.argv[1:]] or NOTEBOOKS
    for path in chosen:
        started = time.monotonic()
        with TemporaryDirectory() as folder:
            notebook = run(path, Path(folder))
        nbformat.write(notebook, path)
        print(f"{path.stem}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
