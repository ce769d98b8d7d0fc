"""A run that is there, and the settings that it is to go on with: the same, or more epochs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anascope.cohorts.folds import Fold
from anascope.errors import InputError
from anascope.files import write_text
from anascope.folder_lock import folder_lock
from anascope.models import read_card, write_card
from anascope.presets import Preset, preset_to_yaml
from anascope.records import SPLITS
from anascope.settings import as_plain
from anascope.training._checkpoints import has_checkpoint
from anascope.training._ended import has_ended
from anascope.training._run import Run, note_extension, open_run

_EPOCHS = "training.epochs"
_BEGUN_WITH = "the settings with which it began"


def same_or_extended(
    run: Run, preset: Preset, fold: Fold, *, extend: bool, command: Sequence[str] = ()
) -> Run:
    """Return the run if it is one of ``preset`` and ``fold``, with more epochs if it may have them.

    More epochs are the epochs of an unbroken longer run where nothing in an epoch depends on how
    many there are: with a constant learning rate. What was measured and drawn of the shorter run
    is then removed, as it is not that of the longer one.

    Args:
        run: The run as it is.
        preset: What is asked for.
        fold: On whom.
        extend: Whether it may be given more epochs.
        command: What it is extended by.

    Raises:
        InputError: naming each key that differs, or why the run cannot have more epochs.
    """
    _check_fold(run, fold)
    different = _different(run.preset, preset)
    if not different:
        return run
    if set(different) == {_EPOCHS} and extend:
        _check_epochs(run, preset)
        return _extended(run, preset, command)
    found, begun = (_listed(different, side) for side in (1, 0))
    raise InputError(run.path, found, f"{begun}: {_BEGUN_WITH}")


def _check_fold(run: Run, fold: Fold) -> None:
    if run.fold.name != fold.name:
        raise InputError(run.path, f"fold {fold.name}", f"fold {run.fold.name}: {_BEGUN_WITH}")
    for split in SPLITS:
        if getattr(run.fold, split) != getattr(fold, split):
            found = f"fold {fold.name} with other {split} patients"
            raise InputError(run.path, found, f"those in {run.fold_file.name}: {_BEGUN_WITH}")


def _check_epochs(run: Run, preset: Preset) -> None:
    begun, wanted = run.preset.training.epochs, preset.training.epochs
    if wanted < begun:
        raise InputError(
            run.path, f"{_EPOCHS} {wanted}", f"{_EPOCHS} {begun}: {_BEGUN_WITH}, or more epochs"
        )
    if run.progress.exists():  # its folder is named by its settings
        raise InputError(
            run.path, f"{_EPOCHS} {wanted} for a run of a study", "a study with such a training"
        )
    schedule = run.preset.training.schedule
    if schedule != "constant":
        raise InputError(
            run.path,
            f"{_EPOCHS} {wanted} with training.schedule {schedule}, whose learning rates all "
            "depend on the number of epochs",
            f"{_EPOCHS} {begun}: {_BEGUN_WITH}, or a new run",
        )


def _extended(run: Run, preset: Preset, command: Sequence[str]) -> Run:
    with folder_lock(run.path):
        if open_run(run.path).preset != run.preset:
            raise InputError(run.path, "a run that another process has just extended", "its turn")
        if not has_checkpoint(run.checkpoints) and has_ended(run):
            raise InputError(
                run.checkpoints, "no checkpoint to continue from", "that of the last epoch"
            )
        # The metrics first: they say that everything else is there. The preset last: it says that
        # the run is the longer one, and whoever is killed before that extends it again.
        for file in (run.metrics, run.predictions, run.fields, run.cells, run.curves):
            for split in (*SPLITS, "test"):
                run.of_split(file, split).unlink(missing_ok=True)
        if run.model.is_dir():
            card = read_card(run.model)
            write_card(run.model, card.model_copy(update={"preset": preset}))
        note_extension(run, command)
        write_text(run.preset_file, preset_to_yaml(preset))
    return open_run(run.path, cohort=run.cohort_path)


def _different(one: Preset, other: Preset) -> dict[str, tuple[Any, Any]]:
    """Return the dotted keys in which two presets differ, with the value of each."""
    first, second = (dict(_flat(as_plain(preset))) for preset in (one, other))
    keys = dict.fromkeys((*first, *second))
    return {
        key: (first.get(key), second.get(key)) for key in keys if first.get(key) != second.get(key)
    }


def _flat(value: dict[str, Any], above: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, inner in value.items():
        pairs += (
            _flat(inner, f"{above}{key}.") if isinstance(inner, dict) else [(above + key, inner)]
        )
    return pairs


def _listed(different: dict[str, tuple[Any, Any]], side: int) -> str:
    return ", ".join(f"{key} {values[side]}" for key, values in different.items())
