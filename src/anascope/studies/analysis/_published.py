"""The figures of the published study on the I3A Task 2 set, to stand beside ours.

Mean over the patches of each fold's test patients, as its tables II to VII, IX and X print
them; the loss table (VIII) is of Dice, 15 epochs, α 6, fold A.
"""

from __future__ import annotations

from types import MappingProxyType

from anascope.studies import Training
from anascope.words import TASK_NAMES

FOLDS = ("A", "B", "C", "D", "E")
_Setting = tuple[str, int, float]
_Accuracies = dict[str, tuple[float, ...]]


def _accuracies(*rows: tuple[float, ...]) -> _Accuracies:
    return dict(zip(TASK_NAMES, rows, strict=True))


ACCURACIES: MappingProxyType[_Setting, _Accuracies] = MappingProxyType(
    {
        ("dice", 30, 0.6): _accuracies(
            (0.967, 0.965, 0.972, 0.972, 0.973),
            (0.798, 0.793, 0.808, 0.799, 0.847),
            (0.821, 0.851, 0.751, 0.810, 0.915),
        ),
        ("bce", 30, 0.6): _accuracies(
            (0.960, 0.965, 0.976, 0.974, 0.972),
            (0.815, 0.806, 0.804, 0.809, 0.859),
            (0.852, 0.841, 0.757, 0.816, 0.925),
        ),
        ("dice", 15, 0.6): _accuracies(
            (0.960, 0.955, 0.973, 0.970, 0.972),
            (0.816, 0.745, 0.783, 0.818, 0.847),
            (0.851, 0.806, 0.761, 0.812, 0.847),
        ),
        ("bce", 15, 0.6): _accuracies(
            (0.966, 0.964, 0.972, 0.971, 0.972),
            (0.800, 0.806, 0.783, 0.809, 0.834),
            (0.832, 0.861, 0.751, 0.834, 0.902),
        ),
        ("dice", 15, 0.06): _accuracies(
            (0.965, 0.964, 0.970, 0.966, 0.970),
            (0.800, 0.840, 0.784, 0.810, 0.820),
            (0.858, 0.830, 0.758, 0.811, 0.897),
        ),
        ("bce", 15, 0.06): _accuracies(
            (0.963, 0.963, 0.969, 0.971, 0.973),
            (0.816, 0.823, 0.794, 0.802, 0.854),
            (0.751, 0.865, 0.762, 0.808, 0.918),
        ),
        ("dice", 15, 6.0): _accuracies(
            (0.931, 0.953, 0.875, 0.958, 0.954),
            (0.078, 0.040, 0.176, 0.260, 0.060),
            (0.588, 0.479, 0.694, 0.435, 0.620),
        ),
        ("bce", 15, 6.0): _accuracies(
            (0.940, 0.949, 0.973, 0.938, 0.959),
            (0.156, 0.040, 0.819, 0.160, 0.220),
            (0.600, 0.479, 0.771, 0.637, 0.620),
        ),
    }
)

MEANS: MappingProxyType[_Setting, tuple[float, float, float]] = MappingProxyType(
    {
        ("dice", 30, 0.6): (0.970, 0.809, 0.823),
        ("bce", 30, 0.6): (0.969, 0.818, 0.832),
        ("dice", 15, 0.6): (0.966, 0.801, 0.815),
        ("bce", 15, 0.6): (0.969, 0.806, 0.836),
        ("dice", 15, 0.06): (0.967, 0.811, 0.831),
        ("bce", 15, 0.06): (0.967, 0.817, 0.820),
        ("dice", 15, 6.0): (0.934, 0.122, 0.563),
        ("bce", 15, 6.0): (0.952, 0.279, 0.621),
    }
)
"""Mean accuracies as tables XI and XII print them, in the order of the tasks."""

LOSSES: MappingProxyType[tuple[_Setting, str], tuple[tuple[float, float, float], ...]] = (
    MappingProxyType(
        {
            (("dice", 15, 6.0), "A"): (
                (0.217, 1.26, 0.414),
                (0.11, 0.621, 0.310),
                (0.094, 0.370, 0.25),
                (0.085, 0.268, 0.202),
                (0.080, 0.201, 0.162),
                (0.761, 0.157, 0.126),
                (0.072, 0.120, 0.101),
                (0.071, 0.102, 0.086),
                (0.068, 0.084, 0.067),
                (0.067, 0.069, 0.054),
                (0.066, 0.075, 0.050),
                (0.064, 0.094, 0.043),
                (0.085, 3476.0, 0.21),
                (0.155, 241367.0, 0.693),
                (0.138, 952752.0, 0.6926),
            )
        }
    )
)
"""Losses by epoch as table VIII prints them (its 0.761 in epoch 6 is as printed)."""


def setting_of(training: Training) -> _Setting | None:
    """Return which of the published trainings this is, whatever its seed, or None."""
    keys = ("loss.mask", "training.epochs", "balancing.alpha")
    if set(training.changes) - {*keys, "training.seed"}:  # a network or loss of another kind
        return None
    setting = tuple(training.changes.get(key) for key in keys)
    return next((known for known in ACCURACIES if known == setting), None)
