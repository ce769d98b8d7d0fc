"""The figure of a fit: real against drawn, six measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter
from numpy.typing import NDArray

from anascope.colours import BLUE, ON_WHITE, VERMILION
from anascope.files import replacing
from anascope.synthetic.fit import BANDS, LOWEST, STEP_UM, Measured

REAL, DRAWN = BLUE, VERMILION

_SETTINGS: Any = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "svg.hashsalt": "anascope",
}
_TINIEST = 1e-7  # power; what a logarithm is taken of


def draw_fit(title: str, real: Measured, drawn: Measured, path: Path) -> None:
    """Draw the six measures into ``path`` with the endings svg and png."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes = list(figure.subplots(2, 3).flat)
        _fluorescence(axes[0], real, drawn)
        _levels(axes[1], real, drawn)
        _sizes(axes[2], real, drawn)
        _rise(axes[3], real, drawn)
        _power(axes[4], real, drawn)
        _noise(axes[5], real, drawn)
        axes[0].legend(loc="lower right")
        figure.suptitle(f"{title}: real (blue) and drawn (red)", x=0.01, ha="left", fontsize=9)
        path.parent.mkdir(parents=True, exist_ok=True)
        for ending, undated in (("svg", {"Date": None}), ("png", {"Software": None})):
            with replacing(path.with_suffix(f".{ending}")) as temporary:
                figure.savefig(temporary, dpi=160, metadata=undated)


def _fluorescence(axes: Axes, real: Measured, drawn: Measured) -> None:
    for name, found, colour in (("real", real, REAL), ("drawn", drawn, DRAWN)):
        values = np.sort(found.fields["inside_90"].to_numpy(float))
        axes.plot(values, np.linspace(0, 1, len(values)), color=colour, label=name)
    axes.set(xscale="log", xlabel="grey levels over background", ylabel="share")
    _plain_ticks(axes, "x", (10, 30, 100))
    axes.set_title("fluorescence of fields or cells")


def _levels(axes: Axes, real: Measured, drawn: Measured) -> None:
    for found, colour in ((real, REAL), (drawn, DRAWN)):
        total = np.sum(list(found.grey.values()), axis=0)
        axes.plot(LOWEST + np.arange(len(total)), total / total.sum(), color=colour)
    axes.set(xlim=(-10, 150), xlabel="grey levels over background", ylabel="share of pixels")
    axes.set_title("pixels of cells")


def _sizes(axes: Axes, real: Measured, drawn: Measured) -> None:
    for found, colour in ((real, REAL), (drawn, DRAWN)):
        sizes = found.nuclei["diameter_um"]
        bins = np.linspace(6, 24, 37).tolist()
        axes.hist(sizes, bins=bins, density=True, histtype="step", color=colour)
    axes.set(xlabel="µm", ylabel="density")
    axes.set_title("diameter of nuclei")


def _rise(axes: Axes, real: Measured, drawn: Measured) -> None:
    for found, colour in ((real, REAL), (drawn, DRAWN)):
        half = found.profiles.shape[1] // 2
        where = np.arange(-half, half + 1) * STEP_UM
        low, middle, high = np.nanquantile(found.profiles, (0.25, 0.5, 0.75), axis=0)
        axes.fill_between(where, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(where, middle, color=colour)
    axes.set(xlabel="µm inside the mask", ylabel="light over fluorescence")
    axes.set_title("light at the border of the mask")


def _power(axes: Axes, real: Measured, drawn: Measured) -> None:
    patterns = sorted(set(real.nuclei["pattern"]) & set(drawn.nuclei["pattern"]))
    bands = [f"band_{place}" for place in range(len(BANDS))]
    for place, pattern in enumerate(patterns):
        of = [_median_bands(found, pattern, bands) for found in (real, drawn)]
        ratio = np.log10(np.maximum(of[1], _TINIEST) / np.maximum(of[0], _TINIEST))
        colour = ON_WHITE[place % len(ON_WHITE)]
        axes.plot(BANDS, ratio, color=colour, marker="o", markersize=2.5, label=pattern)
    axes.axhline(0, color="#777777", linewidth=0.8)
    axes.set(xscale="log", ylim=(-1, 1.4))
    axes.set(xlabel="cycles per µm", ylabel="log10 of drawn over real")
    _plain_ticks(axes, "x", (0.2, 0.5, 1, 2))
    axes.set_title("power inside nuclei")
    axes.legend(fontsize=6, ncols=2, loc="upper center", columnspacing=1)


def _median_bands(found: Measured, pattern: str, bands: list[str]) -> NDArray[np.float64]:
    rows = found.nuclei[found.nuclei["pattern"] == pattern]
    return np.asarray(rows[bands].median().to_numpy(float))


def _noise(axes: Axes, real: Measured, drawn: Measured) -> None:
    for found, colour in ((real, REAL), (drawn, DRAWN)):
        side = found.noise[0].power.shape[0]
        frequency = np.abs(np.fft.fftfreq(side))
        counted = np.add.outer(frequency, frequency) >= 0.25
        power = [float(each.power[counted].mean()) for each in found.noise]
        axes.plot([each.level for each in found.noise], power, ".", color=colour, markersize=4)
    axes.set(yscale="log", xlabel="grey level of the background", ylabel="fine power")
    _plain_ticks(axes, "y", (0.1, 0.3, 1, 3))
    axes.set_title("noise where no cell is")


def _plain_ticks(axes: Axes, which: Literal["x", "y"], at: tuple[float, ...]) -> None:
    """Put plain numbers on a logarithmic axis."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axis.get_view_interval()
    axis.set_ticks(at)
    axis.set_major_formatter(ScalarFormatter())
    axis.set_minor_formatter(NullFormatter())
    low, high = min(limits[0], at[0]), max(limits[1], at[-1])
    axes.set(**{f"{which}lim": (low, high)})
