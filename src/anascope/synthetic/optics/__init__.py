"""From light to grey levels: a microscope, its objective and its camera.

What is looked at is drawn by :mod:`anascope.synthetic.cells` and :mod:`anascope.synthetic.stains`.
"""

from anascope.synthetic.optics._camera import photograph
from anascope.synthetic.optics._light import (
    Floats,
    blurred,
    defocus_sigma_um,
    illumination,
    through_objective,
)
from anascope.synthetic.optics._microscope import Microscope

__all__ = [
    "Floats",
    "Microscope",
    "blurred",
    "defocus_sigma_um",
    "illumination",
    "photograph",
    "through_objective",
]
