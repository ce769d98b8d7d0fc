"""How a batch is read: what every worker needs to make its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from anascope.defaults import COVERAGE
from anascope.reading import Reader
from anascope.settings import Description

SETTINGS = "settings.json"


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """The arguments of :class:`~anascope.reading.Reader`, and what is written.

    Attributes:
        model: Folder of the model, or the name of one of the package; its small one if None.
        engine, accelerator, threads, coverage, pixel_size_um: As the reader takes them.
        channel: The channel to read from files for which no table states it
            (:class:`~anascope.images.AskedChannel`); the green one if None.
        sheets: Whether each specimen gets a PDF.
    """

    model: str | None = None
    engine: str = "auto"
    accelerator: str = "cpu"
    threads: int | None = None
    coverage: float = COVERAGE
    pixel_size_um: float | None = None
    channel: str | None = None
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


class SettingsFile(Description):
    """What the folder of results says of how it was read last, for whoever looks there."""

    format: Literal["anascope-batch"] = "anascope-batch"
    model: str
    """Its name, the beginning of its hash, and what ran it."""
    settings: ReaderSettings
