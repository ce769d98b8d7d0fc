"""Pictures of fields and cells: nothing that a request names is taken for a path."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from anascope.desk.review import SpecimenView, view
from anascope.desk.web._detail import part_with_cells
from anascope.desk.web._fields import field_of, folder_of, in_order, stored_field
from anascope.desk.web._images import as_png
from anascope.desk.web._serving import serving
from anascope.desk.web._visitor import visitor
from anascope.desk.worklist import ReadField
from anascope.errors import InputError
from anascope.reading.results import row_of_cells

AT_ONCE = 60
"""Cells in one row of small pictures."""

router = APIRouter(prefix="/specimens/{specimen}/fields/{number}", dependencies=[Depends(visitor)])


def _view(request: Request, specimen: int) -> SpecimenView:
    return view(serving(request).database, specimen)


View = Annotated[SpecimenView, Depends(_view)]


def _field(found: View, number: int) -> ReadField:
    return field_of(found, number)


Field = Annotated[ReadField, Depends(_field)]


@router.get("/tiles/{level}/{column}_{row}.png")
def tile(request: Request, field: Field, level: int, column: int, row: int) -> Response:
    """Return a tile of the viewer."""
    return _png(serving(request).images.shown(field).tile(level, column, row))


@router.get("/cells/{first}.png")
def cells(request: Request, found: View, field: Field, first: int) -> Response:
    """Return a row of small pictures of cells, from one of them on, in their order."""
    wanted = in_order(stored_field(found, field))[first : first + AT_ONCE] if first >= 0 else []
    if not wanted:
        raise InputError("cells", f"none from {first} on", f"at most {field.cells}")
    grey = serving(request).images.shown(field).grey
    return _png(as_png(row_of_cells(grey, wanted)))


@router.get("/detail.png")
def detail(request: Request, found: View, field: Field) -> Response:
    """Return a square part of the field with many cells, as large as a drawn reference picture."""
    shown = serving(request).images.shown(field)
    return _png(as_png(part_with_cells(shown.grey, stored_field(found, field))))


@router.get("/thumbnail.jpg")
def thumbnail(found: View, field: Field) -> Response:
    """Return the small picture with outlines."""
    return _file(folder_of(found, field) / "thumbnail.jpg", "image/jpeg")


@router.get("/heat.jpg")
def heat(found: View, field: Field) -> Response:
    """Return the heat map."""
    return _file(folder_of(found, field) / "heat.jpg", "image/jpeg")


@router.get("/outlines.json")
def outlines(found: View, field: Field) -> Response:
    """Return the outlines of the cells as GeoJSON, in pixels."""
    stored_field(found, field)  # of the same reading
    return _file(folder_of(found, field) / "outlines.geojson", "application/geo+json")


def _png(content: bytes) -> Response:
    return Response(content, media_type="image/png")


def _file(path: Path, media_type: str) -> Response:
    try:
        return Response(path.read_bytes(), media_type=media_type)
    except OSError as error:
        raise InputError(
            path, f"cannot be read ({error.strerror})", "the results of reading"
        ) from None
