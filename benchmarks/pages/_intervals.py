"""Tables of how often intervals hold the truth."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.pages._markdown import markdown, measured

_OURS = "anascope"


@measured("interval-coverage", "study.interval_coverage")
def interval_coverage(result: dict[str, Any]) -> str:
    """Return coverage by population, then the candidates beside each other."""
    populations = result["populations"]
    sizes = list(next(iter(populations.values())))
    columns = [f"{size} patients" for size in sizes]
    covered = [
        [name, *(f"{found[size]['methods'][_OURS]['coverage']:.3f}" for size in sizes)]
        for name, found in populations.items()
    ]
    methods = list(next(iter(populations.values()))[sizes[0]]["methods"])
    candidates = [
        [
            method,
            *(
                _beside([found[size]["methods"] for found in populations.values()], method)
                for size in sizes
            ),
        ]
        for method in methods
    ]
    note = (
        f"The first table gives the share of {result['settings']['trials']:,} samples whose 95% "
        "interval contains the truth. The second gives, for each method, the smallest and the "
        "median share over these populations, and its median width relative to anascope's. Made by "
        f"`{result['command']}`; every method and width is in `results/interval-coverage.json`.\n"
    )
    return (
        f"{markdown(['truth', *columns], covered)}\n"
        f"{markdown(['method', *columns], candidates)}\n{note}"
    )


def _beside(by_population: list[dict[str, Any]], method: str) -> str:
    """Return a method's least and median coverage, and its width: ``0.88, 0.94, ×0.91``."""
    shares = [found[method]["coverage"] for found in by_population]
    widths = [
        found[method]["median_width"] / found[_OURS]["median_width"] for found in by_population
    ]
    return f"{min(shares):.2f}, {median(shares):.2f}, ×{median(widths):.2f}"
