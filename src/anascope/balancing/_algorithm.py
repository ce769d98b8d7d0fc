"""The algorithm of a balancer, read from its code: which of its functions run, in which order."""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from anascope.balancing._gradnorm import GradNorm
from anascope.balancing._shared import SharedFeatures


@dataclass(frozen=True)
class AlgorithmStep:
    """One function that a step of training runs.

    Attributes:
        depth: How many of the others it runs inside of.
        text: What it does, in a sentence: the first of its docstring, with formulas between
            dollar signs.
    """

    depth: int
    text: str


def algorithm(kind: type[GradNorm]) -> tuple[AlgorithmStep, ...]:
    """Return what a step of training with a balancer of ``kind`` does, in the order of its code.

    One step of a network with one weight and two tasks is run, and the functions that it runs are
    noted, of the balancer those that compute something of the algorithm: they name it in a formula.
    """
    weight = torch.ones(1, 1, requires_grad=True)
    balancer = kind(("one", "two"), weight)
    shared = SharedFeatures([torch.ones(1, 1) @ weight])
    losses = [(factor * shared.leaves[0]).square().sum() for factor in (1.0, 2.0)]
    found: list[AlgorithmStep] = []
    inside: list[FrameType] = []

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "return" and inside and inside[-1] is frame:
            inside.pop()
        elif event == "call" and (text := _sentence(frame, balancer, shared)):
            found.append(AlgorithmStep(len(inside), text))
            inside.append(frame)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        balancer.backward(losses, shared)
    finally:
        sys.setprofile(before)
    return tuple(found)


def _sentence(frame: FrameType, balancer: GradNorm, shared: SharedFeatures) -> str:
    """Return what a function is said to do, if it belongs to the algorithm, else nothing."""
    owner = frame.f_locals.get("self")
    if owner is not balancer and owner is not shared:
        return ""
    function = getattr(type(owner), frame.f_code.co_name, None)
    sentence = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    if owner is balancer and ":math:" not in sentence:
        return ""
    return sentence.replace(":math:`", "$").replace("`", "$") if ":math:" in sentence else sentence
