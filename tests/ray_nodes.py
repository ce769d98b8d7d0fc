"""A Ray cluster of nodes that are all this machine, for tests that add the nodes they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_STORE = 80 * 2**20


@contextmanager
def head_alone() -> Iterator[Any]:
    """Start a cluster whose head works on nothing."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_worker_niceness", "0")  # else a busy machine hardly lets them work
        made: Any = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 0,
                "include_dashboard": False,
                "object_store_memory": _STORE,
            },
        )
        try:
            yield made
        finally:
            made.shutdown()


@contextmanager
def nodes(cluster: Any, count: int, **resources: float) -> Iterator[list[Any]]:
    """Add nodes for a test, and remove those that are left."""
    added = [cluster.add_node(object_store_memory=_STORE, **resources) for _ in range(count)]
    try:
        yield added
    finally:
        for node in added:
            if node in cluster.worker_nodes:
                cluster.remove_node(node)
