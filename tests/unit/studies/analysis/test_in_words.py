"""Names in few words."""

from __future__ import annotations

import pytest

from anascope.studies import Training
from anascope.studies.analysis._in_words import headed, in_ranges, named, sorted_by_number


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], ""),
        (["AC-1"], "AC-1"),
        (["1", "2"], "1, 2"),
        (["1", "2", "3", "5"], "1 to 3, 5"),
        (["AC-2", "AC-4", "AC-5", "AC-29", "AC-30", "AC-31"], "AC-2, AC-4, AC-5, AC-29 to AC-31"),
        (["p08", "p09", "p10"], "p08 to p10"),
        (["p8", "p9", "p10"], "p8 to p10"),
        (["p8", "p09", "p10"], "p8, p09, p10"),  # names that no rule writes alike
        (["a1", "b2", "b3", "b4"], "a1, b2 to b4"),
        (["x", "y", "z"], "x, y, z"),
        (["3", "2", "1"], "3, 2, 1"),
    ],
)
def test_a_range_leaves_nothing_out_and_adds_nothing(names: list[str], expected: str) -> None:
    assert in_ranges(names) == expected


def test_numbers_are_sorted_as_numbers() -> None:
    assert sorted_by_number(["p10", "p2", "a", "p2b", "7"]) == ["7", "a", "p2", "p2b", "p10"]


def trainings(**values: list[object]) -> list[Training]:
    keys = {"mask": "loss.mask", "epochs": "training.epochs", "alpha": "balancing.alpha"}
    keys |= {"balancer": "balancing.balancer", "seed": "training.seed"}
    ((first, found), *rest) = values.items()
    more = {keys[name]: each[0] for name, each in rest}
    several = [Training({keys[first]: value, **more}) for value in found]
    for name, each in rest:
        several += [Training({keys[first]: found[0], **more, keys[name]: v}) for v in each[1:]]
    return several


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"mask": ["dice"], "alpha": [6.0]}, "Dice, α 6"),
        ({"mask": ["dice", "bce"], "epochs": [30, 15]}, "Dice and BCE, 30 and 15 epochs"),
        ({"alpha": [0.6, 0.06, 6.0], "mask": ["bce"]}, "α 0.6, 0.06 and 6, BCE"),
        ({"balancer": ["gradnorm", "gradnorm-stable"]}, "GradNorm and stable GradNorm"),
        ({"seed": [1, 2, 3, 4, 5]}, "5 values of seed"),
    ],
)
def test_trainings_are_named_by_their_values(
    values: dict[str, list[object]], expected: str
) -> None:
    assert named(trainings(**values)) == expected


def test_a_beginning_is_a_capital_but_greek() -> None:
    assert headed("encoder plain") == "Encoder plain"
    assert headed("α 6") == "α 6"
