"""How fast a GPU trains and reads, beside what it could reach: one JSON, in less than 9 minutes.

    python -m benchmarks.speed.gpu --cohort mivia

Runs unattended from a bare clone (``PYTHONPATH=src``), with Python, PyTorch and the packages in
:data:`NEEDED`, which can be carried along as wheels; nothing is asked of a network. Measured are

- what a plain product of matrices and a plain copy reach;
- training steps of ``paper`` and ``small``, with and without GradNorm, as patches a second and as a
  share of that product; the least time in which the weights of dense layers can be moved;
- the time of a step by part, on the GPU's own clock;
- whole fields read by the network of preset ``s``;
- with ``--cohort``, MIVIA as ``anascope cohort import`` makes it: runs of the published grid, as
  many as fit into what is left of the time, and from them the time of all 40.

Every part is written when it is known, and a second start goes on where the first one ended. Writes
results/gpu.json.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from anascope.environment import torch_device
from anascope.files import read_json, write_json
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

NEEDED = (
    "numpy",
    "scipy",
    "scikit-image",
    "scikit-learn",
    "pandas",
    "pyarrow",
    "zarr",
    "ome-zarr-models",
    "tifffile",
    "pillow",
    "safetensors",
    "tensorboard",
    "pydantic",
    "pyyaml",
    "filelock",
)
"""What is imported beside PyTorch and the standard library, by names of distributions; each brings
what it needs itself."""
PRESETS = ("paper", "small")
_SPARE = 20.0  # seconds that the last part may take to come to its end


class Kept:
    """What is known so far, in a file that is whole at any time.

    Args:
        path: Of the file.
        settings: Of this measurement; a file of another one is begun anew.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self._path = path
        self._value: dict[str, Any] = {**environment(**settings), "parts": {}}
        if path.is_file():
            before = read_json(path)
            same = ("settings", "versions", "hardware")
            if all(before.get(key) == self._value[key] for key in same):
                self._value["parts"] = before["parts"]

    def get(self, part: str) -> Any:
        """Return what is known of a part; None if nothing is, or it failed."""
        found = self._value["parts"].get(part)
        return None if found is None or "failed" in found else found

    def keep(self, part: str, found: dict[str, Any]) -> None:
        """Write what is known of a part."""
        self._value["parts"][part] = found
        write_json(self._path, self._value)

    def measured(self, part: str, measure: Callable[[], dict[str, Any]]) -> Any:
        """Return what is known of a part, measured if nothing is; None if that fails.

        One part's failure is written down, and is not that of the others.
        """
        if self.get(part) is None:
            began = time.monotonic()
            try:
                found = measure()
                self.keep(part, {**found, "seconds_spent": time.monotonic() - began})
            except Exception as error:
                self.keep(part, {"failed": f"{type(error).__name__}: {error}".splitlines()[0]})
            print(f"{part}: {time.monotonic() - began:.0f} s", flush=True)
        return self.get(part)


def main() -> None:
    """Measure part by part."""
    began = time.monotonic()
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="gpu")
    parser.add_argument("--cohort", type=Path, help="MIVIA, imported; without it no runs are done")
    parser.add_argument("--runs", type=int, default=40, help="at most, at this start [%(default)s]")
    parser.add_argument("--minutes", type=float, default=8.5, help="for everything [%(default)s]")
    parser.add_argument("--work", type=Path, default=Path("work"), help="keeps runs [%(default)s]")
    parser.add_argument("--tiny", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    # With the parser alone nothing of PyTorch's size is waited for.
    from benchmarks.speed._fields import fields_read
    from benchmarks.speed._published import published_runs
    from benchmarks.speed._rates import Scale, limits, throughput
    from benchmarks.speed._step_parts import parts

    device = torch_device(given.device)
    scale = Scale.tiny() if given.tiny else Scale()
    kept = Kept(given.out / "gpu.json", {"tiny": given.tiny, "device": device.type})
    before = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = device.type == "cuda"  # as in a training
    try:
        reached = kept.measured("limits", lambda: limits(device, scale))
        for preset in PRESETS:
            if reached is not None:
                measure = _later(throughput, preset, device, scale, reached)
                kept.measured(f"steps of {preset}", measure)
            folder = given.work / ("drawn-tiny" if given.tiny else "drawn")
            measure = _later(_parts_of, parts, preset, device, scale, folder)
            kept.measured(f"parts of a step of {preset}", measure)
        kept.measured("fields", lambda: fields_read(device, scale))
        if given.cohort:
            deadline = began + 60 * given.minutes - (0 if given.tiny else _SPARE)
            part = "published grid"
            kept.keep(
                part,
                published_runs(
                    given.cohort,
                    given.work,
                    given.device,
                    scale,
                    given.runs,
                    deadline,
                    lambda found: kept.keep(part, found),
                ),
            )
    finally:
        torch.backends.cudnn.benchmark = before


def _parts_of(measure: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, Any]:
    return {"milliseconds": measure(*arguments)}


def _later(call: Callable[..., dict[str, Any]], *arguments: Any) -> Callable[[], dict[str, Any]]:
    return lambda: call(*arguments)


if __name__ == "__main__":
    main()
