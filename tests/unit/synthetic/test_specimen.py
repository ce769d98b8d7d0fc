"""A specimen: which patterns can be drawn, how bright its serum is, how its cells grow."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from anascope.errors import InputError
from anascope.synthetic import I3A, MIVIA, Specimen, draw_specimen, drawable, level_of
from anascope.synthetic.cells import Habit, draw_cells


def drawn(seed: int, pattern: str | list[str] = "speckled", level: str = "positive") -> Specimen:
    return draw_specimen(np.random.default_rng(seed), pattern, level, MIVIA)


def test_a_family_stands_for_each_of_its_leaves() -> None:
    found = Counter(drawn(seed).patterns[0] for seed in range(200))
    assert set(found) == set(drawable("speckled"))
    usual = ("dense fine speckled", "fine speckled", "coarse speckled")
    assert min(found[leaf] for leaf in usual) > 2 * found["topo i-like"]


def test_a_pattern_of_dividing_cells_has_some() -> None:
    few = replace(MIVIA, mitotic=(0.0, 0.01))
    for pattern, least in (("mitotic chromosomal", 0.06), ("homogeneous", 0.0)):
        specimen = draw_specimen(np.random.default_rng(1), pattern, "positive", few)
        assert least <= specimen.habit.mitotic <= max(least, 0.01)


def test_a_mixed_pattern_has_its_main_one_first_and_brightest() -> None:
    specimen = drawn(0, ["centromere", "AC-21", "centromere"])
    assert specimen.patterns == ("centromere", "mitochondrial")
    shares = [share for _, share in specimen.stains]
    assert shares[0] == 1 > shares[1] > 0
    assert not specimen.whole_cell
    assert drawn(0, "mitochondrial").whole_cell


def test_levels_overlap_and_are_mostly_read_right() -> None:
    strengths = {
        level: np.array([drawn(seed, level=level).strength for seed in range(300)])
        for level in ("negative", "intermediate", "positive")
    }
    medians = [float(np.median(values)) for values in strengths.values()]
    assert medians == sorted(medians)
    assert strengths["intermediate"].max() > strengths["positive"].min()
    for level, values in strengths.items():
        right = np.mean([level_of(value) == level for value in values])
        assert 0.85 < right <= 1


def test_one_to_eight_of_a_hundred_cells_divide() -> None:
    shares = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        habit = Habit.draw(rng, I3A)
        assert 0.01 <= habit.mitotic <= 0.08
        shares += [cell.mitotic for cell in draw_cells(rng, habit, (335.0, 447.0), 1.0)]
    assert 0.01 < np.mean(shares) < 0.08


@pytest.mark.parametrize(
    ("pattern", "level", "message"),
    [
        ("centromer", "positive", "did you mean 'centromere'"),
        ("speckled", "bright", "one of negative, intermediate, positive"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pattern: str, level: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        drawn(0, pattern, level)
