"""What networks learn from: the sets that the user has, and drawn specimens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from anascope.errors import InputError, did_you_mean
from anascope.recipe._lessons import lessons
from anascope.recipe._settings import DRAWN, DrawnSettings, RoundSettings
from anascope.synthetic import Drawing, Microscopes, laboratory_named

MIVIA = "mivia"
"""Whole fields of 28 patients, with pattern, intensity, mask and the boxes of all cells."""
MOSAICS = "i3a-specimens"
"""Mosaics of the single cells of I3A Task 1, by recovered specimen: pattern and mask."""
FIELDS = "i3a-fields"
"""Whole fields of I3A Task 2: the mask of every nucleus, no labels."""
LABORATORIES: dict[str, tuple[str, ...]] = {"mivia": (MIVIA,), "i3a": (MOSAICS, FIELDS)}
"""The sets of each laboratory."""
FOLDERS = {MIVIA: "mivia-hep2", MOSAICS: "i3a-task1", FIELDS: "i3a-task2-fields"}
"""The folder of each set, as it is distributed."""

HELD_OUT = f"{DRAWN}-held-out"
"""Drawn specimens that no network learns from."""

_MOSAIC_SEED = 404


def sets_in(folder: Path) -> dict[str, Path]:
    """Return the sets that are in a folder, by their names.

    Raises:
        InputError: if none is.
    """
    found = {name: folder / inside for name, inside in FOLDERS.items()}
    found = {name: path for name, path in found.items() if path.is_dir()}
    if not found:
        raise InputError(folder, "none of the sets", f"one of {', '.join(FOLDERS.values())}")
    return found


class Sets:
    """The cohorts of a recipe, each made when it is first asked for and kept in ``work``.

    Args:
        paths: The sets, as they are distributed, by their names (:data:`FOLDERS`).
        drawn: What is drawn.
        work: Where cohorts are kept.
        jobs: How many processes draw.

    Raises:
        InputError: if a set has another name.
    """

    def __init__(
        self, paths: Mapping[str, Path], drawn: DrawnSettings, work: Path, jobs: int = 1
    ) -> None:
        for name in paths:
            if name not in FOLDERS:
                raise InputError("set", f"'{name}'", did_you_mean(name, FOLDERS))
        self._paths, self._drawn, self._work, self._jobs = dict(paths), drawn, work, jobs

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the real sets that are there."""
        return tuple(self._paths)

    @property
    def rounds(self) -> tuple[str, ...]:
        """Names of the cohorts of drawn specimens, in the order in which they are learned from."""
        return tuple(f"{DRAWN}-{number}" for number in range(1, len(self._drawn.rounds) + 1))

    def drawn(self, name: str | None = None) -> Cohort:
        """Return the drawn specimens of a round, the last one by default."""
        name = self.rounds[-1] if name is None else name
        return self._specimens(name, self._drawn.rounds[self.rounds.index(name)])

    def held_out(self) -> Cohort | None:
        """Return the drawn specimens that no network learns from; None if the recipe has none."""
        if self._drawn.held_out is None:
            return None
        return self._specimens(HELD_OUT, self._drawn.held_out)

    def real(self, name: str) -> Cohort:
        """Return a real set.

        Raises:
            InputError: if it was not given, or cannot be read.
        """
        if name not in self._paths:
            raise InputError("recipe", f"no set '{name}'", f"the path of {FOLDERS[name]}")
        if name == MOSAICS:
            return self._imported(
                name, lambda: MosaicSource(self.cells(), seed=_MOSAIC_SEED, name=name), "mosaic"
            )
        return self._imported(name, lambda: open_source(self._paths[name], name), name)

    def cells(self, *, specimens: bool = True) -> Cohort:
        """Return the cells of I3A Task 1, each by itself.

        Args:
            specimens: Whether they have specimens, which are recovered; without, folds are over
                cells, as in published figures.
        """
        name = "i3a-task1-specimens" if specimens else "i3a-task1"

        def opened() -> Source:
            return I3aTask1Source(self._paths[MOSAICS], recover=specimens)

        return self._imported(name, opened, "i3a-task1")

    def everything(self) -> Cohort:
        """Return all that is there as one cohort."""
        cohorts = {name: self.real(name) for name in self.names}
        source = MergedSource({**cohorts, DRAWN: self.drawn()}, "everything")
        return self._made("everything", source, "merged")

    def _imported(self, name: str, source: Callable[[], Source], source_format: str) -> Cohort:
        path = self._work / name
        if not path.exists():
            import_cohort(source(), path, source_format=source_format)
        return Cohort.open(path)

    def _specimens(self, name: str, specimens: RoundSettings) -> Cohort:
        """Return drawn specimens.

        Raises:
            InputError: if those that are there were made by another recipe.
        """
        drawing = drawing_of(self._drawn, specimens)
        cohort = self._made(name, DrawnSource(drawing, jobs=self._jobs), "synthetic")
        wanted = [pattern for pattern, _ in drawing.population.labels]
        if [record.serum for record in cohort.fields] != wanted:
            expected = "those of the recipe; take another work folder"
            raise InputError(cohort.path, "specimens with other patterns", expected)
        return cohort

    def _made(self, name: str, source: Source, source_format: str) -> Cohort:
        """Return a cohort that follows from the recipe.

        Raises:
            InputError: if the one that is there was made by another recipe, or of other sets.
        """
        cohort = self._imported(name, lambda: source, source_format)
        if cohort.info.source != source.origin:
            wanted = f"{source.origin}; take another work folder"
            raise InputError(cohort.path, cohort.info.source, wanted)
        return cohort


def drawing_of(settings: DrawnSettings, specimens: RoundSettings) -> Drawing:
    """Return what a recipe draws for a round.

    Raises:
        InputError: if the laboratory has no range of microscopes.
    """
    laboratory = laboratory_named(settings.like)
    optics = laboratory.optics
    if not isinstance(optics, Microscopes):
        raise InputError(settings.like, "one microscope", "a range of them, as 'any' has")
    avoided = [laboratory_named(name).microscope for name in settings.without]
    height = optics.field_um.model_copy(update={"between": settings.field_um})
    microscopes = (
        optics.model_copy(update={"field_um": height})
        .replaced(border_level=settings.border_level)
        .away_from(*avoided)
    )
    population = lessons(
        specimens.patients,
        specimens.seed,
        least=specimens.least,
        mixed=specimens.mixed,
        pairs=specimens.pairs,
    )
    return Drawing(population, microscopes, specimens.seed, laboratory.stains, laboratory.titres)
