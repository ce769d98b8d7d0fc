"""Libraries that only some formats need, and that not everybody has installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from anascope.errors import InputError


def needed(module: str, extra: str, what: str) -> Any:
    """Return a module of a library that an extra installs.

    Args:
        module: Such as ``highdicom.seg``.
        extra: Of anascope, such as ``dicom``.
        what: What needs it, for the message.

    Raises:
        InputError: if it is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        expected = f"anascope[{extra}] (pip install 'anascope[{extra}]')"
        raise InputError(what, f"{library} is not installed", expected) from None
