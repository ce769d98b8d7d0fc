"""What is known of the cells of a drawn field."""

from __future__ import annotations

import pytest

from anascope.synthetic import DrawnCell
from anascope.synthetic._truth import chromatin_of
from anascope.synthetic.cells import Phase


@pytest.mark.parametrize(
    ("patterns", "chromatin"),
    [
        (("homogeneous",), "stained"),
        (("fine speckled",), "unstained"),
        (("clumpy nucleolar",), None),  # a coat around the chromatin
        (("golgi", "centromere"), "stained"),
        (("clumpy nucleolar", "homogeneous"), "stained"),
        (("golgi", "punctate nucleolar"), None),
    ],
)
def test_chromatin_of_a_dividing_cell_is_as_its_stains_show_it(
    patterns: tuple[str, ...], chromatin: str | None
) -> None:
    def cell(phase: Phase) -> DrawnCell:
        return DrawnCell(1, phase, patterns, 0, 0, 9, 9, 5.0, 5.0, 80, 50.0)

    assert chromatin_of(cell(Phase.METAPHASE)) == chromatin
    assert chromatin_of(cell(Phase.TELOPHASE)) == chromatin
    assert chromatin_of(cell(Phase.INTERPHASE)) is None
