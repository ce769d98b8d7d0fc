"""Field heads that learn from a laboratory: seconds, once its fields have been read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from anascope.adaptation._answers import labelled
from anascope.adaptation._settings import AdaptationSettings
from anascope.cohorts import Cohort
from anascope.cohorts.folds import draw_folds
from anascope.folder_lock import LOCK
from anascope.models import Model, ModelCard, load_model, save_model
from anascope.networks import FieldHead
from anascope.training import tune_field_head
from anascope.training.calibration import (
    FIELD_INPUTS,
    MIXED_LOGIT,
    pattern_columns,
    specimens_of,
)


class FieldHeads:
    """Field heads that have learned from a laboratory, each without a part of its patients.

    Only the last layer learns (:func:`~anascope.training.tune_field_head`); masks, cells and
    intensities stay as they are.

    Args:
        model: Folder of a model with a field head.
        cohort: With patients that the model has not seen.
        fields: What the model says of its fields
            (:meth:`~anascope.training.calibration.HeldOut.fields`).
        work: Where the last head is kept until it is written.
        settings: Into how many parts patients are divided.
        tell: Is told what learns.
    """

    def __init__(
        self,
        model: Path,
        cohort: Cohort,
        fields: pd.DataFrame,
        work: Path,
        settings: AdaptationSettings,
        *,
        tell: Callable[[str], None],
    ) -> None:
        self._path, self._cohort, self._work, self._tell = model, cohort, work, tell
        self._fields = fields
        self._plan = draw_folds(cohort, count=settings.folds)

    @property
    def note(self) -> str:
        """What users should know of what has learned, in a sentence."""
        return "Only the field head has learned: masks, cells and intensities stay as they were."

    @cached_property
    def _model(self) -> Model:
        return load_model(self._path)

    def rows(self) -> pd.DataFrame:
        """Return what the heads say of specimens, each by one that has not seen the patient.

        Returns:
            As :meth:`~anascope.training.calibration.HeldOut.rows`, of all parts.
        """
        self._tell(f"{len(self._plan.folds)} field heads: learning")
        answers = []
        for fold in self._plan.folds.values():
            tested = self._fields["patient"].isin(fold.test)
            head = self._tuned(self._fields[~tested])
            answers.append(answered_by(head, self._fields[tested], self._model.card))
        return specimens_of(pd.concat(answers, ignore_index=True))

    def final(self) -> Path:
        """Return the folder of the model whose head has learned from everybody."""
        model = self._model
        model.network.field_head = self._tuned(self._fields)
        data = {"trained_on": list(dict.fromkeys(self._fields["patient"])), "chosen_on": []}
        card = model.card.model_copy(update={"data": {**model.card.data, **data}})
        folder = self._work / "field-head"
        folder.mkdir(parents=True, exist_ok=True)
        save_model(folder, Model(model.network, card))
        return folder

    def remove(self) -> None:
        """Remove what was kept, and its folder where nothing else is in it."""
        shutil.rmtree(self._work / "field-head", ignore_errors=True)
        (self._work / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self._work.rmdir()

    @property
    def _head(self) -> FieldHead:
        head = self._model.network.field_head
        assert head is not None  # the model was chosen for it
        return head

    def _tuned(self, fields: pd.DataFrame) -> FieldHead:
        """Return the head that has learned from fields with one known pattern."""
        known = fields[labelled(fields, self._model.card)]
        space = self._model.card.pattern_space
        allowed = np.array([space.allowed(label) for label in known["pattern"]], bool)
        return tune_field_head(self._head, _inputs_of(known), allowed)


def answered_by(head: FieldHead, fields: pd.DataFrame, card: ModelCard) -> pd.DataFrame:
    """Return fields as a field head answers for them.

    Args:
        head: Of a network like the one that read them.
        fields: What that network says of them
            (:meth:`~anascope.training.calibration.HeldOut.fields`).
        card: Of the network.
    """
    with torch.no_grad():
        logits = head(torch.from_numpy(_inputs_of(fields))).numpy().astype(np.float64)
    columns = [*pattern_columns(card), MIXED_LOGIT]
    return fields.assign(**dict(zip(columns, logits.T, strict=True)))


def _inputs_of(fields: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.stack(fields[FIELD_INPUTS].to_list()).astype(np.float32)
