"""Wheel and source distribution, each installed into an empty environment, without extras."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.install._empty import Empty, build

MOST_BYTES = 400_000_000
"""Of what ``pip install anascope`` brings, without byte code."""
FORBIDDEN = ("torch", "pandas", "ray", "tensorboard", "triton", "matplotlib")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    try:
        return build(tmp_path_factory.mktemp("dist"))
    except subprocess.CalledProcessError:
        pytest.skip("no package index, from which to take what builds the package")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [0, 1], ids=["wheel", "source distribution"])
def test_reads_in_an_empty_environment(built: tuple[Path, Path], kind: int, tmp_path: Path) -> None:
    """Takes 51 s on two cores, the half of it pip."""
    empty = Empty(tmp_path / "environment")
    empty.install(built[kind])
    empty.check()
    assert empty.size().bytes < MOST_BYTES
    (site,) = empty.folder.glob("lib/python*/site-packages")
    assert not [name for name in FORBIDDEN if (site / name).exists()]
    _, results = empty.read_a_drawn_field(tmp_path)
    assert "01" in (results / "specimens.csv").read_text(encoding="utf-8")
    assert (results / "report.html").stat().st_size > 10_000
    with pytest.raises(subprocess.CalledProcessError):
        empty.run("anascope", "train", "cohort")
