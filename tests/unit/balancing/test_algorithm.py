"""The algorithm is read from the code that runs."""

from __future__ import annotations

import sys

from torch import Tensor

from anascope.balancing import AlgorithmStep, GradNorm, StableGradNorm, algorithm


def test_what_a_step_of_gradnorm_runs_in_order() -> None:
    assert algorithm(GradNorm) == (
        AlgorithmStep(0, "Balance the losses $L_i$ of a batch."),
        AlgorithmStep(1, "Carry each $w_i L_i$ back; take its norm $G_i$ at $W$."),
        AlgorithmStep(
            1, "Carry the gradients that the leaves have collected through the shared part."
        ),
        AlgorithmStep(
            1, "Take one step on the weights $w_i$, which then sum to the number of tasks."
        ),
        AlgorithmStep(2, r"Set targets for the norms: $r_i^\alpha$ times their mean $\bar G$."),
        AlgorithmStep(
            2, r"Take $\partial L_{grad} / \partial w_i$ with the targets held constant."
        ),
        AlgorithmStep(2, "Move the weights $w_i$ by a step of Adam."),
    )
    assert sys.getprofile() is None


def test_what_a_variant_does_otherwise_is_told() -> None:
    steps = {step.text for step in algorithm(StableGradNorm)} - {
        step.text for step in algorithm(GradNorm)
    }
    assert len(steps) == 3
    assert r"Move the logarithms $\log w_i$ by a step of Adam." in steps


def test_code_that_runs_otherwise_gives_another_algorithm() -> None:
    class Doubled(GradNorm):
        def _relative_targets(self, rates: Tensor) -> Tensor:
            """Ask twice as much: :math:`2 r_i`."""
            return 2 * rates

    assert AlgorithmStep(2, "Ask twice as much: $2 r_i$.") in algorithm(Doubled)
