"""Images of drawn specimens, as a microscope would write them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
import tifffile

from anascope.synthetic import I3A, draw_field, draw_specimen


class Write(Protocol):
    def __call__(self, path: Path, number: int = 0) -> None: ...


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """TIFF files of different specimens, with their pixel size."""
    folder = tmp_path_factory.mktemp("drawn")
    per_cm = 1e4 * I3A.magnification / I3A.camera_pixel_um
    files = []
    for number, pattern in enumerate(("homogeneous", "centromere", "golgi", "nuclear membrane")):
        rng = np.random.default_rng(number)
        field = draw_field(rng, draw_specimen(rng, pattern, "positive", I3A), (288, 320))
        path = folder / f"{number}.tif"
        tifffile.imwrite(path, field.image, resolution=(per_cm, per_cm), resolutionunit=3)
        files.append(path.read_bytes())
    return files


@pytest.fixture
def write(drawn: list[bytes]) -> Write:
    """Write the image of one of them."""

    def written(path: Path, number: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn[number])

    return written
