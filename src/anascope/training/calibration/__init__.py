"""What makes a trained network's answers believable, fitted on patients that it has not seen.

:func:`calibrate` does so after every training, and for the folds of a study
(:func:`anascope.studies.calibrate_study`); :func:`calibrate_model` on a cohort of one's own. What
they measure, the temperature and the limits of the sets (:func:`fit_judgement`), stands in the
model's card, and :mod:`anascope.decisions` applies it. :func:`fit_mitosis` gives the rule that
tells mitotic cells, :func:`decisions_on` decides on specimens as a reading does. Nothing here
trains the network.
"""

from anascope.training.calibration._decided import decisions_on
from anascope.training.calibration._judgement import calibration_error, fit_judgement
from anascope.training.calibration._mitosis import fit_mitosis
from anascope.training.calibration._models import (
    HeldOut,
    calibrate,
    calibrate_model,
    require_unseen,
)

__all__ = [
    "HeldOut",
    "calibrate",
    "calibrate_model",
    "calibration_error",
    "decisions_on",
    "fit_judgement",
    "fit_mitosis",
    "require_unseen",
]
