"""Settings from YAML, read strictly: what is wrong is named in one line."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from anascope.errors import InputError, did_you_mean

_Model = TypeVar("_Model", bound=BaseModel)


class Section(BaseModel):
    """Base of everything that is read from settings: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def parse_settings(where: str, text: str, what: str) -> dict[str, Any]:
    """Return the keys and values of YAML ``text``.

    Raises:
        InputError: if it is not YAML, or has no keys; ``where`` and ``what`` it should be are
            named.
    """
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(where, f"not YAML ({error})", what) from None
    if not isinstance(value, dict):
        raise InputError(where, "no keys", what)
    return value


def shipped_names(package: str) -> tuple[str, ...]:
    """Return the names of the YAML files that lie beside the code of ``package``."""
    names = (entry.name for entry in resources.files(package).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def read_settings(what: str, name: str, package: str) -> tuple[str, dict[str, Any]]:
    """Return what messages call some settings, and their keys and values.

    Args:
        what: What they describe, such as ``preset``.
        name: Name of a YAML file beside the code of ``package``, or path of another one.
        package: Such as ``anascope.presets``.

    Raises:
        InputError: if there is no such file, or it is not YAML or has no keys.
    """
    known = shipped_names(package)
    if name in known:
        where = f"{what} {name}"
        text = (resources.files(package) / f"{name}.yaml").read_text(encoding="utf-8")
    elif Path(name).suffix in (".yaml", ".yml"):
        where = name
        try:
            text = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(name, f"cannot be read ({error})", "a YAML file") from None
    else:
        expected = f"{did_you_mean(name, known)}, or a path that ends in .yaml"
        raise InputError(what, f"'{name}'", expected)
    return where, parse_settings(where, text, f"a {what}")


def changed(value: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``value`` with new values by dotted key; those given as text are read as YAML.

    >>> changed({"training": {"epochs": 30}}, {"training.epochs": "15"})
    {'training': {'epochs': 15}}

    Raises:
        InputError: if a key leads through something without keys, or text is not YAML.
    """
    result = dict(value)
    for key, new in changes.items():
        _change(result, key, new)
    return result


def as_settings(model: type[_Model], where: str, value: Mapping[str, Any]) -> _Model:
    """Return ``value`` as ``model``.

    Raises:
        InputError: for the first thing that does not fit; an unknown key names the nearest.
    """
    try:
        # Lax mode turns YAML's lists into tuples and whole numbers into floats.
        return model.model_validate(value)
    except ValidationError as error:
        raise _as_input_error(model, where, error) from None


def as_yaml(settings: BaseModel) -> str:
    """Return ``settings``, with every key spelled out, as YAML."""
    text: str = yaml.safe_dump(
        settings.model_dump(mode="json"), sort_keys=False, allow_unicode=True
    )
    return text


def _change(value: dict[str, Any], key: str, new: Any) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        below = value.get(parent, {})
        if not isinstance(below, dict):
            raise InputError(f"key '{key}'", f"'{parent}' has no keys", "a dotted key")
        # Copied on the way down, so that what was handed in stays as it is.
        value[parent] = dict(below)
        value = value[parent]
    try:
        value[last] = yaml.safe_load(new) if isinstance(new, str) else new
    except yaml.YAMLError:
        raise InputError(f"key '{key}'", f"value '{new}'", "a YAML value") from None


def _as_input_error(model: type[BaseModel], where: str, error: ValidationError) -> InputError:
    """Turn pydantic's first complaint into one line."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join(path)
    if first["type"] == "extra_forbidden":
        known = list(_section_at(model, path[:-1]).model_fields)
        return InputError(where, f"unknown key '{key}'", did_you_mean(path[-1], known))
    if first["type"] == "missing":
        return InputError(where, f"no key '{key}'", "a value for it")
    message = first["msg"].removeprefix("Input should be ")
    if first["type"] == "value_error":  # of a validator of ours: "found; expected ..."
        found, _, expected = message.removeprefix("Value error, ").partition("; expected ")
        return InputError(f"{where}, {key}" if key else where, found, expected)
    return InputError(f"{where}, {key}", f"{first['input']!r}", message)


def _section_at(model: type[BaseModel], path: list[str]) -> type[BaseModel]:
    section = model
    for part in path:
        field = section.model_fields.get(part)
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        section = annotation
    return section
