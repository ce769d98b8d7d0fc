"""How a batch is read: what every worker needs to make its reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anascope.defaults import COVERAGE
from anascope.errors import InputError
from anascope.files import sha256_of, to_json
from anascope.models import ModelCard
from anascope.reading import Reader
from anascope.settings import Description, as_plain, read_file, write_file

_FILE = "settings.json"


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """The arguments of :class:`~anascope.reading.Reader`, and what is written.

    Attributes:
        model: Folder of the model, or the name of one of the package; its small one if None.
        engine, accelerator, threads, coverage, pixel_size_um: As the reader takes them.
        sheets: Whether each specimen gets a PDF.
    """

    model: str | None = None
    engine: str = "auto"
    accelerator: str = "cpu"
    threads: int | None = None
    coverage: float = COVERAGE
    pixel_size_um: float | None = None
    sheets: bool = True

    def reader(self) -> Reader:
        """Return a reader."""
        return Reader(
            self.model,
            engine=self.engine,
            accelerator=self.accelerator,
            threads=self.threads,
            coverage=self.coverage,
            pixel_size_um=self.pixel_size_um,
        )


class _File(Description):
    """What the folder of results says of how it was read."""

    format: Literal["anascope-batch"] = "anascope-batch"
    model: str
    """Hash of the card, which vouches for the weights and says how they are to be read."""
    coverage: float
    pixel_size_um: float | None
    settings: ReaderSettings


def keep_settings(folder: Path, settings: ReaderSettings, card: ModelCard) -> None:
    """Write down how a folder of results is read, or check that it is read like before.

    Raises:
        InputError: if the results that are there come from another model, or were read otherwise.
    """
    now = _File(
        model=sha256_of(to_json(as_plain(card)).encode()),
        coverage=settings.coverage,
        pixel_size_um=settings.pixel_size_um,
        settings=settings,
    )
    path = folder / _FILE
    if not path.exists():
        write_file(path, now)
        return
    before = read_file(_File, path)
    for key in ("model", "coverage", "pixel_size_um"):
        if getattr(before, key) != getattr(now, key):
            found = f"results read with {key.replace('_', ' ')} {getattr(before, key)}"
            expected = f"{getattr(now, key)}, or another folder for the results"
            raise InputError(folder, found, expected)
