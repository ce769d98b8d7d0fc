"""A card is valid, or refused in one line; and it says which model it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anascope.cells import MitosisRule
from anascope.decisions import Judgement
from anascope.errors import InputError
from anascope.files import to_json
from anascope.models import (
    CARD,
    ONNX,
    WEIGHTS,
    Learned,
    ModelCard,
    model_folder,
    read_card,
    write_card,
)
from anascope.presets import change_preset, load_preset
from anascope.settings import as_plain

HASH, OTHER = "0" * 64, "1" * 64
IDENTITY = "988e394c8e972314af5d225c1f4e51b94dc6cb80487ccd695654095008e2c22e"
OF_CELLS = load_preset(
    "tiny",
    {"network.head": "dense", "tasks": ["mask", "pattern", "intensity", "cells", "mixture"]},
)
CARD_OF_OURS = ModelCard(
    preset=load_preset("tiny"),
    patterns=("homogeneous", "centromere", "golgi"),
    intensities=("intermediate", "positive"),
    judgement=Judgement(temperature=1.2, limits={"0.8": 0.3}),
    files={WEIGHTS: HASH},
)
RULE = MitosisRule.model_validate(
    {
        "mean": (0.0,) * 10,
        "scale": (1.0,) * 10,
        "layers": ({"weights": ((0.5,),) * 10, "bias": (0.0,)},),
    }
)


@pytest.mark.parametrize(
    "change",
    [
        {"files": {WEIGHTS: OTHER}},
        {"preset": change_preset(CARD_OF_OURS.preset, {"image.scale": 0.5})},
        {"patterns": ("homogeneous", "golgi", "centromere")},
        {"intensities": ("negative", "positive")},
        {"judgement": Judgement(temperature=1.3, limits={"0.8": 0.3})},
        {"judgement": Judgement(temperature=1.2, limits={"0.8": 0.31})},
        {"judgement": Judgement(temperature=1.2, limits={"0.8": 0.3}, mixture_cutoff=0.0)},
        {"judgement": Judgement(temperature=1.2, limits={"0.8": 0.3}, negative_cutoff=0.7)},
        {"learned": Learned(mixture=True)},
        {
            "preset": change_preset(
                CARD_OF_OURS.preset,
                {
                    "training.learned": "heads",
                    "network.start": "model",
                    "balancing.balancer": "fixed",
                },
            )
        },
        {"preset": change_preset(OF_CELLS, {"network.field_hidden": 8})},
        {"mitosis": RULE},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_decides_changes_the_identity(change: dict[str, Any]) -> None:
    assert CARD_OF_OURS.model_copy(update=change).identity != CARD_OF_OURS.identity


@pytest.mark.parametrize(
    "change",
    [
        {"files": {WEIGHTS: HASH, ONNX: OTHER}},
        {"name": "another"},
        {"data": {"fold": "B"}},
        {"metrics": {"epoch": 3}},
        {"use": "none"},
        {"written_by": "anascope 9"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_only_tells_does_not(change: dict[str, Any]) -> None:
    assert CARD_OF_OURS.model_copy(update=change).identity == CARD_OF_OURS.identity


def test_a_card_of_before_has_no_cutoffs_and_the_identity_that_it_had(tmp_path: Path) -> None:
    """The hash is that of a card without the task ``mixture`` and without cut-offs."""
    write_card(tmp_path, CARD_OF_OURS)
    card = json.loads((tmp_path / CARD).read_text())
    for key in ("mixture_cutoff", "negative_cutoff"):
        del card["judgement"][key]
    del card["preset"]["network"]["field_hidden"]
    card["learned"] = {"mask": True, "pattern": True, "intensity": True, "cells": False}
    (tmp_path / CARD).write_text(json.dumps(card))
    before = read_card(tmp_path)
    assert before.judgement == CARD_OF_OURS.judgement
    assert before.judgement.mixture_cutoff is before.judgement.negative_cutoff is None
    assert not before.heads.mixture
    assert before.identity == CARD_OF_OURS.identity
    assert before.identity == IDENTITY


def test_the_identity_survives_the_disk(tmp_path: Path) -> None:
    write_card(tmp_path, CARD_OF_OURS)
    assert read_card(tmp_path).identity == CARD_OF_OURS.identity
    assert len(CARD_OF_OURS.identity) == 64


def test_a_card_that_has_the_hash_of_the_weights_alone_is_read(tmp_path: Path) -> None:
    write_card(tmp_path, CARD_OF_OURS)
    card = json.loads((tmp_path / CARD).read_text())
    card["weights_sha256"] = card.pop("files")[WEIGHTS]
    (tmp_path / CARD).write_text(json.dumps(card))
    assert read_card(tmp_path) == CARD_OF_OURS


SHIPPED = json.loads((model_folder() / CARD).read_text(encoding="utf-8")) | {"metrics": {}}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**6, 10**30, 1e-320, 1e-300, -1e300, float("inf"), float("nan")]),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([[], {}, [[]], {"x": {"x": {}}}, "../../x", "/dev/zero", "nan", "inf"]),
)


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    """Return the shipped card with up to three changes, as JSON."""
    card = json.loads(json.dumps(SHIPPED))
    for _ in range(draw(st.integers(1, 3))):
        inner, key = card, draw(st.sampled_from(sorted(card)))
        # Down to a place of any depth; metrics and data hold whatever there is.
        while isinstance(inner[key], dict | list) and inner[key] and draw(st.booleans()):
            inner = inner[key]
            keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
            key = draw(st.sampled_from(keys))
        how = draw(st.sampled_from(["delete", "replace", "nest", "repeat", "add"]))
        if how == "delete":
            del inner[key]
        elif how == "replace":
            inner[key] = draw(ODD)
        elif how == "nest":
            inner[key] = [inner[key]] if draw(st.booleans()) else {"x": inner[key]}
        elif how == "repeat" and isinstance(inner[key], list):
            inner[key] = inner[key] * draw(st.integers(2, 3))
        elif how == "add" and isinstance(inner, dict):
            inner[draw(st.text(max_size=5))] = draw(ODD)
        if not card:
            break
    return json.dumps(card)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=_mutated())
def test_a_changed_card_is_valid_or_refused_in_one_line(tmp_path: Path, text: str) -> None:
    """And what is valid can be written, and is the same model when it is read again."""
    path = tmp_path / CARD
    path.write_text(text, encoding="utf-8")
    refusal, card = None, None
    try:
        card = read_card(tmp_path)
    except InputError as error:
        refusal = error
    if card is None:
        assert refusal is not None
        assert refusal.where.startswith(str(path))
        assert "\n" not in str(refusal)
        return
    path.write_text(to_json(as_plain(card)), encoding="utf-8")
    assert read_card(tmp_path).identity == card.identity


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=60) | st.text('{}[]":,0e9NaN', max_size=60).map(str.encode))
def test_any_bytes_are_no_card(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CARD).write_bytes(content)
    with pytest.raises(InputError):
        read_card(tmp_path)
