"""Opens the folder of a field that ``anascope read`` wrote."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from anascope.napari._layers import LayerData, layers_of

_LABELS, _FIELD = "labels.tif", "field.json"


def get_reader(path: Any) -> Callable[..., list[LayerData]] | None:
    """Return what opens ``path``, or None if it is not a field that anascope has read.

    Args:
        path: The folder of a field (``specimens/SPECIMEN/FIELD`` of the results), its label mask
            or its ``field.json``; napari hands several paths over as a list, of which none is
            opened.
    """
    if not isinstance(path, str | Path):
        return None
    folder = Path(path)
    folder = folder if folder.is_dir() else folder.parent
    if not all((folder / name).is_file() for name in (_LABELS, _FIELD)):
        return None
    return partial(_read, folder)


def _read(folder: Path, path: Any = None) -> list[LayerData]:
    """Return the layers of a field; napari names the path once more.

    Raises:
        InputError: if a file is missing or damaged.
    """
    del path
    import tifffile

    from anascope.reading.results import read_field_files

    field = read_field_files(folder)
    return layers_of(field, tifffile.imread(folder / _LABELS))
