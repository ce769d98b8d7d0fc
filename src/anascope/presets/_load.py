"""Read presets: shipped ones by name, others by path; strictly."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from anascope.errors import InputError, did_you_mean
from anascope.presets._preset import Preset

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
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(where, f"not YAML ({error})", "a preset") from None
    if not isinstance(value, dict):
        raise InputError(where, "no keys", "a preset")
    for key, new in (changes or {}).items():
        _change(value, key, new)
    try:
        # Lax mode turns YAML's lists into tuples and whole numbers into floats.
        return Preset.model_validate(value)
    except ValidationError as error:
        raise _as_input_error(where, error) from None


def preset_to_yaml(preset: Preset) -> str:
    """Return ``preset``, with every key spelled out, as YAML."""
    text: str = yaml.safe_dump(preset.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return text


def _read(name: str) -> tuple[str, str]:
    if name in preset_names():
        return f"preset {name}", (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        try:
            return name, path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(name, f"cannot be read ({error})", "a YAML file") from None
    raise InputError(
        "preset", f"'{name}'", f"{did_you_mean(name, preset_names())}, or a path that ends in .yaml"
    )


def _change(value: dict[str, Any], key: str, new: Any) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        value = value.setdefault(parent, {})
        if not isinstance(value, dict):
            raise InputError(
                f"key '{key}'", f"'{parent}' has no keys", "a dotted key of the preset"
            )
    try:
        value[last] = yaml.safe_load(new) if isinstance(new, str) else new
    except yaml.YAMLError:
        raise InputError(f"key '{key}'", f"value '{new}'", "a YAML value") from None


def _as_input_error(where: str, error: ValidationError) -> InputError:
    """Turn pydantic's first complaint into one line."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        known = list(_section_at(path[:-1]).model_fields)
        return InputError(where, f"unknown key '{key}'", did_you_mean(path[-1], known))
    if first["type"] == "missing":
        return InputError(where, f"no key '{key}'", "a value for it")
    message = first["msg"].removeprefix("Input should be ")
    return InputError(f"{where}, {key}", f"{first['input']!r}", message)


def _section_at(path: list[str]) -> type[BaseModel]:
    section: type[BaseModel] = Preset
    for part in path:
        annotation = section.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        section = annotation
    return section
