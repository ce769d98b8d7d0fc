"""What the benchmark of drawing measures."""

from __future__ import annotations

import numpy as np

from benchmarks.memory import peak_mib
from benchmarks.speed.drawing import drawing_like, peaks, peaks_of_a_process, speed


def test_speed_of_small_fields() -> None:
    found = speed(drawing_like("mivia", 4, (160, 160)), 1)
    assert found["fields"] == 3
    assert found["fields_per_second"] == 3 / found["seconds"]


def test_memory_is_looked_at_when_asked() -> None:
    assert set(peaks(drawing_like("mivia", 4, (160, 160)), [2, 4])) == {"2", "4"}


def test_a_new_process_does_not_begin_with_the_peak_of_this_one() -> None:
    _ = np.ones(2**27 // 8).sum() + np.ones(2**29 // 8).sum()  # 512 MiB, held for a moment
    before = peak_mib()
    found = peaks_of_a_process("mivia", [1, 2], (160, 160))
    assert before > 512
    assert max(found["peak_mib_after_fields"].values()) < before
