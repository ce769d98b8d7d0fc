"""Settings from YAML and files of ours in JSON, read strictly: what is wrong is named in a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from reprlib import Repr
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from anascope.errors import InputError, did_you_mean
from anascope.files import MOST_JSON_BYTES, write_json
from anascope.regular_files import read_regular
from anascope.yaml_text import loaded_yaml

_Model = TypeVar("_Model", bound=BaseModel)
_Content = TypeVar("_Content")
_SHOWN = 60  # letters of a wrong value
_MOST_YAML = 1_000_000  # bytes of a file; what people write by hand has a few thousand
_HEAD = (("format",), ("version",))

adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)
"""Returns what turns JSON into a model or a dataclass and back."""


class Section(BaseModel):
    """Base of everything that is read from settings: unknown keys, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Description(BaseModel):
    """Base of what a JSON file of ours says of a folder; unknown keys are passed over."""

    model_config = ConfigDict(frozen=True)


def read_file(kind: type[_Content], path: Path, *, most: int = MOST_JSON_BYTES) -> _Content:
    """Return what :func:`write_file` wrote.

    Args:
        kind: What it wrote: a model or a dataclass.
        path: The JSON file.
        most: Its greatest size in bytes.

    Raises:
        InputError: if there is none, it is too large or nested too deep, it is of another kind or
            version, or for the first key that is missing or has a value that does not fit.
    """
    content = read_regular(path, str(path), "a JSON file", most=most)
    try:
        value: _Content = adapter(kind).validate_json(content, strict=True)
    except ValidationError as error:
        raise _as_input_error(kind, str(path), error) from None
    if isinstance(value, BaseModel):
        for (key,) in _HEAD:  # have a default, so that nobody needs to give them
            if key in type(value).model_fields and key not in value.model_fields_set:
                raise InputError(path, f"no key '{key}'", f"'{getattr(value, key)}'")
    return value


def write_file(path: Path, value: object) -> None:
    """Write a model or a dataclass as JSON, whole or not at all."""
    write_json(path, as_plain(value))


def as_plain(value: object) -> Any:
    """Return a model or a dataclass as what JSON knows: objects, lists, text, numbers."""
    return adapter(type(value)).dump_python(value, mode="json")


def parse_settings(where: str, text: str, expected: str) -> dict[str, Any]:
    """Return the keys and values of YAML ``text``.

    Raises:
        InputError: if it is not YAML, or has no keys; ``where`` and what is ``expected``
            are named.
    """
    try:
        value = loaded_yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(where, f"not YAML ({error})", expected) from None
    if not isinstance(value, dict):
        raise InputError(where, "no keys", expected)
    return value


def shipped_names(package: str) -> tuple[str, ...]:
    """Return the names of the YAML files that lie beside the code of ``package``."""
    names = (entry.name for entry in resources.files(package).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def read_settings(kind: str, name: str, package: str) -> tuple[str, dict[str, Any]]:
    """Return what messages call some settings, and their keys and values.

    Args:
        kind: What they describe, such as ``preset``.
        name: Name of a YAML file beside the code of ``package``, or path of another one.
        package: Such as ``anascope.presets``.

    Raises:
        InputError: if there is no such file, or it is not YAML or has no keys.
    """
    names = shipped_names(package)
    if name in names:
        where = f"{kind} {name}"
        text = (resources.files(package) / f"{name}.yaml").read_text(encoding="utf-8")
    elif Path(name).suffix in (".yaml", ".yml"):
        where = name
        content = read_regular(Path(name), name, "a YAML file", most=_MOST_YAML)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(name, f"cannot be read ({error})", "a YAML file") from None
    else:
        expected = f"{did_you_mean(name, names)}, or a path that ends in .yaml"
        raise InputError(kind, f"'{name}'", expected)
    return where, parse_settings(where, text, f"a {kind}")


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


class _Brief(Repr):
    """Writes a wrong value as Python does, but for what is nested deep.

    In YAML a few lines of aliases that name each other can stand for a value that fits into no
    memory once it is written out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxlong = self.maxother = _SHOWN


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
        value[last] = loaded_yaml(new) if isinstance(new, str) else new
    except (yaml.YAMLError, ValueError):
        raise InputError(f"key '{key}'", f"value '{new}'", "a YAML value") from None


def _as_input_error(kind: type, where: str, error: ValidationError) -> InputError:
    """Turn pydantic's first complaint into one line; a wrong format or version comes first."""
    complaints = error.errors()
    first = next(
        (complaint for complaint in complaints if complaint["loc"] in _HEAD), complaints[0]
    )
    key = ".".join(map(str, first["loc"]))
    shown = f"{_Brief().repr(first['input']):.{_SHOWN}}"
    message = first["msg"].removeprefix("Input should be ")
    if first["type"] == "json_invalid":
        return InputError(where, f"not JSON ({first['ctx']['error']})", "a JSON file")
    if first["type"] == "extra_forbidden":
        *above, last = map(str, first["loc"])
        return InputError(where, f"unknown key '{key}'", did_you_mean(last, _keys(kind, above)))
    if first["type"] == "missing":
        return InputError(where, f"no key '{key}'", "a value for it")
    if first["type"] == "value_error":  # of a validator of ours: "found; expected ..."
        shown, _, message = message.removeprefix("Value error, ").partition("; expected ")
    if first["type"] == "dataclass_type":
        message = "an object"
    if first["loc"] in _HEAD:
        return InputError(where, f"{key} {shown}", f"{key} {message}")
    return InputError(f"{where}, {key}" if key else where, shown, message)


def _keys(kind: Any, above: Iterable[str]) -> list[str]:
    """Return the keys of the model that stands below the keys ``above`` of ``kind``."""
    for name in above:
        fields = _fields_in(kind)
        if name in fields:
            kind = fields[name].annotation
        else:  # a key of a dictionary, or a place in a list
            kind = next(inner for inner in reversed(get_args(kind)) if inner is not Ellipsis)
    return list(_fields_in(kind))


def _fields_in(kind: Any) -> Mapping[str, Any]:
    """Return the fields of the model that ``kind`` is, or that stands there beside None or in a
    dictionary or a list.
    """
    models = (
        candidate
        for candidate in (kind, *get_args(kind))
        if isinstance(candidate, type) and issubclass(candidate, BaseModel)
    )
    model = next(models, None)
    if model is None:
        return {}
    return {field.alias or name: field for name, field in model.model_fields.items()}
