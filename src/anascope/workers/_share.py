"""What a worker takes of a node of a cluster, and how many fit on its nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anascope.errors import InputError

_UNIT = 10_000  # Ray counts resources in ten-thousandths


@dataclass(frozen=True)
class Share:
    """The resources of a node that work on an item takes.

    Attributes:
        cpus: CPU cores; more than 0.
        gpus: GPUs: a part of one, or a whole number.

    Raises:
        InputError: if Ray cannot give that.
    """

    cpus: float
    gpus: float

    def __post_init__(self) -> None:
        if self.cpus < 1 / _UNIT:
            raise InputError("cpus", f"{self.cpus:g}", "more than 0")
        if self.gpus < 0 or 0 < self.gpus < 1 / _UNIT:
            raise InputError("gpus", f"{self.gpus:g}", "0 or more")
        if self.gpus > 1 and self.gpus % 1:
            raise InputError("gpus", f"{self.gpus:g}", "a part of 1, or a whole number")

    def places(self, node: Mapping[str, float]) -> int:
        """Return how many fit at the same time on a node with these resources."""
        on_cpus = round(node.get("CPU", 0) * _UNIT) // round(self.cpus * _UNIT)
        if not self.gpus:
            return on_cpus
        gpus = int(node.get("GPU", 0))
        # A part of a GPU comes from one GPU, not from the rests of two.
        on_gpus = (
            gpus // int(self.gpus) if self.gpus >= 1 else gpus * (_UNIT // round(self.gpus * _UNIT))
        )
        return min(on_cpus, on_gpus)

    def places_on(self, nodes: Iterable[Mapping[str, float]]) -> int:
        """Return how many fit at the same time on all ``nodes``."""
        return sum(self.places(node) for node in nodes)

    def require_room(self, nodes: Iterable[Mapping[str, float]]) -> None:
        """Check that one fits on one of ``nodes``.

        Raises:
            InputError: if none fits anywhere, so that it would wait forever.
        """
        nodes = list(nodes)
        if self.places_on(nodes):
            return
        kinds = Counter(_described(node.get("CPU", 0), node.get("GPU", 0)) for node in nodes)
        has = ", ".join(f"{count} × {kind}" for kind, count in kinds.items())
        raise InputError(
            f"a worker with {_described(self.cpus, self.gpus)}",
            f"more than any node of the cluster has ({has or 'no nodes'})",
            "cpus and gpus that fit on one node",
        )


def _described(cpus: float, gpus: float) -> str:
    return f"{cpus:g} CPU and {gpus:g} GPU"
