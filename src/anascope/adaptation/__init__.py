"""A model learns from a laboratory's own specimens, and stays as it was if that is no gain.

:func:`adapt_model` calibrates a model on specimens that it has not seen and, if there are enough,
fine-tunes its network. The accuracy of the old and the new one is measured on patients that neither
network nor judgement has seen, and is part of the new card. :mod:`anascope.training` trains
networks, and :mod:`anascope.training.calibration` calibrates them.
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
from anascope.adaptation._field_heads import answered_by
from anascope.adaptation._settings import AdaptationSettings

__all__ = [
    "MOST_LOSS",
    "Adaptation",
    "AdaptationSettings",
    "Figures",
    "Kept",
    "adapt_model",
    "answered_by",
    "answers_of",
    "candidates",
    "choose",
    "difference",
    "labelled",
    "left_out_answers",
]
