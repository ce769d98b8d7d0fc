"""Drawn fields with known truth, for the demo and for tests.

This is a sketch and no simulator. It has nuclei in interphase alone, four patterns, no mitotic
cells, no debris, nothing out of focus and nothing that a biologist would learn from: figures
measured on it say that the software works and nothing about real specimens. Texture carries
the pattern and brightness the intensity, with a mild overlap, as in real fields.

>>> import numpy as np
>>> from anascope.synthetic import PATTERNS, draw_field
>>> PATTERNS
('homogeneous', 'speckled', 'nucleolar', 'centromere')
>>> field = draw_field(np.random.default_rng(7), "centromere", "positive", (130, 174))
>>> field.image.shape, field.image.dtype, bool(field.image[field.mask == 1].mean() > 60)
((130, 174), dtype('uint8'), True)
"""

from anascope.synthetic._field import DrawnField, draw_field
from anascope.synthetic._i3a_task2 import write_i3a_task2
from anascope.synthetic._staining import STAININGS

PATTERNS: tuple[str, ...] = tuple(STAININGS)
"""The patterns that can be drawn."""

__all__ = ["PATTERNS", "DrawnField", "draw_field", "write_i3a_task2"]
