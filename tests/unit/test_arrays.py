"""Arrays that are too large for the memory."""

from __future__ import annotations

import errno

import numpy as np
import pytest

from anascope import arrays
from anascope.arrays import let_go, room_for, row_bands


def test_a_small_array_is_in_memory_and_a_large_one_in_a_file() -> None:
    small = room_for((3, 4), np.int32)
    large = room_for((arrays.IN_MEMORY // 4, 1), np.int32)
    assert not isinstance(small, np.memmap)
    assert isinstance(large, np.memmap)
    assert not small.any()
    assert large[-1] == 0


def test_what_is_let_go_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "IN_MEMORY", 1)
    array = room_for((50, 40), np.uint16)
    array[:] = 7
    let_go(array, array[3:9].view(np.int16), np.zeros(3))
    assert (array == 7).all()


def test_bands_cover_every_row_once() -> None:
    image = np.zeros((10, 30))
    assert list(row_bands(image)) == [slice(0, 10)]
    assert list(row_bands(image, most=90)) == [slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 10)]
    assert len(list(row_bands(image, most=1))) == 10


def test_a_full_disk_is_noticed_before_a_page_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arrays, "IN_MEMORY", 1)
    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        room_for((50, 40), np.uint16)
