"""Which model reads: one of the package by name, or a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.models import CARD, model_folder, shipped, shipped_models


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with the models ``b`` and ``s``, and a folder without a card beside them."""
    root = tmp_path / "weights"
    for name in ("b", "s", "half-done"):
        (root / name).mkdir(parents=True)
    for name in ("b", "s"):
        (root / name / CARD).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(shipped, "_FOLDER", root)
    return root


def test_models_of_the_package_have_names(weights: Path) -> None:
    assert shipped_models() == {"b": weights / "b", "s": weights / "s"}
    assert model_folder("b") == weights / "b"


def test_the_small_one_reads_if_none_is_named(weights: Path) -> None:
    assert model_folder() == weights / "s"


def test_a_folder_is_taken_as_it_is(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (weights.parent / "s").mkdir()
    monkeypatch.chdir(weights.parent)
    assert model_folder(weights.parent / "s") == weights.parent / "s"
    assert model_folder("./s") == model_folder(Path("s")) == Path("s")
    assert model_folder("s") == weights / "s"


@pytest.mark.usefixtures("weights")
def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no such folder.*a folder or one of b, s"):
        model_folder("large")


def test_a_package_without_weights_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_FOLDER", tmp_path)
    with pytest.raises(InputError, match="none in this copy of anascope"):
        model_folder()
