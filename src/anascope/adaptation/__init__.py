"""A model learns from a laboratory's own specimens, and is kept as it was where that is no gain.

:func:`adapt_model` calibrates a model on specimens that it has not seen and, where there are
enough, fine-tunes its network; what the old and the new one are worth is measured on patients that
neither network nor judgement has seen, and stands in the new card. How networks are trained is
:mod:`anascope.training`, how they are judged :mod:`anascope.training.calibration`.
"""

from anascope.adaptation._adapt import Adaptation, adapt_model
from anascope.adaptation._answers import (
    MOST_LOSS,
    Figures,
    answers_of,
    difference,
    labelled,
    left_out_answers,
)
from anascope.adaptation._choice import Kept, candidates, choose
from anascope.adaptation._settings import AdaptationSettings

__all__ = [
    "MOST_LOSS",
    "Adaptation",
    "AdaptationSettings",
    "Figures",
    "Kept",
    "adapt_model",
    "answers_of",
    "candidates",
    "choose",
    "difference",
    "labelled",
    "left_out_answers",
]
