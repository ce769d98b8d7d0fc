"""Train the network that tells fields of HEp-2 cells from other pictures.

    python -m benchmarks.data.field_network DATA --work WORK

It is shown windows around cells of real and drawn fields, and windows of photographs, texts,
shapes, noise, blurred fields and places without cells, all of them as other cameras and programs
would show them. Three networks are trained: one on everything, and one without each real
laboratory and without half of the other pictures, which ``benchmarks/accuracy/evaluability.py``
tests on what was left out. Networks are kept in WORK, and one that is there is not trained again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor, nn

from anascope.cohorts import Cohort
from anascope.reading.likeness import SIDE
from anascope.synthetic import STAINS
from benchmarks.accuracy._fields import empty_fields, real_fields
from benchmarks.accuracy._no_fields import Case, as_grey, pictures, without_cells
from benchmarks.arguments import benchmark_arguments
from benchmarks.data._field_windows import Floats, Picture, Windows
from benchmarks.data._scale_fields import draw_anywhere, eight_bits
from benchmarks.data._small_network import export_small, layer, pooled, train_small
from benchmarks.sets import mivia_cohort

DRAWN = 156  # fields, six or seven of each stain
LABORATORIES = ("mivia", "i3a")
_RATE = 2e-3
_SMOOTH = 0.01  # of the truth, as no window is quite sure
_TRAINING_SEED = 3
_SPLIT_SEED = 1  # of which sources a network learns from
_NEGATIVES = 28  # drawn fields without antibodies
_BLURS_UM = (3.8, 8.0)
_LEAST_UM2 = 20.0  # of a piece of mask that counts as a cell
_OTHER_SEEDS = (11, 12)
_SHARES = {"mivia": 0.3, "i3a": 0.3, "drawn": 0.3, "negative": 0.1}
"""Of the windows of fields: dim ones without a pattern are the hardest."""
_MADE_OF_FIELDS = {"blurred": 0.2, "empty": 0.2}
_MADE_OF_OTHERS = {"photographs": 0.4, "rules": 0.2}
"""Of all other windows."""
_PHOTOGRAPHS = ("photograph", "drawing", "medical")


class FieldNetwork(nn.Module):
    """Convolutions and the mean and the maximum over what they see; gives one logit a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = nn.Sequential(
            layer(1, 16, 2), layer(16, 32, 2), layer(32, 32, 1), layer(32, 64, 2), layer(64, 64, 1)
        )
        self.told = nn.Sequential(nn.Dropout(0.2), nn.Linear(128, 1))

    def forward(self, windows: Tensor) -> Tensor:
        """Return logits, (windows,), of windows, (windows, 1, y, x)."""
        told: Tensor = self.told(pooled(self.seen(windows)))[:, 0]
        return told


def half_of(sources: Iterable[str], number: int, seed: int) -> set[str]:
    """Return one of two halves of what pictures were made from: ``number`` is 0 or 1."""
    names = sorted(set(sources))
    return set(np.random.default_rng(seed).permutation(names)[number::2])


def without(case: Case, mask: NDArray[np.bool_] | None) -> Iterator[Picture]:
    """Yield a field blurred beyond reading, twice, and its piece without cells, if it has one."""
    rng = np.random.default_rng(list(case.name.encode()))
    for _ in range(2):
        sigma = rng.uniform(*_BLURS_UM) / case.pixel_size_um
        smooth = as_grey(ndimage.gaussian_filter(case.image.astype(np.float32), sigma))
        yield Picture(smooth, case.pixel_size_um, None, "blurred")
    if mask is not None:
        for piece in without_cells(case, mask):
            yield Picture(piece.image, piece.pixel_size_um, None, "empty")


def centres(mask: NDArray[np.bool_], pixel_size_um: float) -> Floats:
    """Return the centres of the pieces of a mask, (pieces, 2), y and x in pixels."""
    labels, count = ndimage.label(mask)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:] * pixel_size_um**2
    kept = 1 + np.flatnonzero(areas > _LEAST_UM2)
    return np.array(ndimage.center_of_mass(mask, labels, kept), np.float32).reshape(-1, 2)


def drawn_pictures(
    seed: int, count: int, stains: Sequence[str] = tuple(STAINS)
) -> Iterator[tuple[Case, NDArray[np.bool_]]]:
    """Yield drawn fields, each through a microscope of its own, and where their cells are."""
    for number in range(count):
        stain = stains[number % len(stains)]
        drawn, _, microscope = draw_anywhere(np.random.default_rng([seed, number]), stain)
        name = f"drawn {number} {stain}"
        case = Case("drawn", name, name, eight_bits(drawn), microscope.pixel_size_um)
        yield case, drawn.instances > 0


def as_picture(case: Case, mask: NDArray[np.bool_] | None = None) -> Picture:
    """Return a case as windows are cut from it; without a mask it is no field."""
    cells = None if mask is None else centres(mask, case.pixel_size_um)
    return Picture(case.image, case.pixel_size_um, cells, case.source)


