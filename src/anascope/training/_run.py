"""A run folder: one training of one fold.

::

    RUN/
      run.json          command, versions, cohort and its fingerprint
      preset.yaml       the preset, every key spelled out
      fold.json         who trains, validates and tests
      history.csv       one row an epoch
      tensorboard/      the same, for TensorBoard
      checkpoints/      what resuming needs, by epoch
      model/            weights.safetensors and card.json of the best epoch, when it has ended
      predictions.parquet, fields.parquet, metrics.json    from `anascope evaluate`
      curves.png, cells.png
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from anascope._version import __version__
from anascope.cohorts import Cohort
from anascope.cohorts.folds import Fold, FoldPlan, read_folds, write_folds
from anascope.environment import versions
from anascope.errors import InputError
from anascope.files import new_folder, write_text
from anascope.models import read_card
from anascope.presets import Preset, load_preset, preset_to_yaml
from anascope.run_files import RunFiles
from anascope.settings import Description, read_file, write_file


class _File(Description):
    """What ``run.json`` says."""

    format: Literal["anascope-run"] = "anascope-run"
    version: Literal[1] = 1
    cohort: str
    fingerprint: str
    fold: str
    command: tuple[str, ...]
    extended_by: tuple[tuple[str, ...], ...] = ()
    written_by: str = f"anascope {__version__}"
    versions: dict[str, str]


@dataclass(frozen=True)
class Run(RunFiles):
    """A run folder and its content.

    Attributes:
        preset: What is trained.
        fold: On whom.
        cohort_path: On what.
        cohort_fingerprint: The content of that cohort when the run began.
    """

    preset: Preset
    fold: Fold
    cohort_path: Path
    cohort_fingerprint: str

    def of_split(self, file: Path, split: str) -> Path:
        """Return where one of an evaluation's files goes: ``metrics.json``, of test patients.

        Files of other splits have separate names, such as ``metrics-validation.json``, so that
        measuring them does not change the results on test patients.
        """
        return file if split == "test" else file.with_stem(f"{file.stem}-{split}")

    def open_cohort(self) -> Cohort:
        """Open the run's cohort.

        Raises:
            InputError: if it is missing or its content is not the same as when the run began.
        """
        cohort = Cohort.open(self.cohort_path)
        if cohort.info.fingerprint != self.cohort_fingerprint:
            raise InputError(
                self.cohort_path,
                f"a cohort with fingerprint {cohort.info.fingerprint[:12]}",
                f"{self.cohort_fingerprint[:12]}, as when the run began",
            )
        return cohort

    def check_model(self) -> None:
        """Check that the model in the folder is one that this run trained.

        Raises:
            InputError: if there is none, or its card names another cohort or other patients.
        """
        if not self.model.is_dir():
            raise InputError(self.path, "a run without a model", "a run that has ended")
        data = read_card(self.model).data
        own = {
            "fingerprint": self.cohort_fingerprint,
            "trained_on": list(self.fold.train),
            "chosen_on": list(self.fold.validation),
        }
        for key, value in own.items():
            if key in data and data[key] != value:
                raise InputError(
                    self.model, f"a model of another training ({key} differs)", "this run's"
                )


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
        InputError: if the folder exists, or the fold does not exist or names unknown patients.
    """
    path = Path(path)
    chosen = plan.fold(fold)
    plan.check_against(cohort.fields)
    with new_folder(path) as folder:
        files = RunFiles(folder)
        write_text(files.preset_file, preset_to_yaml(preset))
        write_folds(replace(plan, folds={fold: chosen}), files.fold_file)
        description = _File(
            cohort=str(cohort.path.resolve()),
            fingerprint=cohort.info.fingerprint,
            fold=fold,
            command=tuple(command),
            versions=versions(),
        )
        write_file(files.description, description)
    return open_run(path)


def note_extension(run: Run, command: Sequence[str]) -> None:
    """Write into ``run.json`` by which command the run is given more epochs."""
    description = read_file(_File, run.description)
    by = (*description.extended_by, tuple(command))
    write_file(run.description, description.model_copy(update={"extended_by": by}))


def open_run(path: str | Path, *, cohort: str | Path | None = None) -> Run:
    """Open a run folder.

    Args:
        path: The folder.
        cohort: Where the run's cohort is now, if it has moved.

    Raises:
        InputError: if it is none.
    """
    files = RunFiles(Path(path))
    if not files.description.is_file():
        expected = f"a folder with {files.description.name} (anascope train)"
        raise InputError(path, "not a run", expected)
    description = read_file(_File, files.description)
    return Run(
        path=files.path,
        preset=load_preset(str(files.preset_file)),
        fold=read_folds(files.fold_file).fold(description.fold),
        cohort_path=Path(cohort or description.cohort),
        cohort_fingerprint=description.fingerprint,
    )
