"""A field in tiles says what it says in one piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anascope.cells import label_cells
from anascope.models import save_model
from anascope.models.engines import Engine, Tiling, open_engine, read_field
from tests.unit.models.engines.test_engines import model

VIEWS = ["log", "field", "local"]
TILES = Tiling(whole=1000, side=1)
"""Of one place of the embedding each: the smallest that there are."""


def opened(folder: Path, encoder: str, head: str = "dense") -> Engine:
    field_head = head == "dense"
    save_model(folder, model(head, encoder, cells=True, field_head=field_head, views=VIEWS))
    return open_engine(folder, engine="torch", threads=1)


def field(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (height, width), np.uint8)


def assert_same_in_tiles(engine: Engine, stored: np.ndarray, tiling: Tiling) -> None:
    piece = read_field(engine, stored, (0.1, 0.8))
    tiles = read_field(engine, stored, (0.1, 0.8), tiling)
    assert piece.places is not None
    assert tiles.places is not None
    for name in (
        "mask",
        "places",
        "pattern",
        "intensity",
        "interior",
        "phases",
        "mixture",
        "field_inputs",
    ):
        first, second = getattr(piece, name), getattr(tiles, name)
        assert first.shape == second.shape
        assert first.dtype == second.dtype
        np.testing.assert_allclose(first, second, atol=1e-5, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("encoder", ["plain", "residual", "efficientnet-lite0"])
@pytest.mark.parametrize("shape", [(96, 112), (131, 77), (49, 170)])
def test_tiles_say_what_one_piece_says(
    encoder: str, shape: tuple[int, int], tmp_path: Path
) -> None:
    engine = opened(tmp_path, encoder)
    assert engine.halo is not None
    assert engine.halo < 300
    assert_same_in_tiles(engine, field(*shape), TILES)


@pytest.mark.parametrize("encoder", ["residual", "resnet34", "efficientnet-lite0"])
def test_the_halo_is_as_wide_as_the_network_sees(encoder: str, tmp_path: Path) -> None:
    """Narrower by a third, and mask or places differ where tiles meet."""
    engine = opened(tmp_path, encoder)
    assert engine.halo is not None
    stored = field(2 * engine.stride, 3 * engine.halo)
    tiling = Tiling(whole=1000, side=3 * engine.halo)
    assert_same_in_tiles(engine, stored, tiling)
    vars(engine)["halo"] = engine.stride
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_same_in_tiles(engine, stored, tiling)


@pytest.mark.parametrize("head", ["pooled", "flatten"])
def test_a_network_without_places_has_no_halo(head: str, tmp_path: Path) -> None:
    engine = opened(tmp_path, "residual", head)
    assert engine.halo is None
    assert read_field(engine, field(96, 96), (0.1, 0.8), TILES).mask.shape == (96, 96)


def test_the_shipped_network_says_how_far_it_sees() -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    from anascope.models import model_folder

    exported, weights = (
        open_engine(model_folder(), engine=name) for name in ("onnxruntime", "torch")
    )
    assert exported.halo == weights.halo == 256


def test_a_field_has_the_same_single_cells_in_tiles(tmp_path: Path) -> None:
    save_model(tmp_path, model("dense", cells=True))
    engine = open_engine(tmp_path, engine="torch")
    stored = np.random.default_rng(11).integers(0, 256, (96, 900), dtype=np.uint8)
    assert engine.halo is not None
    tiles = Tiling(whole=1000, side=2 * engine.halo + 160)
    whole, tiled = (read_field(engine, stored, (0.1, 0.8), tiling) for tiling in (Tiling(), tiles))
    assert whole.interior is not None
    assert tiled.interior is not None
    # Of an untrained network: half of the pixels are cell, and half of these their inner part.
    threshold, middle = float(np.median(whole.mask)), np.float32(np.median(whole.interior) - 0.5)
    cells, again = (
        label_cells(
            output.mask,
            output.mask.shape,
            cell_diameter=12,
            threshold=threshold,
            interior=output.interior - middle,
        )[0]
        for output in (whole, tiled)
        if output.interior is not None
    )
    assert cells.max() > 10
    np.testing.assert_array_equal(again, cells)
