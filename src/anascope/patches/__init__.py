"""Patches: the overlapping grid that covers a field, cutting, and stitching back.

>>> from anascope.patches import PatchGrid
>>> grid = PatchGrid.over(height=1040, width=1388)
>>> len(grid), grid.columns, grid.rows
(15, (0, 251, 502, 753, 1004), (0, 328, 656))
"""

from anascope.patches._grid import PATCH_SIZE, PatchGrid
from anascope.patches._stitch import cut, stitch

__all__ = ["PATCH_SIZE", "PatchGrid", "cut", "stitch"]
