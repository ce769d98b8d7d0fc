"""A cohort of single cells as a source of fields: mosaics of real cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts._cohort import Cohort
from anascope.cohorts.composed._layout import CutOut, lay_mosaic
from anascope.cohorts.composed._places import Closeness
from anascope.cohorts.sources import Source, SourceField
from anascope.errors import InputError
from anascope.images import GreyImage, plain_mask
from anascope.records import CellRecord, FieldRecord, MaskValue

_PITCH = (0.75, 1.35)  # of the lattice, as a share of a typical cut-out: from crowded to sparse

TOUCHING = (0.19, 0.46)
"""Share of the cells of a mosaic that touch another, from and to: as in the middle 8 of 10 of the
62 real fields of I3A Task 2, where 31% of 9,317 nuclei do. In mosaics of the cells of Task 1 it is
34% (results/touching.json)."""

HIDDEN = 0.2
"""Share of the smaller of two cells that is hidden at most. Nuclei that touch another show 5% less
area than those that lie alone in the same fields, and 4% less in mosaics."""


@dataclass(frozen=True)
class _Planned:
    """A mosaic to lay: its cells and the rows of its lattice."""

    name: str
    records: tuple[FieldRecord, ...]
    rows: int
    seed: tuple[int, int]


class MosaicSource(Source):
    """Fields laid out of the cells of a cohort; every cell is on one of them, once.

    A mosaic has cells of one pattern, intensity and patient, and takes those that stand beside
    each other in the cohort, for they are often of one specimen. Its own patient is theirs; where
    nobody said whose a cell is, it has none, and no split of such mosaics is by patient.

    Args:
        cells: A cohort of single cells, one a field, with masks.
        shape: Height and width of a mosaic in pixels.
        seed: Of places and turns.
        touching: Share of cells that touch another or lie over it, from and to: of each mosaic by
            chance. Where cells are crowded it may be more, for want of room.
        hidden: Share of the smaller of two such cells that is hidden at most, by the later one.
        name: Of the cohort that they become.

    Raises:
        InputError: if the cohort has no cell with a mask and a pattern, or the shape is smaller
            than a cell, or a share is none.
    """

    def __init__(
        self,
        cells: Cohort,
        shape: tuple[int, int] = (480, 640),
        *,
        seed: int = 0,
        touching: tuple[float, float] = TOUCHING,
        hidden: float = HIDDEN,
        name: str = "",
    ) -> None:
        super().__init__(cells.path)
        self.name = name or f"{cells.info.name}, mosaics"
        self._cells = cells
        self._shape = shape
        self._seed = seed
        self._touching = touching
        self._hidden = hidden
        if not 0 <= touching[0] <= touching[1] <= 1:
            raise InputError("touching", f"{touching[0]} to {touching[1]}", "two shares in order")
        if not 0 <= hidden < 1:
            raise InputError("hidden", f"{hidden}", "a share under 1")
        usable = [record for record in cells.fields if record.has_mask and record.pattern]
        if not usable:
            raise InputError(cells.path, "no cell with mask and pattern", "at least one")
        largest = max(max(r.window.height, r.window.width) for r in usable)
        if min(shape) < largest:
            found = f"{shape[0]}x{shape[1]}, and a cell of {largest} pixels"
            raise InputError("shape", found, "mosaics larger than a cell")
        self._usable = usable

    @property
    def origin(self) -> str:
        """Which cells are laid out, in words."""
        height, width = self._shape
        least, most = self._touching
        return (
            f"mosaics of {self._cells.info.name} ({self._cells.info.fingerprint[:12]}), "
            f"{height}x{width}, seed {self._seed}, {least:g} to {most:g} of the cells touching, "
            f"{self._hidden:g} hidden at most"
        )

    def __len__(self) -> int:
        return len(self._planned)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Lay and yield the mosaics in order."""
        for planned in self._planned:
            yield self._field(planned)

    @cached_property
    def _planned(self) -> tuple[_Planned, ...]:
        groups: dict[tuple[object, ...], list[FieldRecord]] = defaultdict(list)
        for record in self._usable:
            key = (record.pattern, record.intensity, record.patient, record.pixel_size_um)
            groups[*key, record.full_scale].append(record)
        planned: list[_Planned] = []
        for group, records in enumerate(groups.values()):
            rng = np.random.default_rng([self._seed, group])
            while records:
                rows, columns = self._lattice(rng, records)
                chosen, records = records[: rows * columns], records[rows * columns :]
                rows = min(rows, len(chosen))
                laid = len(chosen) // rows * rows  # the last of a group may fill rows in part
                records = [*chosen[laid:], *records]
                name = f"{len(planned) + 1:04d}"
                seed = (self._seed, len(planned))
                planned.append(_Planned(name, tuple(chosen[:laid]), rows, seed))
        return tuple(planned)

    def _lattice(self, rng: np.random.Generator, records: Sequence[FieldRecord]) -> tuple[int, int]:
        sides = [(r.window.height * r.window.width) ** 0.5 for r in records[:50]]
        pitch = float(np.median(sides)) * float(rng.uniform(*_PITCH))
        rows, columns = (max(round(side / pitch), 1) for side in self._shape)
        return rows, columns

    def _field(self, planned: _Planned) -> SourceField:
        first = planned.records[0]
        image, instances = self._laid(planned, first)
        return SourceField(
            field=planned.name,
            where=f"{self._cells.path}, mosaic {planned.name}",
            source_image=f"mosaic {planned.name}",
            read_image=lambda: image,
            source_mask=f"mosaic {planned.name}",
            read_mask=partial(_mask_of, instances),
            read_instances=lambda: instances,
            patient=first.patient,
            specimen=first.specimen,
            pattern=first.pattern,
            intensity=first.intensity,
            pixel_size_um=first.pixel_size_um,
            cells=tuple(_cells(planned, instances)),
        )

    def _laid(self, planned: _Planned, first: FieldRecord) -> tuple[GreyImage, NDArray[np.uint16]]:
        rng = np.random.default_rng([*planned.seed, 1])
        cut_outs = [self._cut_out(record) for record in planned.records]
        closeness = Closeness(float(rng.uniform(*self._touching)), self._hidden)
        grey, instances = lay_mosaic(rng, cut_outs, planned.rows, self._shape, closeness)
        levels = np.clip(np.rint(grey), 0, first.full_scale)
        if first.full_scale <= 255:
            return levels.astype(np.uint8), instances
        return levels.astype(np.uint16), instances

    def _cut_out(self, record: FieldRecord) -> CutOut:
        mask = self._cells.mask(record)
        if mask is None:
            raise InputError(record.field, "no mask", "the mask that the table speaks of")
        return CutOut(self._cells.image(record), mask == MaskValue.CELL)


def _mask_of(instances: NDArray[np.uint16], image: GreyImage) -> NDArray[np.uint8]:
    return plain_mask(instances > 0)


def _cells(planned: _Planned, instances: NDArray[np.uint16]) -> Iterator[CellRecord]:
    for number, box in enumerate(ndimage.find_objects(instances), start=1):
        if not box:  # hidden, or off the field
            continue
        record = planned.records[number - 1]
        yield CellRecord(
            field=planned.name,
            cell=str(number),
            kind="cell",
            pattern=record.pattern,
            intensity=record.intensity,
            min_y=box[0].start,
            min_x=box[1].start,
            max_y=box[0].stop - 1,
            max_x=box[1].stop - 1,
        )
