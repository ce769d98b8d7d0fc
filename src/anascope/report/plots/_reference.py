"""Reference images: what each pattern looks like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from anascope.images import GreyImage, bar_length_um, stretched
from anascope.report.plots._panels import beside, require_some, small_multiples, wrapped
from anascope.report.plots._style import PAGE_WIDTH, Paths, save

_LARGEST = 4.0  # inches


@dataclass(frozen=True, eq=False)
class ReferenceImage:
    """An image to draw.

    Attributes:
        title: Stands over it.
        caption: Stands below it; may be empty.
        image: Signal, axes (y, x).
        pixel_size_um: Size of a pixel of the specimen in µm, or None where it is not known:
            then there is no scale bar.

    Raises:
        ValueError: if the image has no pixels or not two axes, or the pixel size is not
            positive.
    """

    title: str
    caption: str
    image: GreyImage
    pixel_size_um: float | None

    def __post_init__(self) -> None:
        """Check the image and the pixel size."""
        if self.image.ndim != 2 or not self.image.size:
            raise ValueError(f"image must be (y, x); found {self.image.shape}")
        if self.pixel_size_um is not None and not 0 < self.pixel_size_um < math.inf:
            raise ValueError(f"pixel_size_um must be positive or None; found {self.pixel_size_um}")


def draw_reference(images: Sequence[ReferenceImage], path: Paths, *, columns: int = 4) -> None:
    """Draw images in grey, each with its contrast stretched and a scale bar.

    Do not compare brightness between images: each has its own stretch.

    Args:
        images: What to draw.
        path: The picture to write, PNG or SVG by its ending; of several, each.
        columns: Images beside each other.

    Raises:
        ValueError: if there is nothing to draw.
    """
    save(reference_figure(images, columns=columns), path)


def reference_figure(images: Sequence[ReferenceImage], *, columns: int = 4) -> Figure:
    """Return the figure that :func:`draw_reference` writes."""
    require_some(images, "image")
    columns = beside(len(images), columns)
    inches = PAGE_WIDTH / columns - 0.1
    titles = [wrapped(image.title, inches) for image in images]
    captions = [wrapped(image.caption, inches) for image in images]
    lines = max(title.count("\n") for title in titles) + max(c.count("\n") for c in captions) + 2
    aspect = max(image.image.shape[0] / image.image.shape[1] for image in images)
    height = min(inches, _LARGEST) * aspect + 0.16 * lines + 0.15
    with small_multiples(len(images), columns, height=height, share=False) as (figure, grid):
        for axes, image, title, caption in zip(grid, images, titles, captions, strict=True):
            axes.imshow(stretched(image.image), cmap="gray", vmin=0, vmax=255)
            axes.set_anchor("NW")
            axes.set_title(title)
            axes.set_xlabel(caption, loc="left")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set_visible(False)
            if image.pixel_size_um is not None:
                _scale_bar(axes, image.image.shape, image.pixel_size_um)
        return figure


def _scale_bar(axes: Axes, shape: tuple[int, ...], pixel_size_um: float) -> None:
    height, width = shape
    length_um = bar_length_um(width, pixel_size_um)
    length = length_um / pixel_size_um
    margin, thickness = 0.04 * width, 0.015 * width
    x, y = width - margin - length - 0.5, height - margin - thickness - 0.5
    bar = Rectangle((x, y), length, thickness, facecolor="white", edgecolor="black", linewidth=0.5)
    axes.add_patch(bar)
    axes.text(
        x + length,
        y - 0.01 * width,
        f"{length_um:g} µm",
        color="white",
        ha="right",  # over the middle of a short bar, it would leave the image
        va="bottom",
        # White letters are lost on a bright cell without it.
        path_effects=[withStroke(linewidth=1.5, foreground="black")],
    )
