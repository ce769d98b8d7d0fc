"""Read presets: shipped ones by name, others by path; strictly."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from anascope.errors import InputError, did_you_mean
from anascope.presets._preset import Preset
from anascope.settings import as_settings, as_yaml, changed, parse_settings, read_settings

_FOLDER = resources.files("anascope.presets")


def preset_names() -> tuple[str, ...]:
    """Return the names of the shipped presets."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


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
    where, text = _read(name)
    value = parse_settings(where, text, "a preset")
    return as_settings(Preset, where, changed(value, changes or {}))


def change_preset(preset: Preset, changes: Mapping[str, Any]) -> Preset:
    """Return ``preset`` with changes, as :func:`load_preset` takes them."""
    return as_settings(Preset, "preset", changed(preset.model_dump(mode="json"), changes))


def preset_to_yaml(preset: Preset) -> str:
    """Return ``preset``, with every key spelled out, as YAML."""
    return as_yaml(preset)


def _read(name: str) -> tuple[str, str]:
    if name in preset_names():
        return f"preset {name}", (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    if Path(name).suffix in (".yaml", ".yml"):
        return name, read_settings(name)
    raise InputError(
        "preset", f"'{name}'", f"{did_you_mean(name, preset_names())}, or a path that ends in .yaml"
    )
