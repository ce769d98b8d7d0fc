"""A run folder: one training of one fold.

::

    RUN/
      run.json          command, versions, cohort and its fingerprint
      preset.yaml       the preset, every key spelled out
      fold.json         who trains, validates and tests
      history.csv       one row an epoch
      tensorboard/      the same, for TensorBoard
      checkpoints/      what resuming needs, by epoch
      model/            weights.safetensors and card.json of the best epoch
      predictions.parquet, fields.parquet, metrics.json    from `anascope evaluate`
      curves.png, cells.png
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anascope._version import __version__
from anascope.cohorts import Cohort
from anascope.cohorts.folds import Fold, FoldPlan, read_folds, write_folds
from anascope.environment import versions
from anascope.errors import InputError
from anascope.files import new_folder, read_json, write_json, write_text
from anascope.presets import Preset, load_preset, preset_to_yaml

_DESCRIPTION = "run.json"
_FORMAT = "anascope-run"
_VERSION = 1


@dataclass(frozen=True)
class Run:
    """A run folder and what it says.

    Attributes:
        path: The folder.
        preset: What is trained.
        fold: On whom.
        cohort_path: On what.
        cohort_fingerprint: The content of that cohort when the run began.
    """

    path: Path
    preset: Preset
    fold: Fold
    cohort_path: Path
    cohort_fingerprint: str

    history = property(lambda self: self.path / "history.csv")
    tensorboard = property(lambda self: self.path / "tensorboard")
    checkpoints = property(lambda self: self.path / "checkpoints")
    model = property(lambda self: self.path / "model")
    curves = property(lambda self: self.path / "curves.png")

    def result(self, name: str, part: str = "test") -> Path:
        """Return where an evaluation's file goes: ``metrics.json``, of test patients.

        Other parts have names of their own, ``metrics-validation.json``, so that a look at
        them leaves the results on test patients alone.
        """
        stem, ending = name.rsplit(".", 1)
        return self.path / (name if part == "test" else f"{stem}-{part}.{ending}")

    def open_cohort(self) -> Cohort:
        """Open the run's cohort.

        Raises:
            InputError: if it is gone or its content is not what the run began with.
        """
        cohort = Cohort.open(self.cohort_path)
        if cohort.info.fingerprint != self.cohort_fingerprint:
            raise InputError(
                self.cohort_path,
                f"a cohort with fingerprint {cohort.info.fingerprint[:12]}",
                f"{self.cohort_fingerprint[:12]}, as when the run began",
            )
        return cohort


def new_run(
    path: str | Path,
    *,
    preset: Preset,
    cohort: Cohort,
    plan: FoldPlan,
    fold: str,
    command: Sequence[str] = (),
) -> Run:
    """Make a run folder.

    Raises:
        InputError: if the folder exists, or the fold does not, or names unknown patients.
    """
    path = Path(path)
    chosen = plan.fold(fold)
    plan.check_against(cohort.fields)
    with new_folder(path) as folder:
        write_text(folder / "preset.yaml", preset_to_yaml(preset))
        write_folds(replace(plan, folds={fold: chosen}), folder / "fold.json")
        write_json(
            folder / _DESCRIPTION,
            {
                "format": _FORMAT,
                "version": _VERSION,
                "cohort": str(cohort.path.resolve()),
                "fingerprint": cohort.info.fingerprint,
                "fold": fold,
                "command": list(command),
                "written_by": f"anascope {__version__}",
                "versions": versions(),
            },
        )
    return open_run(path)


def open_run(path: str | Path, *, cohort: str | Path | None = None) -> Run:
    """Open a run folder.

    Args:
        path: The folder.
        cohort: Where the run's cohort is now, if it has moved.

    Raises:
        InputError: if it is none.
    """
    path = Path(path)
    if not (path / _DESCRIPTION).is_file():
        raise InputError(path, "not a run", f"a folder with {_DESCRIPTION} (anascope train)")
    description: dict[str, Any] = read_json(path / _DESCRIPTION)
    if description.get("format") != _FORMAT or description.get("version") != _VERSION:
        raise InputError(path / _DESCRIPTION, "another kind of file", f"{_FORMAT} {_VERSION}")
    return Run(
        path=path,
        preset=load_preset(str(path / "preset.yaml")),
        fold=read_folds(path / "fold.json").fold(description["fold"]),
        cohort_path=Path(cohort or description["cohort"]),
        cohort_fingerprint=description["fingerprint"],
    )
