"""Where each cell is in its division: told by the network, by a rule, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from anascope.decisions import ChromatinVote
from anascope.models import read_card, save_model, write_card
from anascope.models.engines import FieldOutput
from anascope.reading import Reader
from anascope.reading._by_place import in_mitosis
from tests.unit.models.engines.test_engines import model
from tests.unit.models.test_card import RULE

SIDE = 96


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_field_evaluable: None) -> Reader:
    """Return a reader of a network that finds two cells, of which the right one is in anaphase."""
    save_model(tmp_path, model("dense", cells=True, scale=1.0))
    reader = Reader(tmp_path, engine="torch")
    y, x = np.indices((SIDE, SIDE))
    left, right = (np.hypot(y - 48, x - at) < 20 for at in (24, 66))
    phases = np.zeros((4, SIDE, SIDE), np.float32)
    phases[0, left], phases[3, right] = 3.0, 3.0

    def output(*_: object) -> FieldOutput:
        return FieldOutput(
            mask=(left | right).astype(np.float32),
            pattern=np.zeros(3, np.float32),
            intensity=np.zeros(1, np.float32),
            places=np.zeros((3, 6, 6), np.float32),
            stride=16,
            interior=np.where(left | right, 0.9, 0).astype(np.float32),
            phases=phases,
        )

    monkeypatch.setattr(reader._engine, "run", output)
    return reader


def test_the_network_tells_phases(reader: Reader) -> None:
    reading, _ = reader.field(np.full((SIDE, SIDE), 50, np.uint8))
    quiet, dividing = sorted(reading.cells, key=lambda cell: cell.x)
    odds = np.exp(3.0) / 3
    assert quiet.mitotic == pytest.approx(1 / (1 + odds))
    assert (quiet.phase, quiet.chromatin) == ("interphase", None)
    assert dividing.mitotic == pytest.approx((2 + np.exp(3.0)) / (3 + np.exp(3.0)))
    assert (dividing.phase, dividing.chromatin) == ("anaphase", "unstained")
    assert reading.mitotic_figures == 1
    (shown,) = reading.dividing
    assert (shown.cell, shown.phase) == (dividing.cell, "anaphase")
    assert reading.dividing == in_mitosis(reading.cells)


def test_what_divides_has_a_say_in_the_decision(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one dividing cell is told unstained; the network itself is undecided."""
    pixels = np.full((SIDE, SIDE), 50, np.uint8)
    classes = reader.card.patterns
    without = reader.field(pixels)[0].decision
    vote = ChromatinVote(stained=0.9, unstained=0.2)
    judgement = reader.card.judgement.model_copy(update={"chromatin": vote})
    card = reader.card.model_copy(update={"judgement": judgement})
    monkeypatch.setattr(Reader, "card", property(lambda _: card))
    voted = reader.field(pixels)[0].decision
    assert without is not None
    assert voted is not None
    expected = softmax(vote.logarithms(reader.card.pattern_space, 0, 1))
    np.testing.assert_allclose(list(without.patterns.values()), 1 / len(classes))
    np.testing.assert_allclose(list(voted.patterns.values()), expected)


def test_a_rule_tells_neither_phase_nor_chromatin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every_field_evaluable: None
) -> None:
    """A rule says which cells divide: its limit was set on other outlines than phases are."""
    save_model(tmp_path, model("dense", scale=1.0))
    write_card(tmp_path, read_card(tmp_path).model_copy(update={"mitosis": RULE}))
    reader = Reader(tmp_path, engine="torch")
    y, x = np.indices((SIDE, SIDE))
    cells = np.hypot(y - 48, x - 48) < 20
    output = FieldOutput(
        mask=cells.astype(np.float32),
        pattern=np.zeros(3, np.float32),
        intensity=np.zeros(1, np.float32),
        places=np.zeros((3, 6, 6), np.float32),
        stride=16,
    )
    monkeypatch.setattr(reader._engine, "run", lambda *_: output)
    reading, _ = reader.field(np.where(cells, 90, 20).astype(np.uint8))
    (cell,) = reading.cells
    assert cell.mitotic is not None
    assert (cell.phase, cell.chromatin) == (None, None)
    assert reading.mitotic_figures is not None


def test_a_network_that_did_not_learn_single_cells_does_not_tell_them(tmp_path: Path) -> None:
    untrained = model("dense", cells=True, scale=1.0)
    heads = untrained.card.heads.model_copy(update={"cells": False})
    card = untrained.card.model_copy(update={"learned": heads})
    save_model(tmp_path, type(untrained)(untrained.network, card))
    reading, _ = Reader(tmp_path, engine="torch").field(
        np.random.default_rng(1).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    )
    assert reading.mitotic_figures is None
    assert all(cell.phase is None and cell.mitotic is None for cell in reading.cells)
