"""What an engine gives is what the card promises, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from anascope.errors import InputError
from anascope.models._card import CARD, ModelCard
from anascope.models.engines._engine import FieldOutput
from anascope.words import TASK_NAMES


def check_tasks(card: ModelCard, folder: Path) -> None:
    """Refuse a model that was not trained for all that is told of a field.

    Raises:
        InputError: if one of mask, pattern and intensity is not among its tasks.
    """
    missing = [task for task in TASK_NAMES if task not in card.preset.tasks]
    if missing:
        found = f"no {' and no '.join(missing)}"
        raise InputError(f"{folder / CARD}, preset.tasks", found, f"{', '.join(TASK_NAMES)}")


def check_outputs(output: FieldOutput, card: ModelCard, path: Path) -> None:
    """Refuse an output whose numbers of patterns and levels are not those of the card.

    Args:
        output: Of any field.
        card: The model's.
        path: The file of the network, for messages.

    Raises:
        InputError: if so; the message names the key of the card. Nor may anything but one number
            say whether a serum shows several patterns.
    """
    classes, levels = len(card.patterns), len(card.intensities)
    for key, stated, found in (
        ("patterns", classes, output.pattern.size),
        ("patterns", classes, classes if output.places is None else len(output.places)),
        ("intensities", levels, output.intensity.size + 1),
    ):
        if stated != found:
            where = f"{path.parent / CARD}, {key}"
            raise InputError(where, f"{stated}", f"{found}, as {path} has")
    if output.mixture is not None and output.mixture.size != 1:
        raise InputError(path, f"{output.mixture.size} numbers as mixture", "one")


def check_numbers(outputs: Mapping[str, Any], path: Path) -> None:
    """Refuse outputs that are not all numbers: nothing can be told from NaN.

    Args:
        outputs: Arrays by name; None where there is none.
        path: The file of the network, for messages.

    Raises:
        InputError: if so.
    """
    for name, values in outputs.items():
        if values is not None and not np.isfinite(values).all():
            raise InputError(path, f"NaN or infinity as {name}", "a network that gives numbers")
