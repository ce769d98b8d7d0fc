"""Lines that share axes are told apart, in colour and without."""

from __future__ import annotations

from itertools import pairwise

from anascope.report.plots._style import series_style


def test_lines_are_told_apart_without_colour() -> None:
    styles = [series_style(index) for index in range(12)]
    assert len({style.marker for style in styles}) == 12
    assert len({(style.color, str(style.linestyle)) for style in styles}) == 12
    neighbours = pairwise(styles)
    assert all(a.linestyle != b.linestyle and a.color != b.color for a, b in neighbours)


def test_there_is_a_style_for_any_number_of_lines() -> None:
    styles = {repr(series_style(index)) for index in range(84)}
    assert len(styles) == 84
    assert series_style(84) == series_style(0)
