"""A field read as it is and mirrored, and the mean of what was said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anascope.models.engines import Engine, FieldOutput

_AXES: tuple[tuple[int, ...], ...] = ((), (-2,), (-1,), (-2, -1))


class MirroredEngine(Engine):
    """Test-time flips: another engine's mean over the field and its three mirror images.

    Probabilities of the mask are averaged, and the logits of pattern and intensity. The field is
    continued to whole places of the embedding, so that those of a mirrored field lie over its own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.card = engine.card
        self.name = f"{engine.name}, mirrored"
        self.stride = engine.stride

    def run(self, signal: NDArray[np.float32], ranges: tuple[float, float]) -> FieldOutput:
        """Read one field four times."""
        height, width = signal.shape
        over = ((0, -height % self.stride), (0, -width % self.stride))
        whole = np.pad(signal, over, mode="edge")
        said = []
        for axes in _AXES:
            found = self._engine.run(np.flip(whole, axes), ranges)
            back = None if found.places is None else np.flip(found.places, axes)
            mask = np.flip(found.mask, axes)[:height, :width]
            said.append(found._replace(mask=mask, places=back))
        places = [each.places for each in said if each.places is not None]
        return FieldOutput(
            mask=np.mean([each.mask for each in said], axis=0),
            pattern=np.mean([each.pattern for each in said], axis=0),
            intensity=np.mean([each.intensity for each in said], axis=0),
            places=np.mean(places, axis=0) if places else None,
            stride=self.stride,
        )
