"""Read HEp-2 indirect-immunofluorescence images with one jointly trained network.

The package is organised by what a user does, and imports point one way; the page "Architecture" of
the documentation shows how. Importing ``anascope`` does no work: what is heavy is imported by the
sub-packages that need it.

>>> import anascope
>>> anascope.read("slides/*.tif").specimens[0].decision.pattern                # doctest: +SKIP
'centromere'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anascope._version import __version__
from anascope.errors import AnascopeError, InputError

if TYPE_CHECKING:
    from anascope.reading import Reader, Reading, read

__all__ = ["AnascopeError", "InputError", "Reader", "Reading", "__version__", "read"]

_OF_READING = ("Reader", "Reading", "read")


def __getattr__(name: str) -> Any:
    """Import what reading needs when it is first asked for."""
    if name not in _OF_READING:
        raise AttributeError(f"module 'anascope' has no attribute '{name}'")
    from anascope import reading

    return getattr(reading, name)


def __dir__() -> list[str]:
    """Name what is imported late as well, for completion and for the documentation."""
    return sorted({*globals(), *__all__})
