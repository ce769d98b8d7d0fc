"""From light to grey levels: the microscopes, their objectives and their cameras.

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
from anascope.synthetic.optics._microscopes import (
    I3A,
    MICROSCOPES,
    MIVIA,
    Microscope,
    microscope_named,
)

__all__ = [
    "I3A",
    "MICROSCOPES",
    "MIVIA",
    "Floats",
    "Microscope",
    "blurred",
    "defocus_sigma_um",
    "illumination",
    "microscope_named",
    "photograph",
    "through_objective",
]
