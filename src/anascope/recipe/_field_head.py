"""The field heads of a recipe's networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anascope.cohorts import Cohort
from anascope.errors import InputError
from anascope.models import WEIGHTS, read_card
from anascope.recipe._settings import DRAWN, RecipeSettings
from anascope.records import FieldRecord
from anascope.training import FieldHeadSettings, LabelledFields, fit_field_head

FIELD_HEAD = "field_head"
"""Key in the data of a card: what its field head learned from, and how."""


def with_field_head(
    model: Path,
    fields: Mapping[str, tuple[Cohort, Sequence[FieldRecord]]],
    out: Path,
    settings: RecipeSettings,
    accelerator: str,
) -> Path:
    """Return a folder with a network and its field head, which learns if it is not there.

    Args:
        model: Folder of the network.
        fields: What the head learns from, by set, :data:`DRAWN` among them.
        out: Where to write; kept if it is there.
        settings: The recipe, with a field head.
        accelerator: ``cpu``, ``gpu`` or ``auto``.

    Raises:
        InputError: if ``out`` has a head of another network, or one that learned otherwise.
    """
    steps = settings.field_head
    assert steps is not None  # else nobody asks for it
    record: dict[str, Any] = {
        "of_weights": read_card(model).files[WEIGHTS],
        "settings": steps.model_dump(mode="json"),
        "fields": {name: len(records) for name, (_, records) in fields.items()},
    }
    if out.exists():
        found = read_card(out).data.get(FIELD_HEAD)
        if found != record:
            expected = f"one that learned as {record}; take another work folder"
            raise InputError(out, f"a field head that learned as {found}", expected)
        return out
    learned = [
        LabelledFields(cohort, records, 1.0 if name == DRAWN else steps.real, name in settings.even)
        for name, (cohort, records) in fields.items()
        if name == DRAWN or steps.real
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    fit_field_head(
        model,
        learned,
        out,
        settings=FieldHeadSettings(**steps.model_dump(exclude={"real"})),
        data={FIELD_HEAD: record},
        accelerator=accelerator,
    )
    return out
