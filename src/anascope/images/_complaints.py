"""What decoders only warn of becomes an error: a part of an image is not an image.

Both warnings and loggers are shared by all threads of a process; what is here may be used from
several at once.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

_LOCK = threading.Lock()
_INSIDE = 0  # how many threads are in warnings_as_errors
_OUTER: list[Any] = []  # what restores the filters when the last of them leaves


@contextmanager
def warnings_as_errors() -> Iterator[None]:
    """Raise where Pillow would warn that it reads a file in part, or that a file is a bomb.

    What pydicom warns of, a header that bends the standard, is passed over: what matters of it is
    checked.
    """
    global _INSIDE
    with _LOCK:
        if _INSIDE == 0:
            caught = warnings.catch_warnings()
            caught.__enter__()
            _OUTER.append(caught)
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("error", message="Truncated", category=UserWarning)
            warnings.filterwarnings("ignore", module="pydicom")
        _INSIDE += 1
    try:
        yield
    finally:
        with _LOCK:
            _INSIDE -= 1
            if _INSIDE == 0:
                _OUTER.pop().__exit__(None, None, None)


class _OfThisThread(logging.Filter):
    """Keeps from a log what the threads that listen have caused, and gives it to them."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        heard: list[str] | None = getattr(self.heard, "messages", None)
        if heard is None or record.levelno < logging.WARNING:
            return True
        if record.name == "tifffile":
            heard.append(record.getMessage())
        return False  # bioio logs what it raises as well


_FILTER = _OfThisThread()


@contextmanager
def tifffile_complaints() -> Iterator[list[str]]:
    """Give the list of what tifffile would log in this thread, as long as the body runs.

    It logs that part of a file is damaged, and goes on with the rest.
    """
    for name in ("tifffile", "bioio.bio_image"):
        logging.getLogger(name).addFilter(_FILTER)  # a second time changes nothing
    messages: list[str] = []
    _FILTER.heard.messages = messages
    try:
        yield messages
    finally:
        del _FILTER.heard.messages
