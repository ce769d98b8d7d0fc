"""All that is measured of a set of images, and what a table says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anascope.synthetic.fit._appearance import (
    BANDS,
    Shown,
    cell_table,
    field_spectrum,
    levels,
    rise,
    rise_numbers,
)
from anascope.synthetic.fit._noise import (
    NoiseGroup,
    fit_noise,
    group,
    groups_by_level,
    noise_of,
    pairing,
)

Floats = NDArray[np.float64]

WHOLE_CELL = ("cytoplasmic", "golgi")
"""Patterns whose masks show more than the nucleus."""

BAND_NAMES = tuple(
    f"{low:g} to {high:g}/µm" for low, high in zip(BANDS, (*BANDS[1:], np.inf), strict=True)
)

LOWEST = -50
"""First grey level over the background of the histograms."""

_BINS = 305  # levels of a histogram
_LEVEL_GROUPS = 10  # groups of cut-outs by the level of their background
_SHARES = (0.1, 0.5, 0.9)

_Quantities = Iterator[tuple[str, float]]


@dataclass(frozen=True)
class Measured:
    """All that was measured of a set.

    Attributes:
        fields: A row a field or cut-out: levels, rise of the light, counts.
        cells: A row a cell.
        noise: Noise of the background: of each field, or of cut-outs by level.
        spectra: Power by band, a row a field; no row for cut-outs.
        profiles: Light by distance from the border of the mask, a row a field or cut-out, over
            the fluorescence.
        grey: By pattern, histogram of the levels of cells over their background.
    """

    fields: pd.DataFrame
    cells: pd.DataFrame
    noise: list[NoiseGroup]
    spectra: Floats
    profiles: Floats
    grey: dict[str, Floats]

    @property
    def whole_fields(self) -> bool:
        """Whether these are fields, not cut-outs of cells."""
        return "whole" in self.fields

    @property
    def nuclei(self) -> pd.DataFrame:
        """The cells whose mask shows the nucleus."""
        return self.cells[~self.cells["pattern"].isin(WHOLE_CELL)]


def measure(shown: Iterable[Shown], side: int) -> Measured:
    """Measure a set; noise in squares of ``side`` pixels.

    Cut-outs without background, and cells fainter than it, are left out.
    """
    rows, cells, spectra, profiles = [], [], [], []
    noise: list[NoiseGroup | None] = []
    cut_outs = []
    grey: dict[str, Floats] = {}
    for view in shown:
        grey_levels = levels(view)
        if not np.isfinite(grey_levels["dark"]):
            continue
        of_cells = cell_table(view, grey_levels["dark"])
        profile = rise(view, grey_levels["dark"])
        row = {
            "name": view.name,
            "unit": view.unit,
            "pattern": view.pattern,
            "intensity": view.intensity,
            **grey_levels,
            **rise_numbers(profile),
        }
        if view.whole is not None:
            row |= _of_field(view, of_cells)
            spectra.append(field_spectrum(view))
            noise.append(group(*noise_of(view, side)))
        else:
            cut_outs.append(noise_of(view, side))
        rows.append(row)
        cells.append(of_cells)
        profiles.append(profile / max(grey_levels["inside_90"], 1.0))
        inside = view.image[view.cells].astype(np.int64) - round(grey_levels["dark"]) - LOWEST
        counted = np.bincount(np.clip(inside, 0, _BINS - 1), minlength=_BINS) / inside.size
        grey[view.pattern] = grey.get(view.pattern, np.zeros(_BINS)) + counted
    if cut_outs:
        level, power = (np.concatenate(arrays) for arrays in zip(*cut_outs, strict=True))
        noise.extend(groups_by_level(level, power, _LEVEL_GROUPS))
    return Measured(
        pd.DataFrame(rows),
        pd.concat([table for table in cells if len(table)], ignore_index=True),
        [noise_group for noise_group in noise if noise_group is not None],
        np.array(spectra),
        np.array(profiles),
        grey,
    )


def _of_field(shown: Shown, cells: pd.DataFrame) -> dict[str, Any]:
    """Return counts of a field, and how its neighbours are alike.

    Whole cells have their centres in the field less the width of a cell.
    """
    diameter = cells["diameter_um"].median() if len(cells) else 12.0
    height, width = (length * shown.pixel_um - diameter for length in shown.image.shape)
    return {
        "whole": shown.whole,
        "mitotic": shown.mitotic,
        "per_mm2": (shown.whole or 0) / (height * width * 1e-6),
        "covered": float(shown.cells.mean()),
        **{f"step {name}": value for name, value in pairing(shown).items()},
    }


def quantities(measured: Measured) -> dict[str, float]:
    """Return what the table says of a set, one number a row."""
    values = dict(_levels(measured))
    values.update(_sizes(measured))
    if measured.whole_fields:
        values.update(_counts(measured))
    values.update(_border(measured))
    for pattern, rows in measured.cells.groupby("pattern"):
        values[f"contrast inside cells, {pattern}"] = float(rows["contrast"].median())
    for name, value in fit_noise(measured.noise).items():
        values[f"noise: {name}"] = value
    values.update(_spectra(measured))
    return values


def _levels(measured: Measured) -> _Quantities:
    """Yield levels of background and cells: quantiles over fields of quantiles of pixels."""
    fields = measured.fields
    for name, values in (
        ("background, darkest tenth", fields["dark"]),
        ("outside cells, median over dark", fields["outside_50"] - fields["dark"]),
        ("outside cells, 90% over dark", fields["outside_90"] - fields["dark"]),
    ):
        yield from _quantiles(name, values)
    tables = {"all": fields}
    if measured.whole_fields:
        tables = {str(name): rows for name, rows in fields.groupby("intensity")}
    for intensity, rows in tables.items():
        for share in (10, 50, 90):
            yield from _quantiles(
                f"cells, {share}% of pixels, {intensity}", rows[f"inside_{share}"]
            )
    for pattern, rows in fields.groupby("pattern"):
        for share in (10, 90):
            ratio = rows[f"inside_{share}"] / rows["inside_50"]
            yield f"cells, {share}% over median of pixels, {pattern}", float(ratio.median())


def _sizes(measured: Measured) -> _Quantities:
    nuclei = measured.nuclei
    yield from _quantiles("nucleus diameter µm", nuclei["diameter_um"])
    if measured.whole_fields:
        logs = np.log(nuclei["diameter_um"]).groupby(nuclei["name"])
        yield "nucleus diameter, sd between fields (log)", float(logs.median().std())
        yield "nucleus diameter, sd within fields (log)", float(logs.std().median())
    yield from _quantiles("elongation", nuclei["elongation"])


def _counts(measured: Measured) -> _Quantities:
    fields, cells = measured.fields, measured.cells[measured.cells["brightness"] > 1]
    spread = np.log(cells["brightness"]).groupby(cells["name"]).std()
    yield "brightness of cells, sd within fields (log)", float(spread.median())
    yield from _quantiles("whole cells a field", fields["whole"])
    yield from _quantiles("whole cells per mm²", fields["per_mm2"])
    yield "share of mitotic cells", float(fields["mitotic"].sum() / fields["whole"].sum())
    yield "share of pixels in cells", float(fields["covered"].median())
    for name in ("across_2", "across_4", "down_2", "down_4"):
        yield f"steps between over within, {name}", float(fields[f"step {name}"].median())


def _border(measured: Measured) -> _Quantities:
    for name in ("at_um", "width_um", "halo"):
        yield f"rise at the border, {name}", float(measured.fields[name].median())
        for pattern, rows in measured.fields.groupby("pattern"):
            yield f"rise at the border, {name}, {pattern}", float(rows[name].median())


def _spectra(measured: Measured) -> _Quantities:
    for pattern, rows in measured.nuclei.groupby("pattern"):
        for band, name in enumerate(BAND_NAMES):
            if rows[f"band_{band}"].notna().any():
                power = float(rows[f"band_{band}"].median())
                yield f"power in nuclei, {pattern}, {name}", power
    if len(measured.spectra):
        for name, power in zip(BAND_NAMES, np.median(measured.spectra, axis=0), strict=True):
            yield f"power of fields, {name}", float(power)


def _quantiles(name: str, values: pd.Series[float]) -> _Quantities:
    for share in _SHARES:
        yield f"{name} [{share:.0%}]", float(values.quantile(share))
