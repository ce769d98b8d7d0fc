"""YAML of users, read so that it can neither be larger than it looks nor say two things at once.

>>> from anascope.yaml_text import loaded_yaml
>>> loaded_yaml("training: {epochs: 30}")
{'training': {'epochs': 30}}
>>> loaded_yaml("epochs: 30\\nepochs: 60")
Traceback (most recent call last):
ValueError: key 'epochs' twice
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

_DEEPEST = 30  # levels; settings have about five
_MOST = 2_000_000  # letters and values, those that are referred to counted each time


def loaded_yaml(text: str) -> Any:
    """Return what YAML says.

    Raises:
        yaml.YAMLError: if it is not YAML.
        ValueError: if it is nested too deep, refers to parts of itself so often that a short text
            fills any memory, has a key twice, or a number or date that there is not.
    """
    total = 0
    for size in _sizes(text):
        total += size
        if total > _MOST:
            raise ValueError(f"more than {_MOST} letters and values, with those of aliases")
    return yaml.load(text, Loader=_OnceEach)


def _sizes(text: str) -> Iterator[int]:
    """Yield the size of each value as it comes, an alias with all that it stands for."""
    sizes: dict[str, int] = {}  # of what an anchor names
    opened: list[tuple[str | None, int]] = []  # anchor of each collection, and the size before it
    total = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        size = 0
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise ValueError(
                    f"alias '{event.anchor}' of nothing, or of a value that contains it"
                )
            size = sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            size = 1 + len(event.value)
            if event.anchor:
                sizes[event.anchor] = size
        elif isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, total))
            sizes.pop(event.anchor or "", None)
            size = 1
            if len(opened) > _DEEPEST:
                raise ValueError(f"more than {_DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = opened.pop()
            if anchor:
                sizes[anchor] = total - before
        total += size
        yield size


class _OnceEach(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would take the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
        if twice is not None:
            raise ValueError(f"key '{twice}' twice")
        return super().construct_mapping(node, deep)
