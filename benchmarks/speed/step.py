"""How long a training step takes on a CPU, beside that of an older version, and on what.

    python -m benchmarks.speed.step --before OLD/src

OLD is a checkout of the version to compare with. Both train the same drawn fields in processes of
their own that wait for each other: a few steps of one, a few of the other, in a changing order, so
that whatever else the machine does weighs on both. Then PyTorch's profiler says on what kinds of
operations each spends its time. Without ``--before`` the present version alone is measured.

Writes results/step-cpu.json.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from anascope.cohorts import DrawnSource, import_cohort
from anascope.files import write_json
from anascope.synthetic import I3A, Drawing, Population
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.speed._turns import train_in_turns

PRESETS = ("small", "s")
PATIENTS = 10


class Training:
    """A training in a process of its own, which goes on when it is told to.

    Args:
        source: What stands before all else on the path of its modules; None is as here.
        arguments: For this benchmark, as the other process begins with them.
    """

    def __init__(self, source: Path | None, arguments: Sequence[str]) -> None:
        path = [str(source.resolve())] if source else []
        path += [os.environ[key] for key in ("PYTHONPATH",) if os.environ.get(key)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.speed.step", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        )
        self.first = self._next_turn()  # what it does once is not measured

    def go_on(self, order: str = "go") -> dict[str, Any]:
        """Return what it says of its next steps."""
        self._tell(order)
        return self._next_turn()

    def end(self) -> None:
        """Have it end, and wait for that."""
        with suppress(BrokenPipeError):
            self._tell("end")
        self._process.wait(30)

    def _tell(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def _next_turn(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a training has ended before its time; see above")
        turn: dict[str, Any] = json.loads(line)
        return turn


def measure(sources: Mapping[str, Path | None], rounds: int, arguments: Sequence[str]) -> Any:
    """Return times, ratios and kinds of operations of one preset.

    Args:
        sources: By name, the modules of each version.
        rounds: How many times each goes on.
        arguments: Of its processes, without the run's folder.
    """
    turns_of: dict[str, list[dict[str, Any]]] = {name: [] for name in sources}
    with tempfile.TemporaryDirectory() as folder:
        trainings = {
            name: Training(source, [*arguments, "--run", str(Path(folder) / name)])
            for name, source in sources.items()
        }
        try:
            names = list(trainings)
            for each in range(rounds):
                for name in names if each % 2 else reversed(names):
                    turns_of[name].append(trainings[name].go_on())
            profiled = {name: each.go_on("profile") for name, each in trainings.items()}
        finally:
            for training in trainings.values():
                training.end()
    found: dict[str, Any] = {
        name: {
            "seconds": float(np.median([turn["seconds"] for turn in turns])),
            "cpu_seconds": float(np.median([turn["cpu_seconds"] for turn in turns])),
            "all_seconds": [turn["seconds"] for turn in turns],
            "peak_mib": turns[-1]["peak_mib"],
            "milliseconds": profiled[name]["milliseconds"],
            "first_losses": trainings[name].first["losses"],
        }
        for name, turns in turns_of.items()
    }
    if "before" in turns_of:
        for key in ("seconds", "cpu_seconds"):
            pairs = zip(turns_of["after"], turns_of["before"], strict=True)
            found[f"{key}_ratio"] = ratio([after[key] / before[key] for after, before in pairs])
    return found


def ratio(ratios: Sequence[float]) -> dict[str, float]:
    """Return the geometric mean of ratios of paired turns, with its 95% interval (Student's t)."""
    logs = np.log(ratios)
    mean, error = float(logs.mean()), float(stats.sem(logs)) if len(logs) > 1 else math.nan
    reach = float(stats.t.ppf(0.975, max(len(logs) - 1, 1))) * error
    return {"mean": math.exp(mean), "low": math.exp(mean - reach), "high": math.exp(mean + reach)}


def main() -> None:
    """Measure the presets and write the results."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--before", type=Path, help="folder of modules of an older version")
    parser.add_argument("--preset", action="append", help="small, s; may be repeated")
    parser.add_argument("--rounds", type=int, default=12, help="turns of each version")
    parser.add_argument("--batch-size", type=int, default=8, help="patches in a step")
    parser.add_argument("--threads", type=int, action="append", help="may be repeated [1, 2]")
    for hidden in ("--cohort", "--run"):
        parser.add_argument(hidden, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        (preset,), (threads,) = given.preset, given.threads
        train_in_turns(preset, given.cohort, given.run, batch=given.batch_size, threads=threads)
        return
    sources = {"after": None} | ({"before": given.before} if given.before else {})
    measured: dict[str, dict[str, Any]] = {}
    settings = {"batch_size": given.batch_size, "rounds": given.rounds, "patients": PATIENTS}
    described = environment(**settings)
    with tempfile.TemporaryDirectory() as folder:
        cohort = Path(folder) / "cohort"
        drawing = Drawing(Population.like("i3a", patients=PATIENTS, fields=1), I3A, seed=12357)
        import_cohort(DrawnSource(drawing), cohort, source_format="synthetic")
        for preset in given.preset or PRESETS:
            for threads in given.threads or (1, 2):
                arguments = ["--cohort", str(cohort), "--preset", preset]
                arguments += ["--threads", str(threads), "--batch-size", str(given.batch_size)]
                found = measure(sources, given.rounds, arguments)
                measured.setdefault(preset, {})[str(threads)] = found
                _show(preset, threads, found)
                write_json(given.out / "step-cpu.json", {**described, "presets": measured})


def _show(preset: str, threads: int, found: Mapping[str, Any]) -> None:
    times = ", ".join(f"{n} {found[n]['seconds']:.3f} s" for n in ("before", "after") if n in found)
    line = f"{preset}, {threads} threads: {times}"
    if "seconds_ratio" in found:
        line += "; ratio {mean:.3f} [{low:.3f}, {high:.3f}]".format(**found["seconds_ratio"])
    print(line, flush=True)


if __name__ == "__main__":
    main()
