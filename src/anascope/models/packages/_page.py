"""What a model's card says, as a page for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from anascope.models._card import ModelCard
from anascope.settings import as_plain
from anascope.words import pattern_named


def model_page(card: ModelCard, how_to_use: str) -> str:
    """Return the card as Markdown.

    Everything in it is the card's; nothing is measured here.

    Args:
        card: Of the model.
        how_to_use: Whole paragraphs in Markdown.
    """
    judgement = card.judgement
    sections = [
        f"# {_plain(title_of(card))}",
        "A network that reads HEp-2 indirect-immunofluorescence images: " + _does(card) + ".",
        f"**{_plain(card.use)}**",
        "## How to use it",
        how_to_use.strip(),
        "## Patterns",
        _table(["pattern", "ICAP code"], [[name, _codes(name)] for name in card.patterns]),
        "## Intensity levels",
        "From dark to bright: " + ", ".join(card.intensities) + ".",
        "## Training",
        _details(card.data),
        f"Encoder: {card.preset.network.encoder}; tasks: {', '.join(card.preset.tasks)}; "
        f"balancer: {card.preset.balancing.balancer}.",
        "## Validation",
        _details(card.metrics),
        f"Calibration of the probabilities: {_plain(judgement.measured_on)}.",
        "To validate the model on your own images, compare its answers with those of your readers, "
        "on patients from whom it has not learned.",
        "## Limits",
        "A person decides. What the model was not tested on is not known: other substrates, "
        "microscopes and patterns may give wrong answers without a warning.",
        f"Identity of the model: `{card.identity}`. Written by {_plain(card.written_by)}.",
    ]
    return "\n\n".join(sections) + "\n"


def title_of(card: ModelCard) -> str:
    """Return what a model is called where there are others."""
    return f"anascope {card.name or card.identity[:10]}"


def _does(card: ModelCard) -> str:
    heads = card.heads
    abilities = {
        "it finds cells": heads.mask,
        "names the staining pattern": heads.pattern,
        "grades the fluorescence intensity": heads.intensity,
        "predicts the phase of single cells": heads.cells,
        "and estimates whether a serum shows several patterns": heads.mixture,
    }
    return ", ".join(words for words, learned in abilities.items() if learned)


def _codes(name: str) -> str:
    return ", ".join(pattern_named(name).codes)


def _details(values: Mapping[str, Any]) -> str:
    rows = [[key, _number(value)] for key, value in _leaves(as_plain(values))]
    return _table(["what", "value"], rows) if rows else "The card says nothing about it."


def _leaves(value: Any, above: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield what a nested value holds with the path to it, intervals as one."""
    if isinstance(value, Mapping) and set(value) != {"mean", "low", "high"}:
        for key, inner in value.items():
            yield from _leaves(inner, (*above, str(key)))
    elif value not in (None, [], {}):
        yield ", ".join(above).replace("_", " "), value


def _number(value: Any) -> str:
    if isinstance(value, Mapping):
        if value["mean"] is None:
            return "not measured"
        return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"
    if isinstance(value, list):
        return ", ".join(map(_number, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(_plain, line)) + " |" for line in lines)


def _plain(text: str) -> str:
    """Return text that Markdown takes for nothing else, on one line.

    A card may come from anywhere: what it says is shown, and is neither a link nor HTML.
    """
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(text.split()))
