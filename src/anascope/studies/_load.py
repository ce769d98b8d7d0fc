"""Read study files: shipped ones by name, others by path; strictly."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from anascope.errors import InputError, did_you_mean
from anascope.settings import as_settings, as_yaml, parse_settings, read_settings
from anascope.studies._study import Study

_FOLDER = resources.files("anascope.studies")


def study_names() -> tuple[str, ...]:
    """Return the names of the shipped studies."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load_study(
    name: str, *, preset: str | None = None, changes: Mapping[str, Any] | None = None
) -> Study:
    """Return a study.

    Args:
        name: Name of a shipped study, or path of a YAML file.
        preset: The preset to start from, in place of the study's.
        changes: Further changes to the preset, common to all trainings, by dotted key; text is
            read as YAML.

    Raises:
        InputError: if there is no such study, or something in it does not fit.
    """
    where, text = _read(name)
    value = parse_settings(where, text, "a study")
    if preset is not None:
        value["preset"] = preset
    if changes:
        common = value.get("changes") or {}
        read = {
            key: parse_settings(f"value of '{key}'", f"v: {new}", "a YAML value")["v"]
            if isinstance(new, str)
            else new
            for key, new in changes.items()
        }
        value["changes"] = {**common, **read}
    return as_settings(Study, where, value)


def study_to_yaml(study: Study) -> str:
    """Return ``study``, with every key spelled out, as YAML."""
    return as_yaml(study)


def _read(name: str) -> tuple[str, str]:
    if name in study_names():
        return f"study {name}", (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    if Path(name).suffix in (".yaml", ".yml"):
        return name, read_settings(name)
    raise InputError(
        "study", f"'{name}'", f"{did_you_mean(name, study_names())}, or a path that ends in .yaml"
    )
