"""The notebook of the tutorial runs from its first cell to its last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from anascope.errors import InputError
from anascope.models import model_folder

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial" / "read-images.ipynb"


def test_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        model_folder()
    except InputError:
        pytest.skip("this copy of anascope has no model")
    monkeypatch.setenv("MPLBACKEND", "agg")
    scope: dict[str, Any] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), scope)
    assert len(scope["cells"]) > 5
    assert any(flag.flag == "too dark" for flag in scope["flagged"].quality)
