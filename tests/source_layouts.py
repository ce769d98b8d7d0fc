"""Tiny sets in the layouts that can be imported, with known pixels and labels."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from anascope.cohorts.sources._cut_field import FIELD_SHAPE, PATCHES, Order

Pixels = NDArray[np.uint8]
UNKNOWN_ROWS = 5
MIVIA_HEADER = "intensity;cell_ID;seed_pointX;seed_pointY;object_type;pattern;minX;minY;maxX;maxY"


@dataclass(frozen=True)
class Drawn:
    """A field with known truth: the signal, and where its one cell is."""

    image: Pixels
    cells: NDArray[np.bool_]

    @property
    def mask(self) -> Pixels:
        """The mask as files have it: 255 for cells."""
        return np.where(self.cells, 255, 0).astype(np.uint8)


def draw(seed: int, shape: tuple[int, int] = (140, 150)) -> Drawn:
    """Return noise with one bright disk well inside."""
    noise = np.random.default_rng(seed).integers(0, 40, shape, dtype=np.uint8)
    y, x = np.indices(shape)
    cells = np.hypot(y - shape[0] // 2, x - shape[1] // 2) < min(shape) // 5
    image = noise.copy()
    image[cells] += np.uint8(150)
    return Drawn(image, cells)


def write_image(path: Path, pixels: Pixels) -> None:
    """Write an image in the format that its suffix names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".tif", ".tiff"):
        tifffile.imwrite(path, pixels)
    else:
        Image.fromarray(pixels).save(path)


def write_csv(path: Path, rows: Sequence[Sequence[object]], delimiter: str = ",") -> Path:
    """Write rows, the header first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def write_mivia(root: Path, fields: int = 3) -> Path:
    """Write the MIVIA layout: signal in green, tables whose lines end in a carriage return."""
    for number in range(1, fields + 1):
        drawn, name = draw(number), f"{number:02d}"
        folder = root / "Main_Dataset" / "Images" / name
        colour = np.stack([drawn.image // 4, drawn.image, np.zeros_like(drawn.image)], axis=-1)
        write_image(folder / f"{name}.bmp", colour)
        write_image(folder / f"{name}_mask.bmp", drawn.mask)
        lines = [
            MIVIA_HEADER,
            "positive;1;75;70;cell;homogeneous;47;42;102;97",
            "positive;2;75;70;mitotic_cell;positive;47;42;102;97",
            "positive;3;75;70;artefatto;;1;1;5;5",
        ]
        (folder / f"{name}.csv").write_bytes("\r".join(lines).encode("latin-1"))
    return root


def write_task2(root: Path, fields: int = 3) -> Path:
    """Write the I3A Task 2 layout with whole fields, one patient each."""
    rows: list[list[object]] = [["Image", "Mask", "Label", "Intensity"]]
    for number in range(1, fields + 1):
        drawn, name = draw(number), f"{number:03d}_1"
        write_image(root / f"{name}.tif", drawn.image)
        write_image(root / f"{name}_Mask.tif", drawn.mask)
        rows.append([f"{name}.tif", f"{name}_Mask", "mitsp ", "intermediate"])
    write_csv(root / "table.csv", rows)
    return root


def write_task2_cut(
    root: Path,
    fields: int = 2,
    *,
    order: Order = Order.BY_ROWS,
    first: int = 0,
    digits: int = 2,
    suffix: str = ".tif",
) -> Path:
    """Write the I3A Task 2 layout with fields cut into 15 patches, one patient each."""
    rows: list[list[object]] = [["Image", "Mask", "Label", "Intensity"]]
    for number in range(1, fields + 1):
        drawn = draw(number, FIELD_SHAPE)
        for index in range(PATCHES):
            name = f"{number:03d}_1_{index + first:0{digits}d}"
            area = order.area(index)
            write_image(root / f"{name}{suffix}", drawn.image[area])
            write_image(root / f"{name}_Mask{suffix}", drawn.mask[area])
            rows.append([f"{name}{suffix}", f"{name}_Mask", "golgi", "positive "])
    write_csv(root / "table.csv", rows)
    return root


def write_task1(root: Path, cells: int = 4, *, archive: bool = True) -> Path:
    """Write the I3A Task 1 layout, in its archive or taken out of it."""
    rows: list[list[object]] = [["Image ID", "Image class"]]
    images: dict[str, Pixels] = {}
    for number in range(1, cells + 1):
        drawn, name = draw_cell(number), f"{number:05d}"
        images |= {f"{name}.png": drawn.image, f"{name}_Mask.png": drawn.mask}
        rows.append([name, ("Homogeneous", "NuMem")[number % 2]])
    write_csv(root / "gt_training.csv", rows)
    if archive:
        with tarfile.open(root / "training.tar", "w") as tar:
            for name, pixels in images.items():
                add_to_tar(tar, f"training/{name}", png_bytes(pixels))
    else:
        for name, pixels in images.items():
            write_image(root / "training" / name, pixels)
    return root


def write_fields(root: Path, fields: int = 3) -> Path:
    """Write the layout of the I3A Task 2 fields, their first rows unknown."""
    rows: list[list[object]] = [["field", "edge_ratio", "shift_y", "shift_x"]]
    for number in range(1, fields + 1):
        drawn, name = draw(number), f"{number:03d}"
        mask = drawn.mask
        mask[:UNKNOWN_ROWS] = 128
        write_image(root / f"{name}.png", drawn.image)
        write_image(root / f"{name}_mask.png", mask)
        rows.append([name, 2.5, 0, -3])
    write_csv(root / "fields.csv", rows)
    return root


def draw_cell(number: int) -> Drawn:
    """Return the cell ``number`` of :func:`write_task1`; cells differ in size."""
    return draw(number, (60 + number, 66))


def png_bytes(pixels: Pixels) -> bytes:
    """Return an image as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def add_to_tar(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file to an archive."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def write_table(root: Path, fields: int = 3) -> Path:
    """Write a plain table with all its columns; patients are numbers."""
    rows: list[list[object]] = [
        ["image", "mask", "patient", "specimen", "pattern", "intensity", "pixel_size_um"]
    ]
    for number in range(1, fields + 1):
        drawn = draw(number)
        write_image(root / "images" / f"f{number}.png", drawn.image)
        write_image(root / "masks" / f"f{number}.png", drawn.mask)
        paths = [f"images/f{number}.png", f"masks/f{number}.png"]
        rows.append([*paths, number, f"s{number}", "AC-1", "positive", 0.33])
    return write_csv(root / "table.csv", rows)
