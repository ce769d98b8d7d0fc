"""What quality control measures on good fields and on blurred ones, which sets its limits.

    python -m benchmarks.data.quality_limits --cohort mivia --pixel-size-um 0.16125

Takes every field of a prepared cohort with its mask, and drawn ones of every stain and microscope;
blurs each by known amounts, lays noise like the field's own over it, and measures it again. Writes
results/quality-limits.json.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.reading import QUALITY_LIMITS, FieldMeasures, measure_field
from anascope.records import MaskValue
from anascope.synthetic import I3A, MIVIA, STAINS, draw_field, draw_specimen
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

BLURS_UM = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)  # standard deviations
SHAPE = (700, 900)  # of drawn fields
TIMED = 5  # fields on which the time is taken
_GRAIN = (0.55, 0.75)  # deviations, in pixels, of the grain of the MIVIA camera's noise

Field = tuple[str, NDArray[Any], NDArray[np.int32], float]


def real_fields(path: str, pixel_size_um: float | None) -> Iterator[Field]:
    """Yield name, pixels, cells and pixel size of each field of a cohort that has a mask."""
    cohort = Cohort.open(path)
    for record in cohort.fields:
        mask = cohort.mask(record)
        size = record.pixel_size_um or pixel_size_um
        if mask is not None and size is not None:
            labels, _ = ndimage.label(mask == MaskValue.CELL)
            name = f"{record.field} {record.pattern}"
            yield name, cohort.image(record), labels.astype(np.int32), size


def drawn_fields(seed: int) -> Iterator[Field]:
    """Yield a positive field of every stain and microscope."""
    for microscope in (I3A, MIVIA):
        for stain in STAINS:
            specimen = draw_specimen(
                np.random.default_rng([seed, 0]), stain, "positive", microscope
            )
            field = draw_field(np.random.default_rng([seed, 1]), specimen, SHAPE)
            name = f"{microscope.name} {stain}"
            yield name, field.image, field.instances.astype(np.int32), microscope.pixel_size_um


def blurred(rng: np.random.Generator, pixels: NDArray[Any], sigma: float) -> NDArray[np.uint8]:
    """Blur a field by ``sigma`` pixels and lay noise over it as it had before."""
    if sigma == 0:
        return pixels.astype(np.uint8)
    signal = pixels.astype(np.float32)
    fine = signal - ndimage.gaussian_filter(signal, 1.5)
    strength = 1.4826 * np.median(np.abs(fine))
    noise = ndimage.gaussian_filter(rng.normal(size=signal.shape), _GRAIN)
    noise *= strength / noise.std()
    result = ndimage.gaussian_filter(signal, sigma) + noise
    return np.clip(np.round(result), 0, 255).astype(np.uint8)


def measured(fields: Iterator[Field]) -> list[dict[str, Any]]:
    """Measure each field at each blur."""
    rng = np.random.default_rng(0)
    rows = []
    for name, pixels, labels, size in fields:
        blurs = {}
        for blur in BLURS_UM:
            found = measure_field(blurred(rng, pixels, blur / size), labels, size)
            blurs[f"{blur}"] = found.blur_um
            if blur == 0:
                rows.append({"field": name, **as_row(found, size), "blur_um_at": blurs})
    return rows


def as_row(found: FieldMeasures, size: float) -> dict[str, Any]:
    """Return measures of a field in the units of the limits."""
    row = asdict(found)
    return row | {"diameter_um": found.diameter * size}


def spread(values: list[float]) -> dict[str, float]:
    """Return the least, quartiles and the most."""
    points = np.quantile(values, (0, 0.25, 0.5, 0.75, 1))
    return dict(zip(("min", "lower", "median", "upper", "max"), points.tolist(), strict=True))


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the spread of every value, and the share of fields over the limit at each blur."""
    names = ("blur_um", "saturated", "brightness", "cells", "diameter_um", "clipped")
    result: dict[str, Any] = {
        name: spread([row[name] for row in rows if row[name] is not None]) for name in names
    }
    result["blurred_by_um"] = {}
    for blur in BLURS_UM:
        widths = [row["blur_um_at"][f"{blur}"] for row in rows]
        known = [value for value in widths if value is not None]
        result["blurred_by_um"][f"{blur}"] = {
            **spread(known),
            "told": len(known) / len(widths),
            "flagged": sum(value > QUALITY_LIMITS.blur_um for value in known) / len(widths),
        }
    return result


def milliseconds(fields: list[Field]) -> dict[str, float]:
    """Return the shortest and the median time of measuring a field."""
    times = []
    for _, pixels, labels, size in fields:
        began = time.perf_counter()
        measure_field(pixels, labels, size)
        times.append(1000 * (time.perf_counter() - began))
    return {"shortest": min(times), "median": float(np.median(times))}


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--cohort", required=True, help="prepared cohort of real fields with masks")
    parser.add_argument("--pixel-size-um", type=float, help="where the cohort does not say it")
    parser.add_argument("--seed", type=int, default=3, help="of the drawn fields")
    options = parser.parse_args()
    real = list(real_fields(options.cohort, options.pixel_size_um))
    rows = {"real": measured(iter(real)), "drawn": measured(drawn_fields(options.seed))}
    result = {
        **environment(seed=options.seed, shape=SHAPE),
        "limits": asdict(QUALITY_LIMITS),
        "milliseconds": milliseconds(real[:TIMED]),
        **{kind: summary(found) for kind, found in rows.items()},
        "fields": rows,
    }
    write_json(options.out / "quality-limits.json", result)
    for kind in rows:
        for blur, found in result[kind]["blurred_by_um"].items():
            print(f"{kind} blurred by {blur} µm: {found['flagged']:.0%} flagged")


if __name__ == "__main__":
    main()
