"""The desk whose pictures are taken is one of its own, with the specimens of a reading."""

from __future__ import annotations

from pathlib import Path
from subprocess import CalledProcessError
from urllib.request import urlopen

import pytest

pytest.importorskip("fastapi", reason="needs anascope[desk]")

from benchmarks.pages.desk_pictures import new_desk
from tests.unit.exchange.made_up import write_results


def test_the_specimens_are_served(tmp_path: Path) -> None:
    write_results(tmp_path / "reading", "S-1", "S-2")
    with new_desk(tmp_path / "reading") as address, urlopen(address) as answer:
        page = answer.read().decode()
    assert "S-1" in page
    assert "S-2" in page


def test_a_folder_without_results_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CalledProcessError), new_desk(tmp_path):
        pass
    assert "no folder of results" in capfd.readouterr().err
