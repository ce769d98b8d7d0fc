"""Make the answers of a trained network reliable, on patients that it has not seen.

:func:`calibrate` does this after every training, and for the folds of a study
(:func:`anascope.studies.calibrate_study`); :func:`calibrate_model` does it on a cohort of your own.
They measure the temperature and the limits of the sets (:func:`fit_judgement`), which the model's
card holds and :mod:`anascope.decisions` applies. :func:`fit_mitosis` fits the rule that recognises
mitotic cells, and :func:`decisions_on` decides on specimens as a reading does. Nothing here trains
the network.
"""

from anascope.training.calibration._decided import decisions_on
from anascope.training.calibration._judgement import (
    MIXED_LOGIT,
    calibration_error,
    fit_judgement,
    pattern_columns,
)
from anascope.training.calibration._mitosis import fit_mitosis
from anascope.training.calibration._models import (
    FIELD_INPUTS,
    HeldOut,
    calibrate,
    calibrate_model,
    require_unseen,
    specimens_of,
)

__all__ = [
    "FIELD_INPUTS",
    "MIXED_LOGIT",
    "HeldOut",
    "calibrate",
    "calibrate_model",
    "calibration_error",
    "decisions_on",
    "fit_judgement",
    "fit_mitosis",
    "pattern_columns",
    "require_unseen",
    "specimens_of",
]
