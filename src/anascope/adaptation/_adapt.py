"""A model adapted to a laboratory, measured before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from anascope.adaptation._answers import Figures, labelled
from anascope.adaptation._choice import Kept, candidates, choose, sentence_of
from anascope.adaptation._field_heads import FieldHeads
from anascope.adaptation._networks import FoldNetworks
from anascope.adaptation._settings import AdaptationSettings
from anascope.adaptation._written import write_fine_tuned, write_network_of_before
from anascope.cohorts import Cohort
from anascope.environment import torch_device
from anascope.errors import InputError
from anascope.files import new_folder
from anascope.folder_lock import folder_lock
from anascope.models import ModelCard, model_folder, read_card
from anascope.training.calibration import HeldOut, require_unseen, specimens_of
from anascope.workers import Watcher, unwatched

_SHOWN = 5  # names of patterns in a note before it is cut short


@dataclass(frozen=True)
class Adaptation:
    """The outcome of adapting a model.

    Attributes:
        kept: Which network and judgement the new folder has.
        sentence: The same, with the reason, in one plain sentence.
        figures: The figures of each candidate on patients that neither it nor its judgement has
            seen: ``before``, ``calibrated`` and, if it was trained, ``fine_tuned``.
        notes: What else users of the new model should know, in whole sentences.
        card: The card of the new model.
    """

    kept: Kept
    sentence: str
    figures: dict[Kept, Figures]
    notes: tuple[str, ...]
    card: ModelCard

    def as_plain(self) -> dict[str, Any]:
        """Return what was measured, as JSON knows it."""
        return {**_measured(self.kept, self.sentence, self.figures), "notes": list(self.notes)}


def _nobody(line: str) -> None:
    """Tell nobody."""


def adapt_model(
    model: str | Path,
    cohort: Cohort,
    out: Path,
    *,
    calibrate_only: bool = False,
    export: bool = True,
    settings: AdaptationSettings | None = None,
    accelerator: str = "auto",
    command: Sequence[str] = (),
    tell: Callable[[str], None] = _nobody,
    watcher: Watcher = unwatched,
) -> Adaptation:
    """Adapt a model to a laboratory by specimens that it has not seen.

    From ten patients with one known pattern on it is calibrated on them, and a field head learns
    from them; a network without a field head is fine-tuned from thirty on. Model before, model
    calibrated and fine-tuned model are compared on the same patients, each of whom is read by a
    model that has not learned from them, and judged by what was measured on others
    (:func:`~anascope.adaptation.choose` says which is kept). What is trained is kept beside
    ``out``, in a folder that ends in ``.training``: it is removed at the end, and where the
    adaptation was stopped, the same call goes on from it.

    Args:
        model: Folder of the model, or name of a bundled one; it stays as it is.
        cohort: The laboratory's specimens.
        out: Folder of the new model.
        calibrate_only: Whether the network stays as it is, however many specimens there are.
        export: Whether the network is exported, so that it can be read with without PyTorch.
        settings: The numbers of specimens that each step needs, and how networks learn.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        command: The command that trainings record.
        tell: Is called with one line about the next step.
        watcher: Gets every epoch.

    Raises:
        InputError: if ``out`` exists, the model names no patterns, a patient trained the model or
            chose its epoch, a label is not one that the network can tell, or there are too few
            specimens.
        WriteError: if it cannot be written.
    """
    torch_device(accelerator)  # says that it cannot be used before anything is done
    settings = settings or AdaptationSettings()
    old = model_folder(model)
    card = read_card(old)
    if not card.heads.pattern:
        raise InputError(old, "a network that names no patterns", "one that has learned some")
    require_unseen(card, cohort)
    work = out.with_name(f"{out.name}.training")
    with new_folder(out) as folder:
        tell(f"reading {len(cohort)} fields")
        fields = HeldOut(old, cohort, cohort.fields).fields(accelerator)
        rows = specimens_of(fields)
        learns_from = settings.trains_from
        if card.preset.network.field_hidden:
            learns_from = settings.tunes_from
        count = _counted(rows, card, cohort, settings.calibrates_from, learns_from)
        why = _why_untrained(count, learns_from, calibrate_only)
        networks: FoldNetworks | FieldHeads | None = None
        if not why and card.preset.network.field_hidden:
            networks = FieldHeads(old, cohort, fields, work, settings, tell=tell)
        elif not why:
            networks = FoldNetworks(
                old,
                cohort,
                work,
                settings,
                accelerator=accelerator,
                command=command,
                tell=tell,
                watcher=watcher,
            )
        with folder_lock(work) if networks is not None else nullcontext():
            tuned = networks.rows() if networks is not None else None
            answers = candidates(rows, tuned, card)
            head_alone = isinstance(networks, FieldHeads)
            kept = choose(answers, card, pulled_back=head_alone)
            figures = {name: Figures.of(each, card) for name, each in answers.items()}
            learner = "field head" if head_alone else "network"
            sentence = sentence_of(kept, figures, why, learner=learner)
            outcome = (kept, sentence, figures)
            measured = {"cohort": cohort.info.name, **_measured(*outcome)}
            if networks is not None and tuned is not None and kept == "fine_tuned":
                write_fine_tuned(
                    old, networks.final(), folder, cohort, tuned, measured, export=export
                )
            else:
                again = rows if kept == "calibrated" else None
                write_network_of_before(old, folder, cohort, again, measured, export=export)
    if networks is not None:
        networks.remove()
    new = read_card(out)
    note = networks.note if networks is not None else None
    return Adaptation(*outcome, _notes(kept, card, new, cohort, note), new)


def _counted(
    rows: pd.DataFrame, card: ModelCard, cohort: Cohort, calibrates_from: int, learns_from: int
) -> int:
    """Return how many specimens teach something, one a patient.

    Raises:
        InputError: if they are too few.
    """
    count = int(labelled(rows, card).sum())
    if count < calibrates_from:
        wanted = f"at least {calibrates_from} to calibrate and fine-tune the model"
        if learns_from > calibrates_from:
            wanted = f"at least {calibrates_from} to calibrate the model, and {learns_from} to "
            wanted += "fine-tune it as well"
        found = f"{count} patients with one known pattern"
        raise InputError(cohort.path, found, wanted)
    return count


def _why_untrained(count: int, learns_from: int, calibrate_only: bool) -> str:
    if calibrate_only:
        return "only calibration was asked for"
    if count < learns_from:
        return f"that takes {learns_from} patients with one known pattern, not {count}"
    return ""


def _notes(
    kept: Kept, old: ModelCard, new: ModelCard, cohort: Cohort, note: str | None
) -> tuple[str, ...]:
    notes = []
    if note is not None:
        notes.append(note)
    shown = {name for label in cohort.patterns for name in _classes(old, label)}
    unseen = [name for name in old.patterns if name not in shown]
    if unseen and kept != "before":
        more = f" and {len(unseen) - _SHOWN} more" if len(unseen) > _SHOWN else ""
        risk = "is known of" if kept == "calibrated" else "was measured of, and it may forget,"
        notes.append(
            f"No specimen shows {', '.join(unseen[:_SHOWN])}{more}: nothing {risk} these patterns."
        )
    was, is_ = old.judgement, new.judgement
    if was.negative_cutoff is not None and is_.negative_cutoff is None:
        notes.append(
            "There are too few specimens for a cut-off for negative sera, which the model had: "
            "these sera are now decided like any other pattern."
        )
    if was.mixture_cutoff is not None and is_.mixture_cutoff is None:
        notes.append(
            "There are too few specimens for a cut-off for several patterns in one serum, which "
            "the model had: it now reports one pattern of each serum."
        )
    return tuple(notes)


def _classes(card: ModelCard, label: str) -> list[str]:
    allowed = card.pattern_space.allowed(label)
    return [name for name, inside in zip(card.patterns, allowed, strict=True) if inside]


def _measured(kept: Kept, sentence: str, figures: dict[Kept, Figures]) -> dict[str, Any]:
    plain = {name: each.as_plain() for name, each in figures.items()}
    return {"kept": kept, "sentence": sentence, "figures": plain}
