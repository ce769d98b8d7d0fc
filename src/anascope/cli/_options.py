"""Options that several commands take, and how messages name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from anascope.cli._signals import Stopped
from anascope.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from anascope.workers import Executor


def _accelerator(value: str) -> str:
    from anascope.environment import check_accelerator

    check_accelerator(value)
    return value


def _threads(value: int | None) -> int | None:
    from anascope.environment import checked_threads

    return checked_threads(value)


Accelerator = Annotated[
    str, typer.Option(help="Where the network runs: auto, cpu or gpu.", callback=_accelerator)
]
Threads = Annotated[
    int | None,
    typer.Option(help="Number of CPU threads [default: one per core].", callback=_threads),
]
RunThreads = Annotated[
    int | None,
    typer.Option(help="local: CPU threads per run [default: cores / jobs].", callback=_threads),
]
IgnoreDisk = Annotated[
    bool, typer.Option("--ignore-disk", help="Start even if the disk may be too small.")
]
ExecutorName = Annotated[
    str,
    typer.Option(
        "--executor", help="Where the work is done: local (this machine) or ray (a cluster)."
    ),
]
Address = Annotated[
    str | None, typer.Option(help="ray: address of the cluster [default: this machine].")
]


def executor_named(name: str, **ways: Callable[[], Executor]) -> Executor:
    """Return the executor that ``--executor`` names.

    Raises:
        InputError: if it names none of ``ways``.
    """
    if name not in ways:
        raise InputError("--executor", f"'{name}'", did_you_mean(name, ways))
    return ways[name]()


def key_values(option: str, texts: Sequence[str], *, as_lists: bool = False) -> dict[str, Any]:
    """Return what ``KEY=VALUE`` texts say, values as text or, if wanted, as YAML lists.

    Raises:
        InputError: if one has no ``=``, or its value is no list.
    """
    from anascope.settings import parse_settings

    pairs: dict[str, Any] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not value:
            raise InputError(option, f"'{text}'", "KEY=VALUE, such as training.epochs=15")
        if as_lists:
            read = parse_settings(f"{option} {key}", f"values: [{value}]", "values with commas")
            pairs[key.strip()] = read["values"]
        else:
            pairs[key.strip()] = value
    return pairs


def height_and_width(text: str) -> tuple[int, int]:
    """Return the sides that ``--shape`` names.

    Raises:
        InputError: if it names none.
    """
    sides = re.fullmatch(r"(\d+)\s*[x×X]\s*(\d+)", text.strip())
    if sides is None:
        raise InputError("--shape", f"'{text}'", "height and width, such as 1040x1388")
    return int(sides[1]), int(sides[2])


def _set_plainly(command: Any, *, marked_up: bool) -> None:
    shown = escape if marked_up else str
    command.help = shown(re.sub(r"(?<!\n)\n(?!\n)", " ", cleandoc(command.help or "")))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = shown(parameter.help)
        if parameter.param_type_name == "argument" and parameter.metavar is None:
            # As the command's own text calls it.
            parameter.metavar = parameter.name.upper()


# Arguments of the library whose options are called otherwise.
_CALLED = {"laboratory": "like"}


class Commands(TyperGroup):
    """Commands whose messages name their options where the library names its arguments.

    Help shows what its texts say: Rich takes what stands in brackets for markup and drops it, and
    keeps every line end of the source but those of the first paragraph.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for command in self.commands.values():
            if not isinstance(command, Commands):  # those have seen to theirs
                _set_plainly(command, marked_up=self.rich_markup_mode == "rich")

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            words = [ctx.info_name] if ctx.parent else []
            typed = " ".join([*map(str, words), ctx.invoked_subcommand or ""])
            raise Stopped(interrupt, typed) from None
        except InputError as error:
            command = self.get_command(ctx, ctx.invoked_subcommand or "")
            argument = _CALLED.get(error.where, error.where)
            for option in command.params if command else ():
                if option.name == argument and option.param_type_name == "option":
                    raise InputError(option.opts[0], error.found, error.expected) from None
            raise
