"""The benchmark of a GPU runs with the packages that it names, and goes on where it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import metadata
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.speed import _published, gpu
from benchmarks.speed._rates import Scale
from tests.small_cohort import patients, write_cohort

NEVER = {"typst", "imagecodecs", "ray", "matplotlib", "textual", "rich", "onnxruntime", "torchjd"}
ROOT = Path(__file__).resolve().parents[3]
# Begins the benchmark where the modules given cannot be imported, and then says which ones were.
ALONE = """
import json, runpy, sys
refused, told = set(json.loads(sys.argv[1])), sys.argv[2]
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in refused:
            return self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
sys.argv = ["gpu", *sys.argv[3:]]
try:
    runpy.run_module("benchmarks.speed.gpu", run_name="__main__")
finally:
    with open(told, "w") as file:
        json.dump(sorted({name.partition(".")[0] for name in sys.modules}), file)
"""


def brought_along(names: set[str]) -> set[str]:
    """Return the distributions that those named bring along, their own names included."""
    found, queue = set[str](), [canonicalize_name(name) for name in names]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system
        found.add(name)
        for text in required:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                queue.append(canonicalize_name(requirement.name))
    return found


def run(folder: Path, cohort: Path, runs: int) -> tuple[dict[str, Any], set[str]]:
    """Run the benchmark with nothing but what it names; return what it wrote and imported."""
    distributions = brought_along({"torch", *gpu.NEEDED})
    others = {
        module
        for module, owners in metadata.packages_distributions().items()
        if not any(canonicalize_name(owner) in distributions for owner in owners)
    }
    refused = sorted((others | NEVER) - {"anascope"})
    modules = folder / "modules.json"
    options = ["--device", "cpu", "--tiny", "--cohort", str(cohort), "--runs", str(runs)]
    options += ["--out", str(folder), "--work", str(folder / "work")]
    subprocess.run(
        [sys.executable, "-c", ALONE, json.dumps(refused), str(modules), *options],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    written = json.loads((folder / "gpu.json").read_text(encoding="utf-8"))
    return written, set(json.loads(modules.read_text(encoding="utf-8")))


@pytest.mark.slow
def test_runs_with_what_it_names_and_goes_on(tmp_path: Path) -> None:
    """Takes 60 s on two cores that others use, too."""
    cohort = write_cohort(tmp_path / "cohort", patients(10)).path
    written, imported = run(tmp_path, cohort, 1)
    parts = written["parts"]
    assert set(parts) == {
        "limits",
        "steps of paper",
        "parts of a step of paper",
        "steps of small",
        "parts of a step of small",
        "fields",
        "published grid",
    }
    assert not [name for name, found in parts.items() if "failed" in found], parts
    owners = metadata.packages_distributions()
    used = {canonicalize_name(owner) for name in imported for owner in owners.get(name, [])}
    assert {canonicalize_name(name) for name in gpu.NEEDED} <= used  # no more than it needs
    first = parts["published grid"]
    assert first["runs"] == 40
    again, _ = run(tmp_path, cohort, 1)
    grid = again["parts"].pop("published grid")
    parts.pop("published grid")
    assert again["parts"] == parts  # nothing is measured twice
    assert (first["done"], grid["done"]) == (1, 2)
    assert grid["minutes_of_all"] > 0


def test_a_part_that_fails_is_written_down_and_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    kept = gpu.Kept(path, {"tiny": True})
    assert kept.measured("limits", lambda: {"value": 1 // 0}) is None
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["parts"]["limits"]["failed"].startswith("ZeroDivisionError")
    later = gpu.Kept(path, {"tiny": True})
    assert later.measured("limits", lambda: {"value": 1})["value"] == 1
    assert gpu.Kept(path, {"tiny": True}).get("limits")["value"] == 1
    assert gpu.Kept(path, {"tiny": False}).get("limits") is None  # of another measurement


def test_a_run_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(10)).path
    written: list[dict[str, Any]] = []
    moments = chain([0.0, 0.0], repeat(100.0))  # the deadline passes once the run has begun
    clock = SimpleNamespace(monotonic=lambda: next(moments))
    monkeypatch.setattr(_published, "time", clock)
    found = _published.published_runs(
        cohort, tmp_path / "work", "cpu", Scale.tiny(), 40, 10.0, written.append
    )
    assert found["done"] == 0
    assert "goes on at the next start" in found["ended"]
    assert written == [found]
