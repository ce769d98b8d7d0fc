"""What real images ask of a microscope, from measures of real and of drawn ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import wasserstein_distance

from anascope.synthetic.fit._measured import Measured
from anascope.synthetic.optics import Microscope


def border(fields: pd.DataFrame) -> float:
    """Return the fluorescence that best tells intermediate from positive fields.

    The middle, on a logarithmic scale, of the limits with the fewest fields on the wrong side.
    """
    bright = np.log(fields["inside_90"].to_numpy(float))
    positive = (fields["intensity"] == "positive").to_numpy()
    order = np.sort(bright)
    limits = (order[1:] + order[:-1]) / 2
    wrong = np.array([int(((bright > limit) != positive).sum()) for limit in limits])
    best = np.flatnonzero(wrong == wrong.min())
    return float(np.exp(limits[best].mean()))


def distances(real: Measured, drawn: Measured) -> dict[str, float]:
    """Return by pattern how far the levels of cells over the background are apart, in levels.

    The first Wasserstein distance of the histograms, each field or cell weighing the same.
    """
    by_pattern = {}
    for pattern in sorted(set(real.grey) & set(drawn.grey)):
        ours, theirs = real.grey[pattern], drawn.grey[pattern]
        at = np.arange(len(ours))
        by_pattern[pattern] = float(wasserstein_distance(at, at, ours, theirs))
    return by_pattern


def parameters_of(
    real: Measured, drawn: Measured, microscope: Microscope, table: pd.DataFrame
) -> pd.DataFrame:
    """Return what the real images ask of each parameter, and what the preset has.

    ``direct`` is read off the real images. ``by_ratio`` is the preset's value times what the
    same measure says of real images over what it says of drawn ones, which takes out what the
    measure itself gets wrong; it means nothing where the preset has 0.
    """
    quantities = table.set_index("quantity")
    parameters: list[tuple[str, float, str]] = [
        ("electrons_per_level", microscope.electrons_per_level, "noise: electrons_per_level"),
        ("read_noise", microscope.read_noise, "noise: read_noise"),
        ("noise_grain, down", microscope.noise_grain[0], "noise: grain_down"),
        ("noise_grain, across", microscope.noise_grain[1], "noise: grain_across"),
        ("nucleus_um", microscope.nucleus_um, "nucleus diameter µm [50%]"),
    ]
    ends = {"background": microscope.background}
    if real.whole_fields:
        ends["whole cells per mm²"] = microscope.nuclei_per_mm2
    names = {"background": "background, darkest tenth"}
    for name, limits in ends.items():
        for value, share in zip(limits, ("10%", "90%"), strict=True):
            parameters.append((f"{name}, {share}", value, f"{names.get(name, name)} [{share}]"))
    rows = []
    if real.whole_fields:
        pair = [border(measured.fields) for measured in (real, drawn)]
    else:  # nobody says which cells are positive: the middle of all
        pair = [
            float(quantities[which]["cells, 90% of pixels, all [50%]"])
            for which in ("real", "drawn")
        ]
    rows.append(_parameter_row("border_level", microscope.border_level, *pair))
    for name, has, key in parameters:
        rows.append(
            _parameter_row(
                name, has, float(quantities["real"][key]), float(quantities["drawn"][key])
            )
        )
    return pd.DataFrame(rows)


def _parameter_row(name: str, has: float, real: float, drawn: float) -> dict[str, Any]:
    by_ratio = has * real / drawn if drawn > 0 else float("nan")
    return {"parameter": name, "preset": has, "direct": real, "by_ratio": by_ratio}
