"""A cohort of single cells as a source of fields: mosaics of real cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts._cohort import Cohort
from anascope.cohorts._gaps import fields_in_gaps
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

FIELDS_A_SPECIMEN = 4
"""Mosaics of each specimen: as many as the published set has fields."""


@dataclass(frozen=True)
class _Planned:
    """A mosaic to lay: its cells and the rows of its lattice."""

    name: str
    records: tuple[FieldRecord, ...]
    rows: int
    seed: tuple[int, int]


class MosaicSource(Source):
    """Fields that are composed of the cells of a cohort; every cell is on one of them.

    A mosaic has cells of one pattern, intensity, patient and specimen that are neighbours in the
    cohort; its own patient and specimen are theirs. Each specimen fills the same number of fields.
    If it has fewer cells than these have room for, cells are repeated on the same field in other
    orientations. Cells without a specimen are used once each; if their patient is unknown, too, no
    split of their mosaics is by patient.

    If specimens are recovered, the cells beside their borders are left out, as many as folds of the
    cohort leave out. Therefore folds of the mosaics need no gap.

    Args:
        cells: A cohort of single cells, one a field, with masks.
        shape: Height and width of a mosaic in pixels.
        seed: Seed of positions and rotations.
        touching: Range of the share of cells that touch another or lie over it, drawn for each
            mosaic. It may be more if there is no room.
        hidden: Largest share of the smaller of two such cells that the later one may hide.
        fields_a_specimen: Mosaics of each specimen; fewer of one that has fewer cells.
        name: Name of the cohort that they become.

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
        fields_a_specimen: int = FIELDS_A_SPECIMEN,
        name: str = "",
    ) -> None:
        super().__init__(cells.path)
        self.name = name or f"{cells.info.name}, mosaics"
        self._cells = cells
        self._shape = shape
        self._seed = seed
        self._touching = touching
        self._hidden = hidden
        self._fields_a_specimen = fields_a_specimen
        if fields_a_specimen < 1:
            raise InputError("fields_a_specimen", str(fields_a_specimen), "at least 1")
        if cells.info.gap:
            self.notes = (
                f"specimens are those of {cells.info.name}, which are recovered, not published; "
                f"{cells.info.gap} cells on each side of a border are left out",
            )
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
        near = set(fields_in_gaps(usable, cells.info.gap))
        self._usable = [record for record in usable if record.field not in near]
        if not self._usable:
            raise InputError(cells.path, "no cell far from a border", "larger specimens")

    @property
    def origin(self) -> str:
        """Which cells are used, in words."""
        height, width = self._shape
        least, most = self._touching
        return (
            f"mosaics of {self._cells.info.name} ({self._cells.info.fingerprint[:12]}), "
            f"{height}x{width}, seed {self._seed}, {self._fields_a_specimen} of a specimen, "
            f"{least:g} to {most:g} of the cells touching, "
            f"{self._hidden:g} hidden at most"
        )

    def __len__(self) -> int:
        return len(self._planned)

    def fields(self) -> Iterator[SourceField | InputError]:
        """Compose and yield the mosaics in order."""
        for planned in self._planned:
            yield self._field(planned)

    @cached_property
    def _planned(self) -> tuple[_Planned, ...]:
        groups: dict[tuple[object, ...], list[FieldRecord]] = defaultdict(list)
        for record in self._usable:
            whose = (record.patient, record.specimen)
            key = (record.serum, record.intensity, *whose, record.pixel_size_um)
            groups[*key, record.full_scale].append(record)
        planned: list[_Planned] = []
        for group, records in enumerate(groups.values()):
            rng = np.random.default_rng([self._seed, group])
            if records[0].specimen is not None:
                for cells, lines in self._of_specimen(rng, records):
                    name = f"{len(planned) + 1:04d}"
                    planned.append(_Planned(name, cells, lines, (self._seed, len(planned))))
                continue
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

    def _of_specimen(
        self, rng: np.random.Generator, records: Sequence[FieldRecord]
    ) -> Iterator[tuple[tuple[FieldRecord, ...], int]]:
        """Yield the cells and rows of each mosaic of a specimen; none of its cells is left out."""
        mosaics = min(self._fields_a_specimen, len(records))
        starts = np.linspace(0, len(records), mosaics + 1).round().astype(int)
        for start, stop in pairwise(starts):
            cells = records[start:stop]
            rows, columns = self._lattice(rng, cells)
            if rows * columns < len(cells):  # no room for all: closer to each other
                height, width = self._shape
                rows = max(round((len(cells) * height / width) ** 0.5), 1)
                columns = -(-len(cells) // rows)
            again = rng.permutation(np.resize(np.arange(len(cells)), rows * columns))
            yield tuple(cells[index] for index in again), rows

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
            pattern=first.serum,
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
            raise InputError(record.field, "no mask", "the mask that the table names")
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
            other_patterns=record.other_patterns,
            intensity=record.intensity,
            min_y=box[0].start,
            min_x=box[1].start,
            max_y=box[0].stop - 1,
            max_x=box[1].stop - 1,
        )
