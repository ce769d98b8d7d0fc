"""What a case of the corpus of malformed inputs is.

Every case is a folder that code fills. A good image, ``good.png``, stands beside what is broken and
is still read, unless the whole command is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

GOOD = "good.png"
SOME_NOT_READ = 1
READ = 0

IMAGE = "expected an image file: PNG, JPEG, BMP or TIFF"
WHOLE = "expected a whole image file"
WHOLE_TIFF = "expected a whole TIFF file"
VALUES = "expected whole numbers of 8 or 16 bits, grey or RGB"
FIELD = "expected a field: whole numbers of 8 or 16 bits, grey or RGB"
COLUMNS = "expected columns image, specimen and, if known, pixel_size_um"


@dataclass(frozen=True)
class Case:
    """One malformed input.

    Attributes:
        name: What it is.
        build: Fills the folder that it is given.
        line: What is said of it on one line. ``{folder}`` stands for the folder and ``...`` for
            words of a library. None: nothing is to be said, it is read.
        exit_code: Of ``anascope read``.
        arguments: Of ``anascope read``, ``{folder}`` as above; but for the model.
        standard_input: What it is sent.
        whole: Whether all is refused, the good image as well.
        model: Whether it is the model, ``{folder}/model``, that is wrong.
        not_as_root: Whether the superuser may do what it shows.
    """

    name: str
    build: Callable[[Path], None]
    line: str | None
    exit_code: int = SOME_NOT_READ
    arguments: tuple[str, ...] = ("{folder}",)
    standard_input: bytes = b""
    whole: bool = False
    model: bool = False
    not_as_root: bool = False


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    path.write_bytes(content)


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""
