"""Reference pictures: drawn cells of a pattern, the same ones each time, drawn when first asked."""

from __future__ import annotations

from functools import cache
from threading import Lock

import numpy as np
from fastapi import APIRouter, Depends
from PIL import Image
from starlette.responses import Response

from anascope.desk.web._detail import SIDE
from anascope.desk.web._images import as_png
from anascope.desk.web._visitor import visitor
from anascope.errors import InputError
from anascope.images import stretched
from anascope.synthetic import I3A, draw_field, draw_specimen, drawable
from anascope.words import pattern_named

router = APIRouter(dependencies=[Depends(visitor)])
_drawing = Lock()


@router.get("/references/{name}.png")
def reference(name: str) -> Response:
    """Return drawn cells of a pattern."""
    leaves = drawable(pattern_named(name).name)
    if not leaves:
        raise InputError("pattern", f"'{name[:40]}' cannot be drawn", "another one")
    with _drawing:  # one after the other: readers wait for the rest of the page more than for this
        return Response(_drawn(leaves[0]), media_type="image/png")


@cache
def _drawn(leaf: str) -> bytes:
    rng = np.random.default_rng(1)
    specimen = draw_specimen(rng, leaf, "positive" if leaf != "negative" else "negative", I3A)
    field = draw_field(rng, specimen, (SIDE, SIDE))
    return as_png(Image.fromarray(stretched(field.image)))
