"""How a batch is read: what every worker needs to make its reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from anascope.decisions import COVERAGE
from anascope.errors import InputError
from anascope.files import read_json, sha256_of, to_json, write_json
from anascope.models import ModelCard
from anascope.reading import Reader

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


def keep_settings(folder: Path, settings: ReaderSettings, card: ModelCard) -> None:
    """Write down how a folder of results is read, or check that it is read like before.

    Raises:
        InputError: if the results that are there come from another model, or were read otherwise.
    """
    said = {
        "format": "anascope-batch",
        # The card vouches for the weights, and says how they are to be read.
        "model": sha256_of(to_json(card.model_dump(mode="json")).encode()),
        "coverage": settings.coverage,
        "pixel_size_um": settings.pixel_size_um,
    }
    path = folder / _FILE
    if not path.exists():
        write_json(path, said | {"settings": asdict(settings)})
        return
    before = read_json(path)
    for key, value in said.items():
        if before.get(key) != value:
            found = f"results read with {key.replace('_', ' ')} {before.get(key)}"
            raise InputError(folder, found, f"{value}, or another folder for the results")
