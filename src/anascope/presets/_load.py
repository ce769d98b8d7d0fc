"""Read presets: shipped ones by name, others by path; strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anascope.presets._preset import Preset
from anascope.settings import as_settings, as_yaml, changed, read_settings, shipped_names

_PACKAGE = "anascope.presets"


def preset_names() -> tuple[str, ...]:
    """Return the names of the shipped presets."""
    return shipped_names(_PACKAGE)


def load_preset(name: str, changes: Mapping[str, Any] | None = None) -> Preset:
    """Return a preset, with changes.

    Args:
        name: Name of a shipped preset, or path of a YAML file.
        changes: New values by dotted key, such as ``{"training.epochs": 15}``. Values given
            as text are read as YAML.

    Raises:
        InputError: if there is no such preset, a key is unknown (the nearest is named), or a
            value is out of range.
    """
    where, value = read_settings("preset", name, _PACKAGE)
    return as_settings(Preset, where, changed(value, changes or {}))


def change_preset(preset: Preset, changes: Mapping[str, Any]) -> Preset:
    """Return ``preset`` with changes, as :func:`load_preset` takes them."""
    return as_settings(Preset, "preset", changed(preset.model_dump(mode="json"), changes))


def preset_to_yaml(preset: Preset) -> str:
    """Return ``preset``, with every key spelled out, as YAML."""
    return as_yaml(preset)
