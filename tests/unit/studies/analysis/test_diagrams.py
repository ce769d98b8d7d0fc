"""Diagrams show what the network and its balancer are, and follow them where they change."""

from __future__ import annotations

from anascope.networks import Operation
from anascope.presets import Preset, load_preset
from anascope.report.plots import Arrow
from anascope.studies.analysis import diagrams
from anascope.studies.analysis._diagrams import block_diagram
from tests.unit.studies.analysis.made_up import WORDS


def preset(**changes: object) -> Preset:
    return load_preset("tiny", {key.replace("__", "."): value for key, value in changes.items()})


def test_each_network_and_algorithm_is_drawn_once() -> None:
    plain = preset(network__encoder="plain", balancing__balancer="gradnorm")
    presets = [plain, preset(), preset(training__epochs=2), preset(balancing__balancer="fixed")]
    assert [name for name, _, _ in diagrams(presets, WORDS)] == [
        "network",
        "block",
        "network-2",
        "block-2",
        "algorithm-gradnorm",
        "algorithm-gradnorm-stable",
    ]


def test_a_network_has_its_maps_heads_and_skips() -> None:
    (_, caption, (boxes, arrows)), *_ = diagrams([preset(network__head="dense")], WORDS)
    assert "encoder residual, head dense" in caption
    by_name = {box.name: box for box in boxes}
    assert by_name["pattern"].text.startswith("pattern\ndense head\n")
    assert by_name["pattern"].text.endswith(f"to {len(WORDS.patterns)}")
    assert by_name["mask"].text == "mask\n1 × 96 × 96"
    skips = [arrow for arrow in arrows if arrow.dashed]
    assert len(skips) == 4
    for skip in skips:  # what is handed over stands beside what takes it
        assert by_name[skip.start].row == by_name[skip.end].row
    assert {a.end for a in arrows if a.start == "embedding"} == {"decoder0", "pattern", "intensity"}


def test_a_skip_without_an_operation_goes_round_the_others() -> None:
    steps = [
        Operation("x", "input", ()),
        Operation("conv", "convolution", ("x",)),
        Operation("add", "+", ("conv", "x")),
        Operation("output", "output", ("add",)),
    ]
    boxes, arrows = block_diagram(steps)
    assert len({(box.left, box.right) for box in boxes}) == 1
    assert Arrow("x", "add", around=True) in arrows
    assert Arrow("x", "conv") in arrows
