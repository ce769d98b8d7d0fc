"""What the shipped weights learn from: drawn fields, mosaics of real cells, real fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from anascope.cohorts import (
    Cohort,
    DrawnSource,
    I3aTask1Source,
    MergedSource,
    MosaicSource,
    Source,
    import_cohort,
    open_source,
)
from anascope.recipe._lessons import lessons
from anascope.synthetic import I3A, MIVIA, Drawing, Microscope

# Microscope, patients and seed of what is drawn. What is called positive differs from laboratory
# to laboratory; all that is drawn is labelled as MIVIA's people would.
DRAWN: dict[str, tuple[Microscope, int, int]] = {
    "drawn-mivia": (MIVIA, 190, 101),
    "drawn-i3a": (replace(I3A, border_level=MIVIA.border_level), 38, 202),
}
MOSAICS = "i3a-specimens"
REAL = "mivia"


def mivia_cohort(data: Path, work: Path) -> Cohort:
    """Return the cohort in ``work``, imported from ``data`` if it is not there."""
    path = work / "mivia"
    if not path.exists():
        source = open_source(data / "mivia-hep2", "mivia")
        import_cohort(source, path, source_format="mivia")
    return Cohort.open(path)


class Cohorts:
    """The cohorts of the recipe, each made when it is first asked for and kept in ``work``."""

    def __init__(self, data: Path, work: Path, jobs: int) -> None:
        self._data, self._work, self._jobs = data, work, jobs
        self.real = mivia_cohort(data, work)

    def drawn(self) -> dict[str, Cohort]:
        """Return the drawn cohorts."""
        return {name: self._imported(name, self._drawing(name), "synthetic") for name in DRAWN}

    def cells(self, *, specimens: bool = True) -> Cohort:
        """Return the cells of I3A Task 1, each by itself.

        Args:
            specimens: Whether they have specimens, which are recovered; without, folds are over
                cells, as in published figures.
        """
        name = "i3a-task1-specimens" if specimens else "i3a-task1"

        def opened() -> Source:
            return I3aTask1Source(self._data / "i3a-task1", recover=specimens)

        return self._imported(name, opened, "i3a-task1")

    def mosaics(self) -> Cohort:
        """Return the mosaics of I3A Task 1's cells."""
        return self._imported(
            MOSAICS, lambda: MosaicSource(self.cells(), seed=404, name=MOSAICS), "mosaic"
        )

    def everything(self) -> Cohort:
        """Return all of them as one."""
        cohorts = {REAL: self.real, MOSAICS: self.mosaics(), **self.drawn()}
        return self.merged("real-and-drawn", cohorts)

    def merged(self, name: str, cohorts: dict[str, Cohort]) -> Cohort:
        """Return cohorts as one."""
        return self._imported(name, lambda: MergedSource(cohorts, name), "merged")

    def _drawing(self, name: str) -> Callable[[], Source]:
        microscope, patients, seed = DRAWN[name]
        return lambda: DrawnSource(
            Drawing(lessons(patients, seed), microscope, seed), jobs=self._jobs
        )

    def _imported(self, name: str, source: Callable[[], Source], source_format: str) -> Cohort:
        path = self._work / name
        if not path.exists():
            import_cohort(source(), path, source_format=source_format)
        return Cohort.open(path)
