"""A Ray cluster as a study sees it: how to reach it, and how many runs fit on its nodes."""

from __future__ import annotations

import logging
import os
import socket
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anascope.errors import InputError, one_line

# Hardly anything but names of runs goes through Ray's store: near the least that Ray takes,
# instead of 30% of the memory.
_OBJECT_STORE_BYTES = 80 * 2**20
_KNOCK_SECONDS = 10.0  # that a cluster may take to answer
_UNIT = 10_000  # Ray counts resources in ten-thousandths


def import_ray() -> Any:
    """Return the module ``ray``.

    Raises:
        InputError: if it is not installed.
    """
    try:
        import ray
        import ray.exceptions
    except ImportError:
        raise InputError(
            "executor", "ray, which is not installed", "pip install anascope[ray]"
        ) from None
    return ray


def connect(ray: Any, address: str | None) -> bool:
    """Connect this process to a cluster; return whether the connection was made here.

    Without an address a cluster of this machine alone is started, whatever ``RAY_ADDRESS``
    says: a study goes to other machines only when told to.

    Raises:
        InputError: if no cluster can be reached there.
    """
    if ray.is_initialized():  # by the script that drives the study; it stays the script's
        return False
    settings: dict[str, Any] = {"address": address}
    if address is None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        settings = {
            "address": "local",
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
        }
    try:
        _knock(address)
        # What workers print is not shown: their progress and failures are in the run folders.
        with warnings.catch_warnings():  # of what the one line below says
            warnings.simplefilter("ignore")
            ray.init(**settings, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        ray.shutdown()
        lines = str(error).strip().splitlines() or [type(error).__name__]
        said = one_line(lines[-1]).partition(". ")[0]  # the rest is a trace, or advice
        raise InputError(
            "address",
            f"no cluster at {address or 'this machine'} ({said})",
            "that of a Ray cluster that runs: auto, HOST:PORT or ray://HOST:PORT",
        ) from error
    return True


def _knock(address: str | None) -> None:
    """Raise OSError if nobody listens at HOST:PORT; Ray would try for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_SECONDS).close()


@dataclass(frozen=True)
class Share:
    """What a run takes of a node.

    Attributes:
        cpus: CPU cores; more than 0.
        gpus: GPUs: a part of one, or a whole number.
    """

    cpus: float
    gpus: float

    def __post_init__(self) -> None:
        if self.cpus < 1 / _UNIT:
            raise InputError("cpus_per_run", f"{self.cpus:g}", "more than 0")
        if self.gpus < 0 or 0 < self.gpus < 1 / _UNIT:
            raise InputError("gpus_per_run", f"{self.gpus:g}", "0 or more")
        if self.gpus > 1 and self.gpus % 1:
            raise InputError("gpus_per_run", f"{self.gpus:g}", "a part of 1, or a whole number")

    def places(self, node: Mapping[str, float]) -> int:
        """Return how many runs fit at the same time on a node with these resources."""
        on_cpus = round(node.get("CPU", 0) * _UNIT) // round(self.cpus * _UNIT)
        if not self.gpus:
            return on_cpus
        gpus = int(node.get("GPU", 0))
        # A run that takes a part of a GPU gets it from one GPU, not from the rests of two.
        on_gpus = (
            gpus // int(self.gpus) if self.gpus >= 1 else gpus * (_UNIT // round(self.gpus * _UNIT))
        )
        return min(on_cpus, on_gpus)

    def places_on(self, nodes: Iterable[Mapping[str, float]]) -> int:
        """Return how many runs fit at the same time on all ``nodes``."""
        return sum(self.places(node) for node in nodes)

    def require_room(self, nodes: Iterable[Mapping[str, float]]) -> None:
        """Check that a run fits on one of ``nodes``.

        Raises:
            InputError: if it would wait for ever.
        """
        nodes = list(nodes)
        if self.places_on(nodes):
            return
        kinds = Counter(_said(node.get("CPU", 0), node.get("GPU", 0)) for node in nodes)
        has = ", ".join(f"{count} × {kind}" for kind, count in kinds.items())
        raise InputError(
            f"a run with {_said(self.cpus, self.gpus)}",
            f"more than any node of the cluster has ({has or 'no nodes'})",
            "cores and GPUs of a run that fit on one node",
        )


def nodes_of(ray: Any) -> list[Mapping[str, float]]:
    """Return the resources of each node that is alive."""
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _said(cpus: float, gpus: float) -> str:
    return f"{cpus:g} CPU and {gpus:g} GPU"
