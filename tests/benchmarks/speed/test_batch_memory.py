"""The benchmark of what memory a batch takes: copies count as fields that are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed import batch_memory


def test_copies_of_results_are_fields_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    seen: list[int] = []
    read = batch_memory.read

    def noted(images: Path, out: Path, *options: str) -> dict[str, float]:
        done = read(images, out, *options)
        seen.append(len((out / "specimens.csv").read_text().splitlines()) - 1)
        return done

    monkeypatch.setattr(batch_memory, "READ", 2)
    monkeypatch.setattr(batch_memory, "read", noted)
    found = batch_memory.measure(5)
    assert seen == [2, 5, 5]
    assert found["fields"] == 5
    assert all(found[step]["peak_mib"] > 10 for step in ("counts", "summary"))
