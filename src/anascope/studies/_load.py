"""Read study files: shipped ones by name, others by path; strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anascope.settings import as_settings, as_yaml, parse_settings, read_settings, shipped_names
from anascope.studies._study import Study

_PACKAGE = "anascope.studies"


def study_names() -> tuple[str, ...]:
    """Return the names of the studies in the package."""
    return shipped_names(_PACKAGE)


def load_study(
    name: str, *, preset: str | None = None, changes: Mapping[str, Any] | None = None
) -> Study:
    """Return a study.

    Args:
        name: Name of a study in the package, or path of a YAML file.
        preset: The preset to start from, in place of the study's.
        changes: Further changes to the preset, common to all trainings, by dotted key; text is
            read as YAML.

    Raises:
        InputError: if there is no such study, or something in it does not fit.
    """
    source, value = read_settings("study", name, _PACKAGE)
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
    return as_settings(Study, source, value)


def study_to_yaml(study: Study) -> str:
    """Return ``study``, with every key spelled out, as YAML."""
    return as_yaml(study)
