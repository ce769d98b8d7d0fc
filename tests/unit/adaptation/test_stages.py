"""The whole network is taken where it has learned more and lost nothing of masks and cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.adaptation._networks import better_stage
from anascope.models import write_card
from tests.unit.adaptation.specimens import card_with

HEADS = {"mask": 0.12, "pattern": 0.5, "intensity": 0.1}


def written(folder: Path, losses: dict[str, float | None]) -> Path:
    folder.mkdir()
    metrics = {f"validation_loss_{task}": loss for task, loss in losses.items()}
    write_card(folder, card_with().model_copy(update={"metrics": {"epoch": 3, **metrics}}))
    return folder


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({"pattern": 0.3}, "more"),
        ({"pattern": 0.3, "mask": 0.11}, "more"),
        ({"pattern": 0.3, "mask": 0.13}, "heads"),
        ({"pattern": 0.5}, "heads"),
        ({"pattern": 0.3, "intensity": 0.4}, "heads"),
        ({"pattern": 0.3, "intensity": None}, "more"),
    ],
)
def test_the_better_stage(changes: dict[str, float | None], taken: str, tmp_path: Path) -> None:
    heads = written(tmp_path / "heads", {**HEADS})
    more = written(tmp_path / "more", {**HEADS, **changes})
    assert better_stage(heads, more) == tmp_path / taken
