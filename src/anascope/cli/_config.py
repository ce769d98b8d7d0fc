"""Options of a command from a file: ``--config``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from anascope.errors import InputError, did_you_mean

_MOST_BYTES = 1_000_000


def _take_over(ctx: typer.Context, path: Path | None) -> Path | None:
    """Make what the file says the defaults of the command's options."""
    if path is None:
        return None
    from anascope.regular_files import read_regular
    from anascope.settings import parse_settings

    options = {
        name.removeprefix("--"): option
        for option in ctx.command.params
        if option.param_type_name == "option" and option.name not in ("config", "help")
        for name in option.opts
        if name.startswith("--")
    }
    expected = "a YAML file with options, such as coverage: 0.9"
    where = f"--config {path}"
    content = read_regular(path, where, expected, most=_MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(where, "not UTF-8", expected) from None
    defaults: dict[str, Any] = {}
    for key, value in parse_settings(where, text, expected).items():
        name = str(key).replace("_", "-")
        if name not in options:
            raise InputError(where, f"unknown key '{key}'", did_you_mean(name, options))
        if value is not None:
            option = options[name]
            defaults[option.name] = _checked(f"{where}, {key}", option, ctx, value)
    ctx.default_map = {**(ctx.default_map or {}), **defaults}
    return path


def _checked(where: str, option: Any, ctx: typer.Context, value: Any) -> Any:
    """Return a value that the option takes.

    Raises:
        InputError: if it takes no such value; typed on the command line it would be wrong usage.
    """
    switch = getattr(option, "is_flag", False)
    if switch != isinstance(value, bool):
        raise InputError(where, repr(value), "true or false" if switch else "a text or a number")
    if isinstance(value, list | dict):
        raise InputError(where, repr(value), "one value")
    typed = value if switch else str(value)
    try:
        option.process_value(ctx, typed)
    except InputError:
        raise
    except Exception as error:  # typer's own, of a private module
        raise InputError(where, repr(value), str(getattr(error, "message", error))) from None
    return typed


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="YAML file with options by their names; those of the command line win.",
        callback=_take_over,
        is_eager=True,
    ),
]
