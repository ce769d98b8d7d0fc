"""What makes a trained network's answers believable, fitted on patients that it has not seen.

:func:`fit_judgement` gives the temperature and the limits of the sets (:mod:`anascope.decisions`
applies them), :func:`fit_mitosis` the rule that tells mitotic cells. Nothing here trains a network.
"""

from anascope.training.calibration._judgement import calibration_error, fit_judgement
from anascope.training.calibration._mitosis import fit_mitosis

__all__ = ["calibration_error", "fit_judgement", "fit_mitosis"]
