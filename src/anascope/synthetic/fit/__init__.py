"""How near drawn specimens come to real ones, and what a microscope must be to come nearer.

The same measures are taken of real and of drawn fields with their masks: levels, sizes, spectra,
noise of the camera. Nothing here draws.
"""

from anascope.synthetic.fit._appearance import (
    BANDS,
    STEP_UM,
    Shown,
    banded_power,
    cell_table,
    levels,
    rise,
    rise_numbers,
)
from anascope.synthetic.fit._comparison import border, distances, parameters_of
from anascope.synthetic.fit._measured import LOWEST, Measured, measure, quantities
from anascope.synthetic.fit._noise import fit_noise, group, noise_of, pairing

__all__ = [
    "BANDS",
    "LOWEST",
    "STEP_UM",
    "Measured",
    "Shown",
    "banded_power",
    "border",
    "cell_table",
    "distances",
    "fit_noise",
    "group",
    "levels",
    "measure",
    "noise_of",
    "pairing",
    "parameters_of",
    "quantities",
    "rise",
    "rise_numbers",
]
