"""What it costs to keep results by the content of images, and to start a finished batch again.

    python -m benchmarks.speed.keeping [--model FOLDER]

1. For fields of 1388×1038, drawn, as TIFF files (plain and deflate) and PNG: seconds to hash a
   file's content and seconds to decode it, both from the memory of the system, and the hash's share
   of the reading of a field.
2. A batch of those fields, read from the beginning, and the same command again: nothing is left to
   read, but every file is looked at.

Writes results/keeping-speed.json.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tifffile
from PIL import Image

from anascope.files import write_json
from anascope.images import content_sha256, read_pages
from anascope.models import model_folder
from anascope.synthetic import MIVIA
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.speed.reading import draw


def seconds_of(work: Callable[[Path], object], paths: list[Path], rounds: int) -> float:
    """Return the median seconds that ``work`` takes of a file, over files and rounds."""
    times = []
    for _ in range(rounds):
        for path in paths:
            started = time.perf_counter()
            work(path)
            times.append(time.perf_counter() - started)
    return statistics.median(times)


def in_formats(paths: list[Path], folder: Path) -> dict[str, list[Path]]:
    """Write the fields in other formats, and return the files by format."""
    deflate, png = [], []
    for path in paths:
        pixels = tifffile.imread(path)
        deflate.append(folder / f"{path.stem}.tif")
        tifffile.imwrite(deflate[-1], pixels, compression="deflate")
        png.append(folder / f"{path.stem}.png")
        Image.fromarray(pixels).save(png[-1])
    return {"TIFF": paths, "TIFF, deflate": deflate, "PNG": png}


def hash_and_decode(formats: dict[str, list[Path]], rounds: int) -> dict[str, Any]:
    """Return by format the bytes of a file, and the seconds to hash it and to decode it."""
    return {
        name: {
            "bytes": statistics.median(path.stat().st_size for path in paths),
            "hash_seconds": seconds_of(content_sha256, paths, rounds),
            "decode_seconds": seconds_of(lambda path: list(read_pages(path)), paths, rounds),
        }
        for name, paths in formats.items()
    }


def read_twice(source: Path, out: Path, model: Path) -> dict[str, float]:
    """Return the seconds of a reading from the beginning, and of the same command again."""
    command = [sys.executable, "-m", "anascope", "read", str(source), "--out", str(out)]
    command += ["--model", str(model), "--pixel-size-um", str(MIVIA.pixel_size_um)]
    seconds = {}
    for name in ("first", "again"):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds[name] = time.perf_counter() - started
    return seconds


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--model", type=Path, help="folder [default: the one of the package]")
    parser.add_argument("--fields", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3, help="of hashing and decoding")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("in", "other"):
            (folder / part).mkdir()
        paths = draw(folder / "in", given.fields)
        formats = hash_and_decode(in_formats(paths, folder / "other"), given.rounds)
        batch = read_twice(folder / "in", folder / "out", model_folder(given.model))
    a_field = batch["first"] / given.fields
    found = {
        "fields": given.fields,
        "formats": {
            name: {**seconds, "hash_share_of_reading": seconds["hash_seconds"] / a_field}
            for name, seconds in formats.items()
        },
        "batch_seconds": batch,
        "seconds_a_field_again": batch["again"] / given.fields,
    }
    print(found)
    write_json(given.out / "keeping-speed.json", {**environment(seed=5), **found})


if __name__ == "__main__":
    main()
