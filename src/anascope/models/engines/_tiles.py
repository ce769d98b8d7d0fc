"""Fields of any size: in one piece where that fits into memory, else in tiles that say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anascope.arrays import let_go, room_for
from anascope.defaults import NO_CELL
from anascope.models.engines._engine import Engine, FieldMaps, FieldOutput, Floats

Stored = NDArray[np.uint8] | NDArray[np.float16]
"""A field at the network's scale, axes (y, x): uint8 of which 255 counts as 1, or 0 to 1."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """How fields are cut.

    A pixel takes about 280 bytes while a network of the size of the shipped one reads it: a tile
    takes less than 2 GB. A camera's field of six megapixels is one piece.

    Attributes:
        whole: Most pixels of a field, at the network's scale, that is read in one piece.
        side: Pixels of each side of a tile, including its surroundings.
    """

    whole: int = 2560**2
    side: int = 2560


TILING = Tiling()


def read_field(
    engine: Engine, stored: Stored, ranges: tuple[float, float], tiling: Tiling = TILING
) -> FieldOutput:
    """Return the output of a network for a field of any size.

    A tile is read with the surroundings on which its output depends (:attr:`Engine.halo`), and
    begins at a whole position of the embedding; so its pixels and positions get the same output as
    in one piece, up to floating-point rounding. Pattern, intensity and mixture of the field are the
    means over the positions of its cells, as in the dense head; or a field head answers from those,
    and from sums over all tiles.

    Args:
        engine: The engine that reads.
        stored: The field at the network's scale.
        ranges: Dark and bright level of the whole field (``anascope.images.signal_range``).
        tiling: How to cut it. If the network has no output by position, the field is read in one
            piece, whatever its size.
    """
    if stored.size <= tiling.whole or engine.halo is None:
        return engine.run(_as_floats(stored), ranges)
    core = max(tiling.side - 2 * engine.halo, engine.stride)
    joined = _Joined(engine, stored.shape)
    tiles = (_spans(length, core, engine.halo, engine.stride) for length in (stored.shape))
    for rows, columns in product(*tiles):
        signal = _as_floats(stored[rows.given, columns.given])
        joined.add(engine.maps(signal, ranges), rows, columns)
        let_go(stored, *joined.large)
    return joined.output()


class _Span(NamedTuple):
    """Where a tile lies along one axis, in pixels of the field.

    Attributes:
        start, stop: What is taken of it.
        given: What is given to the network.
    """

    start: int
    stop: int
    given: slice


def _spans(length: int, core: int, halo: int, stride: int) -> Iterator[_Span]:
    """Yield tiles of about one size, of at most ``core`` pixels, along ``length`` pixels."""
    count = -(-length // max(core // stride * stride, stride))
    step = -(-length // (count * stride)) * stride
    for start in range(0, length, step):
        stop = min(start + step, length)
        yield _Span(start, stop, slice(max(start - halo, 0), min(stop + halo, length)))


class _Joined:
    """Puts together what is said of tiles.

    Attributes:
        mask: Of the field, (y, x).
    """

    def __init__(self, engine: Engine, shape: tuple[int, ...]) -> None:
        self.mask: Floats = room_for(shape, np.float32)
        self._engine, self._stride = engine, engine.stride
        # The last place may reach beyond the field, or there may be none that does.
        self._most = tuple(-(-side // engine.stride) for side in shape)
        self._places = np.zeros((len(engine.card.patterns), *self._most), np.float32)
        self._end = (0, 0)  # of the places that there are
        self._of_cells: dict[str, Floats] = {}
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._weight = 0.0
        self._field_sums: NDArray[np.float64] = np.zeros(0)

    @property
    def large(self) -> tuple[Floats, ...]:
        """What may lie in a file rather than in memory."""
        return self.mask, *self._of_cells.values()

    def add(self, maps: FieldMaps, rows: _Span, columns: _Span) -> None:
        """Take what belongs to a tile of what is said of it and around it."""
        inside = tuple(
            slice(span.start - span.given.start, span.stop - span.given.start)
            for span in (rows, columns)
        )
        taken = (slice(rows.start, rows.stop), slice(columns.start, columns.stop))
        self.mask[taken] = maps.mask[inside]
        for name, values in (("interior", maps.interior), ("phases", maps.phases)):
            if values is not None:
                shape = (*values.shape[:-2], *self.mask.shape)
                if name not in self._of_cells:
                    self._of_cells[name] = room_for(shape, np.float32)
                self._of_cells[name][..., taken[0], taken[1]] = values[..., inside[0], inside[1]]
        here, there = zip(
            *(
                self._of_places(span, count)
                for span, count in zip((rows, columns), maps.places.shape[1:], strict=True)
            ),
            strict=True,
        )
        self._places[:, *there] = maps.places[:, *here]
        self._end = (max(self._end[0], there[0].stop), max(self._end[1], there[1].stop))
        weights = _share(maps.mask, self._stride)[here] + NO_CELL
        for name, logits in (
            ("pattern", maps.places),
            ("intensity", maps.intensity),
            ("mixture", maps.mixture),
        ):
            if logits is not None:
                of_cells = (logits[:, *here] * weights).sum(axis=(1, 2))
                self._sums[name] = self._sums.get(name, 0.0) + of_cells
        self._weight += float(weights.sum())
        if maps.field_places is not None:
            self._field_sums = (
                self._field_sums if self._field_sums.size else 0.0
            ) + maps.field_places[:, *here].sum(axis=(1, 2), dtype=np.float64)

    def output(self) -> FieldOutput:
        """Return what is said of the field."""
        means = {
            name: (sums / self._weight).astype(np.float32) for name, sums in self._sums.items()
        }
        if self._field_sums.size:
            inputs = np.concatenate([means["pattern"], means["mixture"], self._field_sums])
            means["field_inputs"] = inputs.astype(np.float32)
            means["pattern"], means["mixture"] = np.split(
                self._engine.answer(means["field_inputs"]), [-1]
            )
        return FieldOutput(
            mask=self.mask,
            places=self._places[:, : self._end[0], : self._end[1]],
            stride=self._stride,
            **means,
            **self._of_cells,
        )

    def _of_places(self, span: _Span, count: int) -> tuple[slice, slice]:
        """Return which places of a tile are taken, in what is seen and in the field.

        Args:
            span: Where the tile lies.
            count: Places that are seen.
        """
        first = span.given.start // self._stride
        start, stop = span.start // self._stride, -(-span.stop // self._stride)
        stop = max(min(stop, first + count), start)
        return slice(start - first, stop - first), slice(start, stop)


def _share(mask: Floats, stride: int) -> NDArray[np.float64]:
    """Return how much of each place is cell, 0 to 1; of the last ones what lies in the image."""
    sums: NDArray[Any] = mask
    counts = []
    for axis, length in enumerate(mask.shape):
        starts = np.arange(0, length, stride)
        sums = np.add.reduceat(sums, starts, axis=axis, dtype=np.float64)
        counts.append(np.diff(starts, append=length))
    return sums / np.outer(*counts)


def _as_floats(stored: Stored) -> Floats:
    signal = stored.astype(np.float32)
    if stored.dtype == np.uint8:
        signal /= 255
    return signal
