"""How long a field takes to read, beside the published way, and how long a start takes.

    python -m benchmarks.speed.reading [--model FOLDER]

1. Fields of 1388×1038, drawn, as TIFF files on disk: from decoding to the written results, by
   stage.
2. Turn by turn in the same run: the network alone, and the published way: the 15 patches of a
   field, one after the other, through the network of 319 million parameters (fresh weights: time
   does not depend on them).
3. A new process from its start to the first result.
4. Memory of a process that reads a batch of many files (crops of the same fields, over and over),
   as it goes and at its end: it must not grow with their number.

Writes results/reading-speed.json.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
import torch

from anascope.files import write_json
from anascope.images import at_scale, signal_range
from anascope.models import build_network, model_folder
from anascope.networks import PatchGrid, cut
from anascope.presets import load_preset
from anascope.reading import Reader, find_images
from anascope.reading.batch import ReaderSettings, SpecimenEnded, read_batch
from anascope.synthetic import MIVIA, draw_field, draw_specimen
from anascope.words import PatternSpace, Vocabulary
from anascope.workers import Event
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.memory import held_mib, peak_mib
from benchmarks.speed._ways import CLASSES

PATTERNS = ("homogeneous", "centromere", "fine speckled", "clumpy nucleolar", "mitochondrial")

_CROP = 320  # pixels of the sides of small files: a few cells


def draw(folder: Path, count: int) -> list[Path]:
    """Write so many fields as TIFF files with their pixel size."""
    paths = []
    for number in range(count):
        rng = np.random.default_rng([5, number])
        specimen = draw_specimen(rng, PATTERNS[number % len(PATTERNS)], "positive", MIVIA)
        path = folder / f"field-{number:03d}.ome.tif"
        tifffile.imwrite(
            path,
            draw_field(rng, specimen).image,
            metadata={
                "axes": "YX",
                "PhysicalSizeX": MIVIA.pixel_size_um,
                "PhysicalSizeY": MIVIA.pixel_size_um,
            },
        )
        paths.append(path)
    return paths


def published_way(pixels: np.ndarray, network: torch.nn.Module) -> float:
    """Return the seconds that the 15 patches take, one after the other."""
    patches = cut(pixels.astype(np.float32) / 255, PatchGrid.over(*pixels.shape))
    started = time.perf_counter()
    with torch.inference_mode():
        for patch in patches:
            network(torch.from_numpy(patch)[None, None].expand(1, 3, -1, -1))
    return time.perf_counter() - started


def side_by_side(model: Path, paths: list[Path], rounds: int) -> dict[str, Any]:
    """Return seconds a field of the published way and of this one, turn by turn."""
    preset = load_preset("paper", {"network.encoder": "plain"})
    torch.manual_seed(1)
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES))).eval()
    reader = Reader(model)
    pixels = tifffile.imread(paths[0])
    image = reader.card.preset.image
    small = at_scale(pixels, image.scale_of(MIVIA.pixel_size_um, ""), 255).astype(np.float32)
    dark, bright = signal_range(small.astype(np.float16))
    times: dict[str, list[float]] = {"published": [], "network": [], "whole": []}
    for _ in range(rounds):
        times["published"].append(published_way(pixels, network))
        for name in ("network", "whole"):
            started = time.perf_counter()
            if name == "network":
                reader._engine.run(small, (float(dark), float(bright)))
            else:
                with tempfile.TemporaryDirectory() as folder:
                    settings = ReaderSettings(model=str(model))
                    read_batch(find_images([paths[0]]), Path(folder) / "out", settings)
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        "seconds": medians,
        "parameters_of_the_published_network": sum(p.numel() for p in network.parameters()),
        "network_ratio": medians["published"] / medians["network"],
        "whole_ratio": medians["published"] / medians["whole"],
    }


class Memory:
    """Notes how much memory the process holds, at ten times of a batch."""

    def __init__(self, files: int) -> None:
        self._files, self._read = files, 0
        self.mib: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Note it if a tenth has been read."""
        if not isinstance(event, SpecimenEnded):
            return
        before, self._read = self._read, self._read + event.files
        tenth = max(self._files // 10, 1)
        if before // tenth < self._read // tenth:
            self.mib[str(self._read)] = held_mib()


def read_many(model: str, source: str, out: str) -> None:
    """Read a folder and print what memory was held; for a process of its own."""
    inputs = find_images([Path(source)], specimen="file")
    watcher = Memory(len(inputs.files))
    read_batch(inputs, Path(out), ReaderSettings(model=model, sheets=False), watcher=watcher)
    print(json.dumps({"mib_after_files": watcher.mib, "peak_mib": peak_mib()}))


def memory(model: Path, paths: list[Path], count: int, folder: Path) -> dict[str, Any]:
    """Return MiB held after each tenth of a batch of ``count`` small files, and the peak."""
    (folder / "many").mkdir()
    crops = [np.ascontiguousarray(tifffile.imread(path)[:_CROP, :_CROP]) for path in paths]
    for number in range(count):
        tifffile.imwrite(
            folder / "many" / f"{number:05d}.ome.tif",
            crops[number % len(crops)],
            metadata={
                "axes": "YX",
                "PhysicalSizeX": MIVIA.pixel_size_um,
                "PhysicalSizeY": MIVIA.pixel_size_um,
            },
        )
    call = f"from benchmarks.speed.reading import read_many as r; r(*{_texts(model, folder)!r})"
    done = subprocess.run([sys.executable, "-c", call], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"files": count, "side": _CROP, **found}


def _texts(model: Path, folder: Path) -> tuple[str, str, str]:
    return str(model), str(folder / "many"), str(folder / "many-out")


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--model", type=Path, help="folder [default: the one of the package]")
    parser.add_argument("--fields", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="of the published way")
    parser.add_argument("--batch", type=int, default=1000, help="files, for memory")
    given = parser.parse_args()
    model = model_folder(given.model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        paths = draw(folder / "in", given.fields)
        settings = ReaderSettings(model=str(model))
        started = time.perf_counter()
        done = read_batch(find_images([folder / "in"]), folder / "out", settings)
        whole = time.perf_counter() - started
        command = [sys.executable, "-m", "anascope", "read", str(paths[0]), "--model", str(model)]
        started = time.perf_counter()
        subprocess.run([*command, "--out", str(folder / "first")], check=True, capture_output=True)
        first = time.perf_counter() - started
        found = {
            "fields": done.fields,
            "seconds_a_field": whole / done.fields,
            "stages": {stage: took / done.fields for stage, took in done.seconds.items()},
            "seconds_from_start_to_first_result": first,
            "side_by_side": side_by_side(model, paths, given.rounds),
            "memory": memory(model, paths, given.batch, folder),
        }
    print(found)
    write_json(given.out / "reading-speed.json", {**environment(seed=5), **found})


if __name__ == "__main__":
    main()
