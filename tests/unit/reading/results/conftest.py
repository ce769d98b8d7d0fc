"""Readings that nobody read, and fields to go with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray

from anascope.reading import (
    UNDECIDED,
    CellReading,
    Decision,
    Evaluability,
    FieldArrays,
    FieldReading,
    Flag,
    Provenance,
    QualityFlag,
    SpecimenReading,
)
from anascope.reading._by_place import in_mitosis
from anascope.reading._records import MOST_SHOWN
from anascope.words import pattern_named

CLASSES = ("homogeneous", "fine speckled", "coarse speckled", "numa-like", "golgi")
FAMILIES = ("nuclear", "cytoplasmic", "mitotic")
LEVELS = ("negative", "intermediate", "positive")
SHAPE = (120, 160)
HOSTILE = "</script><script>alert(1)</script><!-- & \" '"


def codes(*patterns: str) -> tuple[str, ...]:
    return tuple(code for name in patterns for code in pattern_named(name).codes)


def made_up_decision(pattern: str = "homogeneous", *, others: tuple[str, ...] = ()) -> Decision:
    """Return a decision for a pattern; undecided if others are in the set too."""
    rest = 0.1 / (len(CLASSES) - 1)
    patterns = {name: 0.9 if name == pattern else rest for name in CLASSES}
    inside = {
        family: sum(
            share
            for name, share in patterns.items()
            if pattern_named(name).leaves <= pattern_named(family).leaves
        )
        for family in FAMILIES
    }
    return Decision(
        pattern=UNDECIDED if others else pattern,
        codes=codes(pattern, *others),
        likeliest=pattern,
        patterns=patterns,
        families=inside,
        pattern_set=(pattern, *others),
        coverage=0.9,
        intensity="positive",
        intensities=dict(zip(LEVELS, (0.1, 0.2, 0.7), strict=True)),
        calibrated=True,
    )


def made_up_mixture(first: str = "homogeneous", second: str = "golgi") -> Decision:
    """Return the decision that a serum shows two patterns."""
    return replace(
        made_up_decision(first),
        pattern=f"{first} + {second}",
        codes=codes(first, second),
        pattern_set=(first, second),
        mixed=0.875,
    )


def blobs(seed: int, shape: tuple[int, int] = SHAPE, count: int = 12) -> NDArray[np.int32]:
    """Return a label mask of ellipses, some of which touch, or are cut by the border."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: shape[0], : shape[1]]
    labels = np.zeros(shape, np.int32)
    for number in range(1, count + 1):
        middle = rng.uniform(0, shape)
        axes = rng.uniform(6, 14, size=2)
        inside = ((y - middle[0]) / axes[0]) ** 2 + ((x - middle[1]) / axes[1]) ** 2 <= 1
        labels[inside & (labels == 0)] = number
    return labels


def cells_of(labels: NDArray[np.int32], *, told: bool = True) -> tuple[CellReading, ...]:
    rng = np.random.default_rng(int(labels.sum()))
    cells = []
    for number in np.unique(labels[labels > 0]):
        y, x = np.nonzero(labels == number)
        cells.append(
            CellReading(
                cell=int(number),
                y=float(y.mean()),
                x=float(x.mean()),
                min_y=int(y.min()),
                min_x=int(x.min()),
                max_y=int(y.max()),
                max_x=int(x.max()),
                area=len(y),
                area_um2=len(y) * 0.09 if told else None,
                brightness=float(rng.uniform(5, 300)),
                mitotic=float(number % 5 == 0) if told else None,
                phase=("metaphase" if number % 5 == 0 else "interphase") if told else None,
                chromatin="stained" if told and number % 5 == 0 else None,
                pattern=CLASSES[int(number) % len(CLASSES)] if told else None,
                pattern_probability=float(rng.uniform(0.5, 1)) if told else None,
                at_border=bool((y == 0).any() or (x == 0).any()),
            )
        )
    return tuple(cells)


@dataclass(frozen=True)
class MadeUp:
    """A field that nobody read."""

    reading: FieldReading
    arrays: FieldArrays


def made_up_field(
    field: str = "F-1",
    specimen: str = "S-1",
    *,
    seed: int = 0,
    told: bool = True,
    quality: tuple[QualityFlag, ...] = (),
    decision: Decision | None = None,
) -> MadeUp:
    """Return a field; ``told`` says whether model and file tell all that they may."""
    rng = np.random.default_rng(seed)
    labels = blobs(seed)
    signal = rng.integers(10, 40, SHAPE) + 120 * (labels > 0)
    cells = cells_of(labels, told=told)
    reading = FieldReading(
        field=field,
        specimen=specimen,
        source=f"{field}.tif",
        provenance=Provenance(
            file=f"file:///images/{quote(field)}.tif",
            sha256=f"{seed:064x}",
            page=1,
            pages=1,
            channel=None,
            channel_asked=None,
            full_scale=4095,
            full_scale_from="values",
            brightest=4000.0,
            pixel_size_from="file" if told else None,
            specimen=f"name:{specimen}",
            model="m" * 64,
        ),
        height=SHAPE[0],
        width=SHAPE[1],
        pixel_size_um=0.3 if told else None,
        evaluability=Evaluability(True),
        decision=decision or made_up_decision(),
        cells=cells,
        mitotic_figures=sum((cell.mitotic or 0) >= 0.5 for cell in cells) if told else None,
        quality=quality,
        dividing=in_mitosis(cells)[:MOST_SHOWN],
        seconds={"decode": 0.01, "network": 0.2},
    )
    heat = rng.uniform(size=(len(CLASSES), 6, 8)).astype(np.float32)
    arrays = FieldArrays(
        signal=signal.astype(np.uint8),
        labels=labels,
        mask=(labels > 0).astype(np.float32),
        heat=heat if told else None,
        place=(SHAPE[0] / 6, SHAPE[1] / 8),
    )
    return MadeUp(reading, arrays)


def made_up_specimen(*fields: FieldReading, decision: Decision | None = None) -> SpecimenReading:
    told = [field.mitotic_figures for field in fields]
    return SpecimenReading(
        specimen=fields[0].specimen,
        decision=decision or fields[0].decision,
        fields=tuple(field.field for field in fields),
        not_evaluable={
            field.field: field.evaluability.reason
            for field in fields
            if field.evaluability.reason is not None
        },
        cells=sum(len(field.cells) for field in fields),
        mitotic_figures=None if None in told else sum(count or 0 for count in told),
        flagged=sum(bool(field.quality) for field in fields),
    )


BLURRED = QualityFlag(Flag.OUT_OF_FOCUS, 0.123, 0.2, "", "Focus anew.")
UNSCALED = QualityFlag(Flag.NO_PIXEL_SIZE, float("nan"), float("nan"), "µm", "Give it.")


@pytest.fixture
def made_up() -> Callable[..., MadeUp]:
    return made_up_field
