"""From light to grey levels: a microscope, its objective and its camera.

What is looked at is drawn by :mod:`anascope.synthetic.cells` and :mod:`anascope.synthetic.stains`.
"""

from anascope.synthetic.optics._camera import photograph
from anascope.synthetic.optics._file import as_read_back
from anascope.synthetic.optics._lettering import burn_in
from anascope.synthetic.optics._light import (
    Floats,
    blurred,
    defocus_sigma_um,
    illumination,
    thinned,
    through_objective,
)
from anascope.synthetic.optics._microscope import Microscope

__all__ = [
    "Floats",
    "Microscope",
    "as_read_back",
    "blurred",
    "burn_in",
    "defocus_sigma_um",
    "illumination",
    "photograph",
    "thinned",
    "through_objective",
]
