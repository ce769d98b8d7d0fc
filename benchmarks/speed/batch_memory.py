"""The most memory that a batch takes: with many fields no more than with few.

    python -m benchmarks.speed.batch_memory

Fields are made small: 96×96 pixels with a cell or two, each a specimen of its own. The first 200
are read; results of further ones are copies of theirs, so that 20,000 take minutes. What a process
holds while it reads is followed by ``benchmarks.speed.reading``. Here ``anascope read`` is called
again when all is read. What is left is to find the files, to make tables, ``reading.json`` and the
page, and to print:

- ``counts``: with ``--json``, which prints how many there are;
- ``summary``: the lines for a person. What it takes more is the summary's.

Each is a process of its own. Writes results/batch-memory.json.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from anascope.files import write_json
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

COUNTS = (200, 20_000)
READ = 200
"""Fields that are read; the results of further ones are copies."""
SIDE = 96
"""Pixels of 0.3225 µm of a side."""
SEED = 5
_CALL = """
import sys
from anascope.cli import main
from benchmarks.memory import peak_mib
sys.argv[0] = "anascope"
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print(peak_mib())
"""


def draw(path: Path, number: int) -> None:
    """Write a small field of one or two round cells."""
    rng = np.random.default_rng([SEED, number])
    y, x = np.indices((SIDE, SIDE))
    pixels = np.full((SIDE, SIDE), 12, np.uint8)
    for _ in range(1 + number % 2):
        middle = rng.uniform(25, SIDE - 25, 2)
        pixels[np.hypot(y - middle[0], x - middle[1]) < 20] = 120
    Image.fromarray(pixels).save(path)


def copy_results(specimens: Path, old: str, new: str, source: Path) -> None:
    """Write the results of a field, alone in its specimen, as those of another one."""
    shutil.copytree(specimens / old, specimens / new, copy_function=os.link)
    (specimens / new / old).rename(specimens / new / new)
    _change(specimens / new / "specimen.json", {"specimen": new, "fields": [new]})
    changed = {"specimen": new, "field": new, "source": str(source)}
    provenance = {"file": source.as_uri(), "specimen": source.as_uri()}
    _change(specimens / new / new / "field.json", changed, provenance=provenance)


def _change(path: Path, values: Mapping[str, Any], **inner: Mapping[str, Any]) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()  # the copy is a link to the original
    record |= values
    for key, changes in inner.items():
        record[key] |= changes
    path.write_text(json.dumps(record), encoding="utf-8")


def read(images: Path, out: Path, *options: str) -> dict[str, float]:
    """Return the peak memory and the time of ``anascope read`` in a process of its own."""
    started = time.perf_counter()
    call = [sys.executable, "-c", _CALL, "read", str(images), "--out", str(out), *options]
    call += ["--specimen=file", "--pixel-size-um=0.3225", "--no-sheets", "--engine=onnxruntime"]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    peak = float(done.stdout.splitlines()[-1])
    return {"peak_mib": peak, "seconds": time.perf_counter() - started}


def measure(count: int) -> dict[str, Any]:
    """Return what a batch of ``count`` fields takes when all is read."""
    with tempfile.TemporaryDirectory() as name:
        images, out = Path(name) / "images", Path(name) / "out"
        images.mkdir()
        names = [f"S{number:05d}" for number in range(count)]
        for number in range(min(count, READ)):
            draw(images / f"{names[number]}.png", number)
        read(images, out, "--json")
        for number in range(READ, count):
            old = names[number % READ]
            image = images / f"{names[number]}.png"
            shutil.copy(images / f"{old}.png", image)
            copy_results(out / "specimens", old, names[number], image)
        found = {"counts": read(images, out, "--json"), "summary": read(images, out)}
        size = (out / "reading.json").stat().st_size / 2**20
        return {"fields": count, "reading_json_mib": size, **found}


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--fields", type=int, nargs="+", default=list(COUNTS))
    given = parser.parse_args()
    batches = []
    for count in given.fields:
        batches.append(measure(count))
        print(json.dumps(batches[-1]), flush=True)
    settings = environment(seed=SEED, side=SIDE, read=READ)
    write_json(given.out / "batch-memory.json", {**settings, "batches": batches})


if __name__ == "__main__":
    main()
