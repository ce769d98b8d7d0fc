"""Work on a Ray cluster, of one node of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from anascope.errors import InputError
from anascope.workers import RayCluster
from tests.ray_nodes import head_alone, nodes
from tests.unit.workers.contract import OtherProcessesContract

pytest.importorskip("ray", reason="Ray is not installed (pip install anascope[ray])")

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nowhere"])
def test_cluster_that_is_not_there_is_one_line(address: str) -> None:
    before = dict(os.environ)
    with pytest.raises(InputError, match=rf"address: no cluster at {address} \(.*\); e"):
        RayCluster(address=address)
    assert dict(os.environ) == before


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    with (
        head_alone() as head,
        nodes(head, 1, num_cpus=2),
        RayCluster(address=head.address, retries=1) as connected,
    ):
        yield connected


class TestRayCluster(OtherProcessesContract):
    @pytest.fixture
    def executor(self, cluster: RayCluster) -> RayCluster:
        return cluster
