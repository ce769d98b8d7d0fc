"""What the benchmarks take on the command line, said in the same words by all of them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

RESULTS = Path(__file__).resolve().parents[1] / "results"


def benchmark_arguments(
    doc: str | None, *, data: str | None = None, trains: bool = False, continues: bool = False
) -> ArgumentParser:
    """Return a parser with the arguments that benchmarks share.

    Args:
        doc: The benchmark's docstring; its first line is shown.
        data: The real sets that it reads. It then takes their folder, and a work folder that keeps
            cohorts and runs, so that a stopped benchmark goes on where it was.
        trains: Whether it trains networks, or draws in several processes.
        continues: Whether it can continue from a model of drawn specimens that is there already.
    """
    parser = ArgumentParser(description=(doc or "").partition("\n")[0])
    if data is not None:
        parser.add_argument("data", type=Path, help=f"folder that holds {data}")
        parser.add_argument(
            "--work", type=Path, default=Path("work"), help="cohorts and runs [%(default)s]"
        )
    if trains:
        parser.add_argument("--jobs", type=int, default=2, help="processes that draw, or train")
        parser.add_argument("--accelerator", default="auto", choices=["auto", "cpu", "gpu"])
    if continues:
        parser.add_argument(
            "--start",
            help="model to continue from instead of training on drawn specimens first: a folder, "
            "or s-drawn, which is bundled",
        )
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result")
    return parser
