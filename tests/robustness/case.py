"""What a case of the corpus of malformed inputs is.

Every case is a folder that code fills. A good image, ``good.png``, stands beside what is broken and
is still read, unless the whole command is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.refusals import Refusal
from tests.robustness.alone import USUAL, Limit

GOOD = "good.png"
SOME_NOT_READ = 1
READ = 0

IMAGE = "an image file: PNG, JPEG, BMP or TIFF"
WHOLE = "a whole image file"
WHOLE_TIFF = "a whole TIFF file"
VALUES = "whole numbers of 8 or 16 bits or floating point, grey or RGB"
FIELD = f"a field: {VALUES}"


@dataclass(frozen=True)
class Case:
    """One malformed input.

    Attributes:
        name: What it is.
        build: Fills the folder that it is given.
        refusal: What is said of it; ``{folder}`` stands for the folder. None: it is read.
        exit_code: Of ``anascope read``.
        arguments: Of ``anascope read``, ``{folder}`` as above; but for the model.
        standard_input: What it is sent.
        whole: Whether all is refused, the good image as well.
        model: Whether it is the model, ``{folder}/model``, that is wrong.
        not_as_root: Whether the superuser may do what it shows.
        limit: Memory and time that the command may take, the good image included.
    """

    name: str
    build: Callable[[Path], None]
    refusal: Refusal | None
    exit_code: int = SOME_NOT_READ
    arguments: tuple[str, ...] = ("{folder}",)
    standard_input: bytes = b""
    whole: bool = False
    model: bool = False
    not_as_root: bool = False
    limit: Limit = USUAL


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    path.write_bytes(content)


def nothing(folder: Path) -> None:
    """Leave the folder as it is."""
