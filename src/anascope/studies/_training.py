"""One training of a study: a setting of the factors, with its names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Value = bool | int | float | str | None | tuple[Any, ...]

_BALANCERS = {
    "gradnorm": "GradNorm",
    "gradnorm-stable": "stable GradNorm",
    "fixed": "fixed weights",
    "uncertainty": "uncertainty weights",
    "dwa": "dynamic weight average",
    "upgrad": "UPGrad",
    "dualproj": "DualProj",
    "pcgrad": "PCGrad",
    "mgda": "MGDA",
    "imtl-g": "IMTL-G",
    "aligned-mtl": "Aligned-MTL",
    "graddrop": "GradDrop",
    "cagrad": "CAGrad",
    "nash-mtl": "Nash-MTL",
    "random": "random weights",
}
# How the factors of the published study, and other common ones, are named in tables.
_LABELS: dict[str, Callable[[Any], str]] = {
    "loss.mask": lambda value: {"dice": "Dice", "bce": "BCE"}.get(value, str(value)),
    "training.epochs": lambda value: f"{value} epochs",
    "balancing.alpha": lambda value: f"α {value:g}",
    "training.seed": lambda value: f"seed {value}",
    "network.encoder": lambda value: f"encoder {value}",
    "network.head": lambda value: f"head {value}",
    "balancing.balancer": lambda value: _BALANCERS.get(value, str(value)),
}
_FACTORS = {
    "loss.mask": "mask loss",
    "training.epochs": "epochs",
    "balancing.alpha": "α",
    "training.seed": "seed",
    "network.encoder": "encoder",
    "network.head": "head",
    "balancing.balancer": "balancer",
}


def factor_name(key: str) -> str:
    """Return how a factor is named in tables: ``α`` for ``balancing.alpha``."""
    return _FACTORS.get(key, key.rpartition(".")[2].replace("_", " "))


def value_label(key: str, value: Any) -> str:
    """Return how a factor's value is named in tables: ``α 0.6``.

    >>> value_label("balancing.alpha", 0.6), value_label("network.width", 16)
    ('α 0.6', 'width 16')
    """
    if key in _LABELS:
        return _LABELS[key](value)
    text = " ".join(str(item) for item in value) if isinstance(value, tuple | list) else value
    return f"{factor_name(key)} {text}"


@dataclass(frozen=True)
class Training:
    """A setting of the factors; with a fold it makes a run.

    Attributes:
        changes: Value of each factor by dotted key of the preset, in the study's order.
    """

    changes: Mapping[str, Any]

    @cached_property
    def label(self) -> str:
        """The training's name in tables: ``Dice, 30 epochs, α 0.6``."""
        labels = [value_label(key, value) for key, value in self.changes.items()]
        return ", ".join(labels) or "as the preset"

    @cached_property
    def slug(self) -> str:
        """The training's name in file names: ``dice-epochs30-alpha0.6``."""
        words = []
        for key, value in self.changes.items():
            if key == "loss.mask":
                words.append(str(value))
                continue
            text = f"{value:g}" if isinstance(value, float) else str(value)
            name = key.rpartition(".")[2]
            # A number stands right behind its name, everything else apart.
            words.append(f"{name}{'' if text[:1].isalnum() else '-'}{text}")
        slug = re.sub(r"[^A-Za-z0-9.]+|\.{2,}", "-", "-".join(words))
        return re.sub(r"-[-.]*", "-", slug).strip("-.") or "preset"

    def __hash__(self) -> int:
        return hash(self.slug)
