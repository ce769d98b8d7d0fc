"""Which model is kept: the original one, the same with a new calibration, or a fine-tuned one."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from anascope.adaptation._answers import Figures, answers_of, difference, left_out_answers
from anascope.defaults import COVERAGE
from anascope.models import ModelCard
from anascope.training.calibration import decisions_on

Kept = Literal["before", "calibrated", "fine_tuned"]
"""Which model: as it was, the same network with a new calibration, or the fine-tuned network."""


def candidates(
    rows: pd.DataFrame, tuned: pd.DataFrame | None, card: ModelCard
) -> dict[Kept, pd.DataFrame]:
    """Return the answers of each model, on the same specimens in the same order.

    Args:
        rows: What the network before says, as
            :meth:`~anascope.training.calibration.HeldOut.rows` gives it.
        tuned: What fine-tuned networks say of specimens that they have not seen; None of none.
        card: Of the model before.
    """
    if tuned is not None:
        rows = rows[rows["patient"].isin(tuned["patient"])]
    before = answers_of(rows, decisions_on(rows, card, card.judgement), card)
    answers: dict[Kept, pd.DataFrame] = {
        "before": before,
        "calibrated": left_out_answers(rows, card),
    }
    if tuned is not None:
        tuned = tuned.set_index("patient").loc[rows["patient"]].reset_index()
        answers["fine_tuned"] = left_out_answers(tuned, card)
    return answers


def choose(
    answers: dict[Kept, pd.DataFrame], card: ModelCard, *, pulled_back: bool = False
) -> Kept:
    """Return which model is kept.

    Calibrated anew, a model is better if its loss is lower, its sets hold the right pattern nearer
    to as often as they say, or more of its intensities are right, and if none of pattern, loss and
    intensity is worse by more than chance. A network that was not calibrated before always gains
    sets. A fine-tuned network has changed in every answer, also in those that no specimen could
    test: its loss must be lower by more than chance, and nothing worse by more than chance. Where
    all that learned was pulled back to what it was, a lower loss is enough.

    Args:
        answers: On the same specimens in the same order; ``fine_tuned`` may be missing.
        card: Of the model before.
        pulled_back: Whether what learned was pulled back to what it was, as a field head is.
    """
    kept: Kept = "before"
    if _calibrated_is_better(answers["before"], answers["calibrated"], card):
        kept = "calibrated"
    if "fine_tuned" in answers:
        old, new = answers[kept], answers["fine_tuned"]
        gain = difference(old, new, "loss")
        if (gain.estimate if pulled_back else gain.high) < 0 and not _worse(old, new):
            kept = "fine_tuned"
    return kept


def _calibrated_is_better(old: pd.DataFrame, new: pd.DataFrame, card: ModelCard) -> bool:
    if not card.judgement.calibrated:
        return True
    if _worse(old, new):
        return False
    before, after = Figures.of(old, card), Figures.of(new, card)
    return (
        after.loss.estimate < before.loss.estimate
        or _off(after) < _off(before)
        or after.intensities_right > before.intensities_right
    )


def _off(figures: Figures) -> float:
    """Return how far the coverage of the sets is from what they say."""
    return abs(figures.coverage.estimate - COVERAGE)


def _worse(old: pd.DataFrame, new: pd.DataFrame) -> bool:
    """Tell whether something is worse by more than chance."""
    lower = [difference(old, new, key).high < 0 for key in ("pattern_right", "intensity_right")]
    return any(lower) or difference(old, new, "loss").low > 0


_AS_IT_WAS: dict[Kept, str] = {
    "before": "The model stays as it was",
    "calibrated": "The network stays as it was, with a new calibration",
}


def sentence_of(
    kept: Kept, figures: dict[Kept, Figures], why_untrained: str, *, learner: str = "network"
) -> str:
    """Return in one sentence which model is kept, and why.

    Args:
        kept: Which one.
        figures: Of each that there is.
        why_untrained: Why there is no fine-tuned one, if there is none.
        learner: What learned: the whole network, or its field head.
    """
    before = figures["before"]
    if kept == "fine_tuned":
        after = figures[kept]
        return (
            f"The fine-tuned {learner} is kept: of {after.specimens} specimens of patients that it "
            f"had not seen it names {after.right} right, the model before {before.right}, and its "
            f"loss is {after.loss.estimate:.2f} instead of {before.loss.estimate:.2f}."
        )
    if "fine_tuned" in figures:
        after, old = figures["fine_tuned"], figures[kept]
        graded = ""
        if after.graded:
            graded = f", {after.intensities_right} of {after.graded} intensities instead of "
            graded += f"{old.intensities_right}"
        return (
            f"{_AS_IT_WAS[kept]}: fine-tuning is not clearly better on patients that it had not "
            f"seen ({after.right} of {after.specimens} patterns right instead of {old.right}, a "
            f"loss of {after.loss.estimate:.2f} instead of {old.loss.estimate:.2f}{graded})."
        )
    no_gain = ", as a new calibration is not better" if kept == "before" else ""
    return f"{_AS_IT_WAS[kept]}{no_gain}; it was not fine-tuned, as {why_untrained}."
