"""Texts of the reference that are made from the code at build time and so cannot go stale."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

_NARROW = {"TERMINAL_WIDTH": "84", "COLUMNS": "84", "NO_COLOR": "1"}


def write_all(folder: Path) -> None:
    """Write every generated text into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"cli": cli(), "patterns": patterns(), "stains": stains()}
    texts |= preset_sections() | study_sections()
    for name, text in texts.items():
        path = folder / f"{name}.md"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def cli() -> str:
    """Return the help of every command, a heading each."""
    from anascope.cli._app import app

    _plain(app)
    parts = []
    for words in [(), *_commands(typer.main.get_command(app))]:
        title = " ".join(("anascope", *words))
        shown = CliRunner().invoke(app, [*words, "--help"], prog_name="anascope", env=_NARROW)
        if shown.exit_code:
            raise RuntimeError(f"{title} --help: {shown.output}")
        parts.append(f"## `{title}`\n\n```text\n{shown.output.strip()}\n```\n")
    return "\n".join(parts)


def _plain(app: typer.Typer) -> None:
    """Turn off the boxes that help is drawn with on a terminal."""
    app.rich_markup_mode = None
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _plain(group.typer_instance)


def _commands(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*above, name)
        if hasattr(command, "commands"):
            yield from _commands(command, (*above, name))


def patterns() -> str:
    """Return the tree of patterns as a table, children set in under their parent."""
    from anascope.words import PATTERN_TREE, Pattern

    rows = ["```{rst-class} tree", "```", ""]
    rows += ["| pattern | ICAP code | other spellings |", "|---|---|---|"]

    def add(node: Pattern, depth: int) -> None:
        name = f"{'&emsp;' * depth}{node.name if node.code else f'**{node.name}**'}"
        codes = node.code or _ranges(node.codes)
        rows.append(f"| {name} | {codes} | {', '.join(node.aliases)} |")
        for child in node.children:
            add(child, depth + 1)

    for child in PATTERN_TREE.children:
        add(child, 0)
    return "\n".join(rows) + "\n"


def stains() -> str:
    """Return what each pattern is drawn after, as the classes of the stains say it."""
    from anascope.synthetic import STAINS

    rows = ["| pattern | drawn after |", "|---|---|"]
    for leaf, stain in STAINS.items():
        said = (inspect.getdoc(stain) or "").partition("Attributes:")[0]
        code, text = re.split("[,:] ", " ".join(said.split()), maxsplit=1)
        rows.append(f"| {code} {leaf} | {text} |")
    return "\n".join(rows) + "\n"


def _ranges(codes: tuple[str, ...]) -> str:
    """Return codes in order as ranges: AC-1 to AC-14, AC-29."""
    numbers = [int(code.removeprefix("AC-")) for code in codes]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"AC-{run[0]}" if len(run) == 1 else f"AC-{run[0]} to AC-{run[-1]}" for run in runs
    )


def preset_sections() -> dict[str, str]:
    """Return the keys of each section of a preset, and of its top level."""
    from anascope.presets import Preset

    return _sections("preset", Preset)


def study_sections() -> dict[str, str]:
    """Return the keys of each section of a study file, and of its top level."""
    from anascope.studies import Study

    return _sections("study", Study)


def _sections(kind: str, model: type[BaseModel]) -> dict[str, str]:
    texts = {}
    top = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys = field.annotation.model_fields
            texts[f"{kind}-{name}"] = _keys(field.annotation, keys)
        else:
            top[name] = field
    texts[f"{kind}-top"] = _keys(model, top)
    return texts


def _keys(section: type[BaseModel], fields: dict[str, FieldInfo]) -> str:
    meanings = _meanings(section)
    entries = []
    for name, field in fields.items():
        value = field.get_default(call_default_factory=True, validated_data={})
        default = "required" if field.is_required() else f"default `{_yaml(value)}`"
        words = f"{_range(field)}; {default}. {meanings.get(name, '')}"
        entries.append(f"`{name}`\n: {words.strip()}\n")
    return "\n".join(entries)


def _meanings(section: type[BaseModel]) -> dict[str, str]:
    """Return the string that stands under each key in the source."""
    (body,) = ast.parse(inspect.getsource(section)).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for key, text in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(key, ast.AnnAssign)
            and isinstance(key.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            meaning = " ".join(str(text.value.value).split())
            found[key.target.id] = meaning.replace("``", "`")
    return found


def _range(field: FieldInfo) -> str:
    limits = [_limit(limit) for limit in field.metadata]
    return " ".join([_type(field.annotation), *filter(None, limits)])


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " / ".join(f"`{_yaml(choice)}`" for choice in arguments)
    if origin is dict:
        inner = _type(arguments[1])
        return "keys with values" if arguments[1] is Any else f"keys, each with a {inner}"
    if origin is tuple:
        inner = _type(arguments[0])
        return f"list of {inner}" if arguments[-1] is Ellipsis else f"{len(arguments)} × {inner}"
    if type(None) in arguments:
        return " or ".join(_type(choice) for choice in arguments)
    if arguments:  # Annotated
        limits = (
            _limit(limit) for extra in arguments[1:] for limit in getattr(extra, "metadata", [])
        )
        return " ".join([_type(arguments[0]), *filter(None, limits)])
    names = {int: "whole number", float: "number", bool: "true / false", str: "text", Any: "values"}
    return names.get(annotation, "none")


def _limit(limit: Any) -> str:
    words = {Ge: "at least", Gt: "over", Le: "at most", Lt: "under"}
    for kind, word in words.items():
        if isinstance(limit, kind):
            return f"{word} {getattr(limit, kind.__name__.lower())}"
    return ""


def _yaml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return re.sub(r"^(\d)e-0", r"\1e-", str(value))
