"""Options of every command: how much it tells, and a file that keeps what happened.

A line of the log file is a JSON object: what the command tells and warns of, the events of its
work, and how it ended.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anascope._version import __version__
from anascope.cli._output import LOG, keep, loudness, tell_all
from anascope.errors import InputError

if TYPE_CHECKING:
    from anascope.workers import Event, Watcher

_TOO_OFTEN = ("Tick", "StepDone")  # a log of them would be larger than the work


def _set_verbose(ctx: typer.Context, value: bool) -> None:
    _set_loudness(ctx, "verbose", value)


def _set_quiet(ctx: typer.Context, value: bool) -> None:
    _set_loudness(ctx, "quiet", value)


def _set_loudness(ctx: typer.Context, option: str, value: bool) -> None:
    asked: dict[str, bool] = ctx.meta.setdefault("anascope.loudness", {})
    asked[option] = value
    if len(asked) > 1 and all(asked.values()):
        raise InputError("--quiet", "beside --verbose", "one of them")
    loudness.verbose, loudness.quiet = asked.get("verbose", False), asked.get("quiet", False)


def _open_log(path: Path | None) -> None:
    close_log()
    if path is not None:
        LOG.addHandler(_file_handler(path))
        LOG.setLevel(logging.INFO)
        LOG.propagate = False
        keep(logging.INFO, "began", command=sys.argv, version=__version__)


def _file_handler(path: Path) -> logging.Handler:
    from pythonjsonlogger.json import JsonFormatter

    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise InputError(f"--log-file {path}", str(error.strerror), "a file to write to") from None
    handler.setFormatter(
        JsonFormatter(
            "%(levelname)s %(message)s",
            rename_fields={"levelname": "level"},
            timestamp="time",
            json_ensure_ascii=True,  # names of files may hold what is no text
        )
    )
    return handler


def close_log(status: int | None = None, refusal: str = "") -> None:
    """Close the log file, if there is one.

    Args:
        status: With which the command ends, if it does.
        refusal: Why, if it was refused.
    """
    if refusal:
        keep(logging.ERROR, refusal)
    if status is not None:
        keep(logging.INFO, "ended", status=status)
    for handler in [*LOG.handlers]:
        LOG.removeHandler(handler)
        with suppress(OSError):  # a full disk is told of by what the command writes
            handler.close()
    LOG.propagate = True


def everywhere(
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Print each step of the work.", callback=_set_verbose),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Print only warnings and results.", callback=_set_quiet),
    ] = False,
    log_file: Annotated[
        Path | None,
        typer.Option(
            "--log-file", help="Add events to this log file, as JSON lines.", callback=_open_log
        ),
    ] = None,
) -> None:
    """Hold the options that every command takes."""


def logged(watcher: Watcher) -> Watcher:
    """Return a watcher that keeps each event in the log as well.

    Events are told, too, if the command is to tell each step.
    """

    def watch(event: Event) -> None:
        kind = type(event).__name__
        if kind not in _TOO_OFTEN and (LOG.handlers or loudness.verbose):
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).lower()
            values = _plain({field.name: getattr(event, field.name) for field in fields(event)})
            keep(logging.INFO, name, event=values)
            if loudness.verbose:
                tell_all(": ".join(filter(None, [name, _in_words(values)])))
        watcher(event)

    return watch


def _in_words(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items() if value)


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: of a run its name, of a folder of ours where it is."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        for brief in ("name", "path"):
            if hasattr(value, brief):
                return str(getattr(value, brief))
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "tolist"):  # numbers and arrays of NumPy
        return value.tolist()
    return value if value is None or isinstance(value, str | int | float) else str(value)
