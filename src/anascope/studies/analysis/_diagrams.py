"""How a network and its balancer are built, as boxes and arrows: read from the code itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch

from anascope.balancing import AlgorithmStep, GradNorm, StableGradNorm, algorithm
from anascope.colours import BLUE, ORANGE
from anascope.models import build_network
from anascope.networks import MapSize, Operation, Outline, operations, outline
from anascope.presets import Preset
from anascope.report.plots import Arrow, Box
from anascope.studies import value_label
from anascope.tasks import tasks_named
from anascope.words import Vocabulary

Diagram = tuple[list[Box], list[Arrow]]

_GRADNORMS: dict[str, type[GradNorm]] = {"gradnorm": GradNorm, "gradnorm-stable": StableGradNorm}
_IMAGE, _MASK = "image", "mask"


def diagrams(
    presets: Sequence[Preset], vocabulary: Vocabulary
) -> Iterator[tuple[str, str, Diagram]]:
    """Yield name, caption and drawing of each network of ``presets``, and of what balances it."""
    different: dict[str, Preset] = {}
    for preset in presets:
        built = [preset.tasks, preset.network, preset.image.views, preset.image.network_size]
        different.setdefault(str(built), preset)
    for number, preset in enumerate(different.values(), start=1):
        found = network_outline(preset, vocabulary)
        kinds = f"encoder {preset.network.encoder}, head {preset.network.head}"
        after = f"-{number}" if number > 1 else ""
        yield (
            f"network{after}",
            f"The network ({kinds}): maps of the encoder at the left, of the decoder at the right, "
            "as channels × height × width; dashed, what the decoder takes over. Drawn from the "
            "network itself.",
            network_diagram(preset, found),
        )
        yield (
            f"block{after}",
            f"The block of the encoder ({kinds}) that ends in the last weight that all tasks "
            "share, where GradNorm takes its norms. Drawn from the code of the block.",
            block_diagram(operations(found.shared_block)),
        )
    for name in dict.fromkeys(preset.balancing.balancer for preset in presets):
        if name in _GRADNORMS:
            yield (
                f"algorithm-{name}",
                f"A step of training with {value_label('balancing.balancer', name)}. Drawn from "
                "the code: what it runs, in that order.",
                algorithm_diagram(name),
            )


def network_outline(preset: Preset, vocabulary: Vocabulary) -> Outline:
    """Return what flows through the network of ``preset``; its weights take no memory."""
    with torch.device("meta"):
        network = build_network(preset, vocabulary, pretrained=False)
    return outline(network, preset.image.network_size)


def network_diagram(preset: Preset, found: Outline) -> Diagram:
    """Return the joint network: encoder, decoder and heads, with the sizes of their maps (3)."""
    *skips, embedding = found.encoded
    heights = sorted(
        {m.height for m in (found.image, *found.encoded, *found.decoded)}, reverse=True
    )
    row = {height: 2 * index + 1 for index, height in enumerate(heights)}
    colours = {task.name: task.style.colour for task in tasks_named(preset.tasks)}

    def box(name: str, what: str, size: MapSize, at: int, left: float, colour: str) -> Box:
        return Box(name, f"{what}{size}", at, left, left + 0.27, colour)

    boxes = [box(_IMAGE, "image\n", found.image, 0, 0.0, BLUE)]
    boxes += [
        box(f"encoder{i}", "", size, row[size.height], 0.0, BLUE) for i, size in enumerate(skips)
    ]
    bottom = max(row.values())
    boxes.append(box("embedding", "embedding\n", embedding, bottom, 0.0, BLUE))
    *decoded, mask = found.decoded
    boxes += [
        box(f"decoder{i}", "", size, row[size.height], 0.73, ORANGE)
        for i, size in enumerate(decoded)
    ]
    boxes.append(box(_MASK, "mask\n", mask, 0, 0.73, colours[_MASK]))

    down = [_IMAGE, *(f"encoder{i}" for i in range(len(skips))), "embedding"]
    up = ["embedding", *(f"decoder{i}" for i in range(len(decoded))), _MASK]
    arrows = [Arrow(start, end) for way in (down, up) for start, end in pairwise(way)]
    arrows += [
        Arrow(f"encoder{i}", f"decoder{j}", dashed=True)
        for j, i in enumerate(reversed(range(len(skips))))
    ]
    share = 1 / max(len(found.heads), 1)
    for index, (task, layers) in enumerate(found.heads.items()):
        text = "\n".join([task, *layers])
        left, right = index * share, (index + 1) * share - 0.03
        boxes.append(Box(task, text, bottom + 1, left, right, colours[task]))
        arrows.append(Arrow("embedding", task))
    return boxes, arrows


def block_diagram(steps: Sequence[Operation]) -> Diagram:
    """Return a block of the encoder, operation by operation (4, 5)."""
    depth: dict[str, int] = {}
    for step in steps:
        depth[step.name] = 1 + max((depth[name] for name in step.inputs), default=-1)
    by_name = {step.name: step for step in steps}
    # The longest way from the input to the output stands at the left, what goes round it beside.
    main = {steps[-1].name}
    at = steps[-1]
    while at.inputs:
        at = by_name[max(at.inputs, key=depth.__getitem__)]
        main.add(at.name)
    boxes = [
        Box(s.name, s.what, depth[s.name], *((0.1, 0.48) if s.name in main else (0.56, 0.94)))
        for s in steps
    ]
    arrows = [
        Arrow(before, s.name, around=_skips(before, s.name, depth, main))
        for s in steps
        for before in s.inputs
    ]
    return boxes, arrows


def algorithm_diagram(balancer: str) -> Diagram:
    """Return the algorithm of ``gradnorm`` or ``gradnorm-stable``, as its code does it (2)."""
    steps = algorithm(_GRADNORMS[balancer])
    boxes = [
        Box(str(i), f"{i + 1}.  {step.text}", i, *_indented(step), align="left")
        for i, step in enumerate(steps)
    ]
    names = [box.name for box in boxes]
    arrows = [Arrow(start, end) for start, end in pairwise(names)]
    return boxes, [*arrows, Arrow(names[-1], names[0], around=True, dashed=True)]


def _indented(step: AlgorithmStep) -> tuple[float, float]:
    return 0.05 * step.depth, 0.88


def _skips(start: str, end: str, depth: dict[str, int], main: set[str]) -> bool:
    """Tell whether an arrow would run over boxes of its own column."""
    return {start, end} <= main and depth[end] - depth[start] > 1
