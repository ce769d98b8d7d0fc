"""Copies of a training's state, which stay as they are while the training goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

State = dict[str, Any]
"""Tensors, plain values, and dictionaries and lists of them."""


def cloned(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return copies of ``tensors``, by the same names."""
    return {name: _clone(tensor) for name, tensor in tensors.items()}


class StateCopy:
    """What a training has reached, as it was when that was last copied.

    The copy stands where the training computes: on a GPU it takes milliseconds there. Where a GPU
    has no room for it, it stands in main memory.

    Attributes:
        state: The copy; None before the first.
    """

    def __init__(self) -> None:
        self.state: State | None = None
        self._tensors: list[Tensor] = []

    def take(self, state: State, *, as_is: tuple[str, ...] = (), anew: bool = False) -> None:
        """Copy ``state``. If that is interrupted, the copy is of no use.

        Args:
            state: What has been reached.
            as_is: Its keys whose tensors never change, and need no copy.
            anew: Whether somebody still reads the copy before, which then is left as it is;
                otherwise its memory is used again.
        """
        moving = {key: value for key, value in state.items() if key not in as_is}
        tensors = list(_tensors(moving))
        if anew or not _alike(self._tensors, tensors):
            copies = [_clone(tensor) for tensor in tensors]
        else:
            copies = self._tensors
            for copy, tensor in zip(copies, tensors, strict=True):
                copy.copy_(tensor.detach(), non_blocking=True)
        following = iter(copies)
        self.state = _changed(moving, lambda tensor: next(following)) | {
            key: state[key] for key in as_is if key in state
        }
        self._tensors = copies


def _alike(copies: list[Tensor], tensors: list[Tensor]) -> bool:
    return [(copy.shape, copy.dtype) for copy in copies] == [(t.shape, t.dtype) for t in tensors]


def _clone(tensor: Tensor) -> Tensor:
    tensor = tensor.detach()
    try:
        return tensor.clone()
    except torch.OutOfMemoryError:  # of a GPU
        return torch.empty_like(tensor, device="cpu").copy_(tensor)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _tensors(inner)


def _changed(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Return ``value`` built anew, with another tensor for each of its own, in their order."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _changed(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_changed(inner, change) for inner in value)
    return value
