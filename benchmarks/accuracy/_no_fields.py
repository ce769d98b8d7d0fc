"""Pictures that are no evaluable field of HEp-2 cells, each made by code from a seed.

Photographs, texts and histology are those that scikit-image, scikit-learn and matplotlib ship.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from scipy.spatial import KDTree

Grey = NDArray[np.uint8]

PIXEL_UM = 0.3225
"""Side of a pixel of pictures that have none: a 20× objective, as the shipped networks see."""
SHAPE = (520, 694)  # pixels of most of them: a MIVIA field at that pixel size
BLUR = 12.0  # pixels of a real field by which it is blurred beyond reading
_WINDOW = 200  # pixels of a piece of a field that has no cell, at that pixel size

_PHOTOGRAPHS = (
    "astronaut.png", "brick.png", "camera.png", "chelsea.png", "clock_motion.png", "coffee.png",
    "coins.png", "grass.png", "gravel.png", "hubble_deep_field.jpg", "moon.png",
    "motorcycle_left.png", "rocket.jpg",
)  # fmt: skip
_DRAWINGS = ("chessboard_GRAY.png", "color.png", "horse.png", "logo.png", "phantom.png")
_MEDICAL = ("ihc.png", "microaneurysms.png", "retina.jpg", "cell.png")
_TEXTS = ("page.png", "text.png")


@dataclass(frozen=True)
class Case:
    """A picture to read.

    Attributes:
        kind: What sort of picture.
        name: Which one.
        source: What it was made from: pictures of one source are never on both sides.
        pixels: (y, x), or what draws them when they are needed.
        pixel_size_um: Micrometres.
    """

    kind: str
    name: str
    source: str
    pixels: NDArray[Any] | Callable[[], NDArray[Any]]
    pixel_size_um: float = PIXEL_UM

    @property
    def image(self) -> NDArray[Any]:
        """Its pixels, drawn if they are not there yet."""
        return self.pixels() if callable(self.pixels) else self.pixels


def pictures(seed: int) -> Iterator[Case]:
    """Yield all that is made of no field: blank, noise, gradients, photographs and drawings."""
    for make in (_blank, _noise, _gradients, _shipped, _texts, _shapes, _tilings):
        yield from make(np.random.default_rng([seed, len(make.__name__)]))


def _case(kind: str, name: str, values: NDArray[Any], source: str = "") -> Case:
    return Case(kind, name, source or f"{kind} {name}", as_grey(values))


def as_grey(values: NDArray[Any]) -> Grey:
    """Return values as grey levels, those beyond the range being cut off."""
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _blank(rng: np.random.Generator) -> Iterator[Case]:
    for level in (0, 1, 12, 60, 128, 200, 254, 255):
        yield _case("blank", f"constant {level}", np.full(SHAPE, level))
    for level, noise in ((0, 1.0), (3, 1.0), (12, 2.0), (20, 4.0), (60, 3.0), (250, 3.0)):
        values = level + rng.normal(0, noise, SHAPE)
        yield _case("blank", f"camera noise {noise:g} on {level}", values)
    for sixteen in (0, 300, 65535):
        pixels = np.full(SHAPE, sixteen, np.uint16)
        yield Case("blank", f"constant {sixteen} of 16 bits", f"blank 16 {sixteen}", pixels)


def _noise(rng: np.random.Generator) -> Iterator[Case]:
    for spread in (5, 20, 60):
        yield _case("noise", f"normal {spread}", 100 + rng.normal(0, spread, SHAPE))
    yield _case("noise", "uniform", rng.uniform(0, 255, SHAPE))
    for mean in (1, 5, 30):
        yield _case("noise", f"Poisson {mean}", rng.poisson(mean, SHAPE) * (100 / mean))
    for share in (0.001, 0.02, 0.2):
        yield _case("noise", f"salt {share}", 255 * (rng.random(SHAPE) < share))
    for width in (1, 2, 4, 8, 12, 16, 24, 32, 48):
        smooth = ndimage.gaussian_filter(rng.normal(size=SHAPE), width)
        smooth /= smooth.std()
        yield _case("noise", f"smoothed by {width}", 90 + 40 * smooth)
        yield _case("noise", f"smoothed by {width}, dim", 12 + 4 * smooth + rng.normal(0, 1, SHAPE))
        yield _case("noise", f"smoothed by {width}, cut", 30 + 120 * (smooth > 0.8))
    for power in (0.5, 1.0, 1.5, 2.0):
        for number in range(2):
            yield _case("noise", f"1/f^{power} {number}", 90 + 45 * _fractal(rng, power))
    for number in range(3):
        lines = rng.normal(0, 20, (SHAPE[0], 1)) + rng.normal(0, 5, SHAPE)
        yield _case("noise", f"lines {number}", 40 + lines)


def _fractal(rng: np.random.Generator, power: float) -> NDArray[np.float64]:
    down, across = np.fft.fftfreq(SHAPE[0])[:, np.newaxis], np.fft.rfftfreq(SHAPE[1])
    radius = np.maximum(np.hypot(down, across), 1 / max(SHAPE))
    spectrum = np.fft.rfft2(rng.normal(size=SHAPE)) / radius**power
    values: NDArray[np.float64] = np.fft.irfft2(spectrum, SHAPE)
    values -= values.mean()
    values /= values.std()
    return values


def _gradients(rng: np.random.Generator) -> Iterator[Case]:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] / np.array(SHAPE)[:, np.newaxis, np.newaxis]
    away = np.hypot(y - 0.5, x - 0.5)
    ways = {
        "down": y,
        "across": x,
        "diagonal": (x + y) / 2,
        "from the middle": away / away.max(),
        "to the middle": 1 - away / away.max(),
        "waves": 0.5 + 0.5 * np.sin(2 * np.pi * (6 * x + 2 * y)),
        "rings": 0.5 + 0.5 * np.sin(60 * away),
    }
    for name, values in ways.items():
        for low, high, noise in ((0, 255, 0.0), (0, 255, 6.0), (8, 40, 2.0)):
            levels = low + (high - low) * values + rng.normal(0, 1, SHAPE) * noise
            yield _case("gradient", f"{name} {low} to {high}, noise {noise:g}", levels)


def _shipped(rng: np.random.Generator) -> Iterator[Case]:
    for kind, names in (
        ("photograph", _PHOTOGRAPHS),
        ("drawing", _DRAWINGS),
        ("medical", _MEDICAL),
        ("text", _TEXTS),
    ):
        for name in names:
            yield from _variants(kind, _skimage_folder() / name, rng)
    for path in (_sklearn_folder() / "china.jpg", _sklearn_folder() / "flower.jpg", _hopper()):
        yield from _variants("photograph", path, rng)
    faces = np.load(_skimage_folder() / "lfw_subset.npy")
    for number in range(4):
        wall = np.vstack([np.hstack(faces[20 * number + 5 * row :][:5]) for row in range(4)])
        image = Image.fromarray(as_grey(255 * wall / wall.max())).resize((625, 500))
        yield _case("photograph", f"faces {number}", np.asarray(image))


def _variants(kind: str, path: Path, rng: np.random.Generator) -> Iterator[Case]:
    """Yield a picture as a whole, in part, dim, as its negative, and the channels one by one."""
    with Image.open(path) as opened:
        colour = np.asarray(opened.convert("RGB"))
    grey = colour[..., 1]
    source = f"{kind} {path.stem}"
    whole = _fitted(grey)
    top, left = (int(rng.integers(side // 3 + 1)) for side in grey.shape)
    part = grey[top : top + 2 * grey.shape[0] // 3, left : left + 2 * grey.shape[1] // 3]
    yield _case(kind, path.stem, whole, source)
    yield _case(kind, f"{path.stem}, a part", _fitted(part), source)
    yield _case(kind, f"{path.stem}, dim", whole * 0.25, source)
    yield _case(kind, f"{path.stem}, negative", 255 - whole.astype(float), source)
    if (np.ptp(colour.astype(int), axis=2) > 0).any():
        yield _case(kind, f"{path.stem}, blue", _fitted(colour[..., 2]), source)
    half = Image.fromarray(whole).resize((whole.shape[1] // 2, whole.shape[0] // 2))
    yield _case(kind, f"{path.stem}, small", np.asarray(half), source)


def _fitted(grey: Grey) -> Grey:
    """Return a picture with a longer side of 700 pixels."""
    scale = 700 / max(grey.shape)
    size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
    return np.asarray(Image.fromarray(np.ascontiguousarray(grey)).resize(size))


def _texts(rng: np.random.Generator) -> Iterator[Case]:
    letters = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "))
    for size in (12, 20, 32, 48, 80):
        for ink, paper in ((0, 255), (255, 0), (60, 15)):
            image = Image.new("L", SHAPE[::-1], paper)
            draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
            for top in range(0, SHAPE[0], int(1.3 * size)):
                draw.text((4, top), "".join(rng.choice(letters, 120)), ink, font)
            name = f"letters of {size} pixels, {ink} on {paper}"
            yield _case("text", name, np.asarray(image))


def _shapes(rng: np.random.Generator) -> Iterator[Case]:
    """Yield drawn discs, squares and bars of the size of cells, and bubbles: no cells at all."""
    for number, (kind, side) in enumerate(
        (kind, side) for kind in ("disc", "square", "bar", "ring") for side in (20, 45, 80)
    ):
        image = Image.new("L", SHAPE[::-1], 20)
        draw = ImageDraw.Draw(image)
        for _ in range(30):
            y, x = rng.integers(SHAPE[0]), rng.integers(SHAPE[1])
            _draw_shape(draw, kind, (int(x), int(y)), side)
        noise = rng.normal(0, 2, SHAPE) if number % 2 else 0
        yield _case("shapes", f"{kind}s of {side} pixels", np.asarray(image) + noise)


def _tilings(rng: np.random.Generator) -> Iterator[Case]:
    """Yield what covers a plane without a gap: chessboards, bricks and cells of Voronoi."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for side in (12, 24, 45, 80):
        low, high = sorted(rng.uniform(5, 250, 2))
        chess = (y // side + x // side) % 2
        yield _case("tiling", f"chessboard of {side} pixels", low + (high - low) * chess)
        row = y // side
        gaps = (y % side < 3) | ((x + row % 2 * side) % (2 * side) < 3)
        values = low + (high - low) * ~gaps + rng.normal(0, 3, SHAPE)
        yield _case("tiling", f"bricks of {side} pixels", values)
        count = SHAPE[0] * SHAPE[1] // side**2
        tree = KDTree(rng.uniform(0, SHAPE, (count, 2)))
        near, which = (np.asarray(found) for found in tree.query(np.stack([y, x], axis=-1), k=2))
        edges = near[..., 1] - near[..., 0] < 3
        yield _case("tiling", f"walls of {side} pixels", low + (high - low) * edges)
        levels = rng.uniform(5, 250, count)[which[..., 0]]
        yield _case("tiling", f"patches of {side} pixels", levels + rng.normal(0, 3, SHAPE))


def _draw_shape(draw: ImageDraw.ImageDraw, kind: str, at: tuple[int, int], side: int) -> None:
    x, y = at
    box = (x, y, x + side, y + (side // 6 if kind == "bar" else side))
    if kind == "disc":
        draw.ellipse(box, fill=180)
    elif kind == "ring":
        draw.ellipse(box, outline=180, width=3)
    else:
        draw.rectangle(box, fill=180)


def spoilt(case: Case) -> Iterator[Case]:
    """Yield a real field blurred beyond reading, and one exposed so long that it is white."""
    name, pixel_size_um = case.name, case.pixel_size_um
    height, width = (round(side * PIXEL_UM / pixel_size_um) for side in SHAPE)
    pixels = case.image[:height, :width]
    smooth = as_grey(ndimage.gaussian_filter(pixels.astype(np.float32), BLUR))
    yield Case("blurred field", f"{name} blurred", name, smooth, pixel_size_um)
    middle = max(float(np.median(pixels)), 1.0)
    white = as_grey(pixels * (300 / middle))
    yield Case("overexposed field", f"{name} overexposed", name, white, pixel_size_um)


def without_cells(
    case: Case, is_cell: NDArray[np.bool_], *, side: int = _WINDOW, kind: str = "no cell in it"
) -> Iterator[Case]:
    """Yield the square of a field that is furthest from all cells, if it is large enough.

    Args:
        case: The field.
        is_cell: Where its cells are, (y, x).
        side: Of the square at most, in pixels of :data:`PIXEL_UM`.
        kind: What sort of picture it is then.
    """
    pixel_size_um = case.pixel_size_um
    side = round(side * PIXEL_UM / pixel_size_um / 2) * 2
    near = np.pad(is_cell, 1, constant_values=True)
    away = ndimage.distance_transform_cdt(~near, metric="chessboard")[1:-1, 1:-1]
    y, x = np.unravel_index(int(away.argmax()), away.shape)
    half = min(int(away[y, x]) - 1, side // 2)
    if 2 * half * pixel_size_um >= 64 * PIXEL_UM:
        piece = case.image[y - half : y + half, x - half : x + half]
        yield Case(kind, f"{case.name}, {kind}", case.source, piece, pixel_size_um)


def _skimage_folder() -> Path:
    import skimage.data

    return Path(skimage.data.__file__).parent


def _sklearn_folder() -> Path:
    import sklearn.datasets

    return Path(sklearn.datasets.__file__).parent / "images"


def _hopper() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
