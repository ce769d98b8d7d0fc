"""Prepared cohorts as one source: what trains one network from several sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anascope.cohorts._cohort import Cohort
from anascope.cohorts.sources import Source, SourceField
from anascope.errors import InputError
from anascope.images import GreyImage
from anascope.records import FieldRecord


class MergedSource(Source):
    """The fields of several cohorts, those of the first first.

    Fields, patients and specimens are called ``COHORT/NAME``, so that none of one cohort is taken
    for one of another. A field without a patient stays without one.

    Args:
        cohorts: The cohorts, by the name that their fields get.
        name: Name of the cohort that they become.

    Raises:
        InputError: if there are fewer than two.
    """

    def __init__(self, cohorts: dict[str, Cohort], name: str) -> None:
        if len(cohorts) < 2:
            raise InputError("cohorts to merge", str(len(cohorts)), "at least two")
        super().__init__(Path())
        self._cohorts = cohorts
        self.gap = max(cohort.info.gap for cohort in cohorts.values())
        self.name = name

    @property
    def origin(self) -> str:
        """Which cohorts are merged, in words."""
        return "merged: " + ", ".join(
            f"{name} ({cohort.info.fingerprint[:12]})" for name, cohort in self._cohorts.items()
        )

    def __len__(self) -> int:
        return sum(map(len, self._cohorts.values()))

    def fields(self) -> Iterator[SourceField | InputError]:
        """Yield the fields, each with its cells."""
        for name, cohort in self._cohorts.items():
            for record in cohort.fields:
                yield _field(name, cohort, record)


def merged_names(paths: Sequence[str | Path]) -> dict[str, Path]:
    """Return the folders of cohorts by name: each folder's own.

    Raises:
        InputError: if two have the same name.
    """
    named: dict[str, Path] = {}
    for path in map(Path, paths):
        if path.name in named:
            raise InputError(path, f"a second cohort named '{path.name}'", "different folder names")
        named[path.name] = path
    return named


def _field(name: str, cohort: Cohort, record: FieldRecord) -> SourceField:
    def prefixed(word: str | None) -> str | None:
        return None if word is None else f"{name}/{word}"

    def read_mask(image: GreyImage) -> NDArray[np.uint8]:
        mask = cohort.mask(record)
        if mask is None:
            raise InputError(record.field, "no mask", "the mask that the table names")
        return mask

    def read_instances() -> NDArray[np.uint16]:
        instances = cohort.instances(record)
        if instances is None:
            raise InputError(record.field, "no instances", "those that the store names")
        return instances.astype(np.uint16)

    field = f"{name}/{record.field}"
    return SourceField(
        field=field,
        where=f"{cohort.path}, field {record.field}",
        source_image=f"{name}/{record.source_image}",
        read_image=partial(cohort.image, record),
        source_mask=prefixed(record.source_mask),
        read_mask=read_mask if record.has_mask else None,
        read_instances=read_instances if cohort.has_instances(record) else None,
        patient=prefixed(record.patient),
        specimen=prefixed(record.specimen),
        pattern=record.serum,
        intensity=record.intensity,
        pixel_size_um=record.pixel_size_um,
        cells=tuple(replace(cell, field=field) for cell in cohort.cells_of(record)),
    )
