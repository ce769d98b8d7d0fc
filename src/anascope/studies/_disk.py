"""How much of a disk a study takes, told before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anascope.presets import Preset
from anascope.settings import as_plain
from anascope.studies._folder import StudyFolder
from anascope.studies._layout import State

if TYPE_CHECKING:
    from anascope.training import RunDisk


@dataclass(frozen=True)
class StudyDisk:
    """The disk space that the remaining runs of a study may take, in bytes.

    Attributes:
        runs: Number of these runs.
        stays: Space that they take when they have ended: models and results.
        meanwhile: Space that the runs at work take besides: two checkpoints each.
        there: Space of what they have written already.
    """

    runs: int
    stays: int
    meanwhile: int
    there: int

    @property
    def needed(self) -> int:
        """The most that they may still write."""
        return max(0, self.stays + self.meanwhile - self.there)


def study_disk(study: StudyFolder, slots: int) -> StudyDisk:
    """Return the disk space that the remaining runs may take.

    Args:
        study: The study folder.
        slots: How many run at a time.

    Raises:
        InputError: if the cohort is gone or has changed.
    """
    left = [run for run in study.runs if study.layout.state(run.name) is not State.DONE]
    if not left:
        return StudyDisk(0, 0, 0, 0)
    # Imported here: a driver whose runs are all done needs no PyTorch.
    from anascope.training import bytes_in, run_disk

    cohort = study.open_cohort()
    by_kind: dict[str, RunDisk] = {}
    found = []
    for run in left:
        kind = _kind(run.preset)
        if kind not in by_kind:
            by_kind[kind] = run_disk(run.preset, cohort, extendable=False)
        found.append(by_kind[kind])
    meanwhile = sorted((disk.most - disk.stays for disk in found), reverse=True)
    return StudyDisk(
        runs=len(left),
        stays=sum(disk.stays for disk in found),
        meanwhile=sum(meanwhile[:slots]),
        there=sum(bytes_in(study.layout.run(run.name)) for run in left),
    )


def _kind(preset: Preset) -> str:
    """Return what of a preset decides how large its files are."""
    training = preset.training
    deciding = (training.weight_average > 0, training.select, training.keep_checkpoints)
    network = [as_plain(section) for section in (preset.network, preset.image)]
    return repr((deciding, training.epochs, preset.tasks, network))
