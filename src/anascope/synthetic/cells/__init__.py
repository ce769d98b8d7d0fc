"""What lies on a slide before it is stained: cells, their place and shape, textures, dirt.

How a pattern stains them is in :mod:`anascope.synthetic.stains`.
"""

from anascope.synthetic.cells._canvas import Canvas
from anascope.synthetic.cells._cells import ANGLES, Cell, Habit, Phase, draw_cells
from anascope.synthetic.cells._dirt import draw_dirt
from anascope.synthetic.cells._noise import Noise, soft_step, threads
from anascope.synthetic.cells._tile import Tile

__all__ = [
    "ANGLES",
    "Canvas",
    "Cell",
    "Habit",
    "Noise",
    "Phase",
    "Tile",
    "draw_cells",
    "draw_dirt",
    "soft_step",
    "threads",
]
