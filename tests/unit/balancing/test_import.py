"""Balancing needs nothing but PyTorch, so that others can use it for their networks."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from importlib.metadata import requires
from re import match

ours = {match("[a-z-]+", line)[0].replace("-", "_") for line in requires("anascope")}
others = (ours | {"sklearn", "skimage", "yaml", "PIL"}) - {"torch", "numpy"}
for name in others:
    sys.modules[name] = None  # importing it fails

import torch
import anascope.balancing as balancing

layer = torch.nn.Linear(2, 2)
for balancer in (
    balancing.GradNorm(("a", "b"), layer.weight),
    balancing.UncertaintyWeights(("a", "b")),
    balancing.DynamicWeightAverage(("a", "b")),
):
    shared = balancing.SharedFeatures([layer(torch.ones(1, 2))])
    balancer.backward([shared.leaves[0].sum(), shared.leaves[0].square().sum()], shared)
print(len(others))
"""

LOADED = """
import sys
import torch

before = set(sys.modules)
import anascope.balancing
print(*sorted(set(sys.modules) - before))
"""


def test_its_import_brings_no_other_library_and_nothing_of_images() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    names = done.stdout.split()
    ours = {name.split(".")[1] for name in names if name.startswith("anascope.")}
    assert ours == {"_version", "balancing", "errors", "extras"}
    theirs = {name.partition(".")[0] for name in names} - {"anascope"}
    assert theirs <= set(sys.stdlib_module_names), theirs


def test_it_works_with_pytorch_alone() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
