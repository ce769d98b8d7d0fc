"""What a training asks of libraries is taken back; its steps wait for no device."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from anascope.cohorts.folds import draw_folds
from anascope.presets import load_preset
from anascope.training import _fast, fit, new_run
from tests.small_cohort import patients, write_cohort

WAITS = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "masked_select", "unique")


class Waits(TorchDispatchMode):
    """Counts the operations that make a program wait for the device to be asked."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.found: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = func.overloadpacket.__name__
        if name in WAITS:
            self.found[name] += 1
        return func(*args, **(kwargs or {}))

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count what no operation tells of as well: tensors that become lists or arrays."""
        for name in ("tolist", "numpy", "cpu"):
            plain = getattr(torch.Tensor, name)

            def counted(tensor: Any, *args: Any, _name: str = name, _plain: Any = plain) -> Any:
                self.found[_name] += 1
                return _plain(tensor, *args)

            monkeypatch.setattr(torch.Tensor, name, counted)


def test_waiting_is_seen() -> None:
    with Waits() as waits:
        number = torch.ones(3).sum()
        assert number.item() == 3
        assert number > 2
    assert waits.found["_local_scalar_dense"] + waits.found["is_nonzero"] == 2


@pytest.mark.parametrize("balancer", ["gradnorm", "gradnorm-stable", "fixed", "uncertainty", "dwa"])
def test_more_steps_wait_no_more_often(
    tmp_path: Path, balancer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = write_cohort(tmp_path / "cohort", patients(5))
    found = []
    for steps in (2, 4):  # losses are looked at once in either
        preset = load_preset(
            "tiny",
            {
                "image.patch_size": 64,
                "image.scale": 1.0,
                "network.width": 4,
                "network.hidden": 8,
                "balancing.balancer": balancer,
                "augmentation.stain": 1.4,
                "augmentation.blur": 0.7,
                "augmentation.illumination": 0.15,
                "sampling.patches": 2 * steps,
                "training.batch_size": 2,
                "training.epochs": 1,
            },
        )
        path = tmp_path / f"run-{steps}"
        run = new_run(path, preset=preset, cohort=cohort, plan=draw_folds(cohort), fold="A")
        with monkeypatch.context() as patched, Waits() as waits:
            waits.watch(patched)
            fit(run, accelerator="cpu")
        found.append(waits.found)
    assert found[0]  # a look does wait
    assert found[0] == found[1]


def test_freed_memory_is_kept_and_then_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, ...]] = []

    class Library:
        def mallopt(self, *what: int) -> int:
            calls.append(what)
            return 1

        def malloc_trim(self, *what: int) -> int:
            calls.append(what)
            return 1

    monkeypatch.setattr(_fast, "_glibc", Library)

    def training() -> None:
        with _fast.fast_steps(torch.device("cpu")):
            assert calls == [(-3, 2**30), (-1, 2**30)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        training()
    assert calls[2:] == [(-3, 2**17), (-1, 2**17), (0,)]


def test_other_c_libraries_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_fast, "_glibc", lambda: None)
    with _fast.fast_steps(torch.device("cpu")):
        pass


@pytest.mark.parametrize("deterministic", [False, True])
def test_algorithms_are_tried_unless_told_to_be_deterministic(deterministic: bool) -> None:
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(deterministic)
    try:
        with _fast.fast_steps(torch.device("cuda")):
            assert torch.backends.cudnn.benchmark is not deterministic
        assert torch.backends.cudnn.benchmark is False
    finally:
        torch.use_deterministic_algorithms(before)
