"""What an item takes of a node, and a Ray that is not there; needs no Ray."""

from __future__ import annotations

import sys

import pytest

from anascope.errors import InputError
from anascope.workers import RayCluster, Share
from tests.refusals import refused


@pytest.mark.parametrize(
    ("cpus", "gpus", "node", "places"),
    [
        (1, 0, {"CPU": 4.0}, 4),
        (4, 0, {"CPU": 3.0}, 0),
        (0.1, 0, {"CPU": 1.0}, 10),
        (1.5, 0, {"CPU": 4.0}, 2),
        (1, 0.5, {"CPU": 64.0, "GPU": 8.0}, 16),
        (1, 0.4, {"CPU": 64.0, "GPU": 8.0}, 16),  # the rests of two GPUs are no GPU
        (1, 2, {"CPU": 64.0, "GPU": 7.0}, 3),
        (4, 0.5, {"CPU": 12.0, "GPU": 8.0}, 3),
        (1, 1, {"CPU": 8.0}, 0),
        (1, 0, {"memory": 1e9}, 0),
    ],
)
def test_places_on_a_node(cpus: float, gpus: float, node: dict[str, float], places: int) -> None:
    assert Share(cpus, gpus).places(node) == places


def test_places_are_counted_node_by_node() -> None:
    assert Share(2, 0).places_on([{"CPU": 3.0}, {"CPU": 3.0}]) == 2


@pytest.mark.parametrize(("cpus", "gpus"), [(0, 0), (-1, 0), (1, -0.5), (1, 1.5), (0.00001, 0)])
def test_share_that_ray_cannot_give_is_refused(cpus: float, gpus: float) -> None:
    with pytest.raises(InputError, match=r"^[cg]pus: .*; expected"):
        Share(cpus, gpus)


def test_share_that_no_node_has_is_refused_with_what_there_is() -> None:
    nodes = [{"CPU": 8.0}, {"CPU": 8.0}, {"CPU": 4.0, "GPU": 1.0}]
    Share(4, 1).require_room(nodes)
    with refused(
        where="a worker with 8 CPU and 1 GPU",
        found="more than any node of the cluster has (2 × 8 CPU and 0 GPU, 1 × 4 CPU and 1 GPU)",
        expected="cpus and gpus that fit on one node",
    ):
        Share(8, 1).require_room(nodes)


def test_missing_ray_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with refused(
        where="Ray",
        found="ray is not installed",
        expected="anascope[ray] (pip install 'anascope[ray]')",
    ):
        RayCluster()