def sources_of(mivia: Cohort, data: Path, drawn: int, seed: int) -> dict[str, list[Picture]]:
    """Return fields by group, and by group what is made of each that is no field."""
    groups: dict[str, list[Picture]] = {}

    def add(group: str, case: Case, mask: NDArray[np.bool_] | None) -> None:
        assert mask is not None
        groups.setdefault(group, []).append(as_picture(case, mask))
        for other in without(case, mask):
            groups.setdefault(f"{group} {other.source}", []).append(other)

    for case, mask in real_fields(mivia, data):
        add(case.kind, case, mask)
    for case, mask in drawn_pictures(seed, drawn):
        add("drawn", case, mask)
    for case, mask in drawn_pictures(seed + 1, _NEGATIVES, ["negative"]):
        add("negative", case, mask)
    groups["drawn empty"] += [as_picture(case) for case in empty_fields(seed + 1)]
    return groups


def other_pictures(seed: int, chosen: set[str] | None) -> dict[str, list[Picture]]:
    """Return photographs and the like, and what rules make, of the sources that are chosen."""
    groups: dict[str, list[Picture]] = {"photographs": [], "rules": []}
    for number in (seed, *_OTHER_SEEDS):
        for case in pictures(number):
            if chosen is not None and case.source not in chosen:
                continue
            group = "photographs" if case.kind in _PHOTOGRAPHS else "rules"
            if case.image.dtype == np.uint8 and (group == "rules" or number == seed):
                groups[group].append(as_picture(case))
    return groups


def train(
    groups: dict[str, list[Picture]],
    others: dict[str, list[Picture]],
    left_out: str,
    steps: int,
) -> FieldNetwork:
    """Train a network on all but a laboratory.

    Args:
        groups: As :func:`sources_of` gives them.
        others: As :func:`other_pictures` gives them.
        left_out: The laboratory, or "" for none.
        steps: How many.
    """
    kept = {name: made for name, made in groups.items() if name.split()[0] != left_out}
    fields = [(_SHARES[name], made) for name, made in kept.items() if name in _SHARES]
    unlike = [(share, _joined(kept, kind)) for kind, share in _MADE_OF_FIELDS.items()]
    unlike += [(share, others[group]) for group, share in _MADE_OF_OTHERS.items()]
    windows = Windows(fields, unlike, _TRAINING_SEED)
    torch.manual_seed(_TRAINING_SEED)
    network = FieldNetwork()
    name = f"without {left_out}" if left_out else "of all"
    train_small(
        network,
        windows.batch,
        _loss,
        steps=steps,
        rate=_RATE,
        watch=lambda line: print(name, line, flush=True),
    )
    return network


def _loss(logits: Tensor, is_field: Tensor) -> Tensor:
    smooth = (1 - 2 * _SMOOTH) * is_field + _SMOOTH
    return nn.functional.binary_cross_entropy_with_logits(logits, smooth)


def _joined(groups: dict[str, list[Picture]], kind: str) -> Sequence[Picture]:
    return [each for name, made in groups.items() if name.endswith(f" {kind}") for each in made]


def network_path(work: Path, left_out: str) -> Path:
    """Return where a network is kept: without a laboratory, or, if that is "", of everything."""
    return work / f"field-{f'without-{left_out}' if left_out else 'all'}.onnx"


def halves() -> dict[str, set[str] | None]:
    """Return by what is left out from which other pictures a network learns; None is all."""
    sources = [case.source for case in pictures(_SPLIT_SEED)]
    chosen: dict[str, set[str] | None] = {"": None}
    for number, laboratory in enumerate(LABORATORIES):
        chosen[laboratory] = half_of(sources, number, _SPLIT_SEED)
    return chosen


def main() -> None:
    """Train what is not there yet."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--seed", type=int, default=5, help="of what is drawn")
    parser.add_argument("--steps", type=int, default=2400, help="of a training, of 64 windows each")
    parser.add_argument("--drawn", type=int, default=DRAWN, help="fields that are drawn")
    parser.add_argument("--without", choices=["none", *LABORATORIES], help="train this one alone")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.work.mkdir(parents=True, exist_ok=True)
    chosen = halves()
    names = list(chosen) if given.without is None else [given.without.replace("none", "")]
    wanted = {name: network_path(given.work, name) for name in names}
    missing = {name: path for name, path in wanted.items() if not path.exists()}
    if not missing:
        return
    groups = sources_of(mivia_cohort(given.data, given.work), given.data, given.drawn, given.seed)
    example = torch.zeros(2, 1, SIDE, SIDE)
    for left_out, path in missing.items():
        others = other_pictures(_SPLIT_SEED, chosen[left_out])
        export_small(train(groups, others, left_out, given.steps), example, path)


if __name__ == "__main__":
    main()
