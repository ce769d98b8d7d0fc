"""The published grid of 40 runs on mosaics of I3A Task 1, by specimen, with a preset for two cores.

    python -m benchmarks.study.i3a DATA

DATA holds ``i3a-task1`` as it is distributed. Its single cells are arranged in four fields of each
recovered specimen, as large as those of MIVIA (1040 x 1388), so that each is cut into 15 patches.
They have no intensity, so the study trains mask and pattern. WORK (``--work``) keeps the cohorts,
the study and its report, so that a stopped benchmark goes on where it was. Writes
results/i3a-study-NAME.json, NAME being the preset or the study file.
"""

from __future__ import annotations

from pathlib import Path

from anascope.cohorts import Cohort, MosaicSource, import_cohort
from benchmarks.sets import sets_of
from benchmarks.study._grid import grid_given, result_name, run_grid

STUDY = str(Path(__file__).with_name("i3a.yaml"))
"""The grid that is run by default."""
_SHAPE = (1040, 1388)
_SEED = 404
_NAME = "i3a-mosaics"


def mosaics(data: Path, work: Path) -> Cohort:
    """Return the mosaics in ``work``, made from ``data`` if they are not there."""
    path = work / _NAME
    if not path.exists():
        cells = sets_of(data, work).cells()
        source = MosaicSource(cells, _SHAPE, seed=_SEED, name=_NAME)
        import_cohort(source, path, source_format="mosaic")
    return Cohort.open(path)


def main() -> None:
    """Run what is left of the grid on the mosaics."""
    given = grid_given(__doc__, data="i3a-task1", study=STUDY)
    run_grid(mosaics(given.data, given.work), result_name("i3a", given), given)


if __name__ == "__main__":
    main()
