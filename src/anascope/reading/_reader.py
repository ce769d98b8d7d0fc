"""Read one field: image in, cells and decision out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from anascope.cells import CellMeasures, cell_logits, label_cells, measure_cells
from anascope.decisions import COVERAGE, decide, decide_together
from anascope.errors import InputError
from anascope.images import GreyImage, at_scale, signal_range
from anascope.models import ModelCard, model_folder
from anascope.models.engines import FieldOutput, open_engine
from anascope.reading._quality import check_quality
from anascope.reading._records import (
    CellReading,
    FieldArrays,
    FieldReading,
    SpecimenReading,
)
from anascope.words import NUCLEUS_UM

_NUCLEUS_PIXELS = 80.0  # of a field whose pixel size is not known: MIVIA's nuclei
_MITOTIC = 0.5  # probability from which a cell counts as a mitotic figure


class Reader:
    """A model that is ready to read.

    Args:
        model: Folder of the model, or the name of one that is part of the package
            (:func:`~anascope.models.model_folder`); the small one of these if None.
        engine: ``auto``, ``onnxruntime`` or ``torch``
            (:func:`~anascope.models.engines.open_engine`).
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        threads: Of the CPU; all usable if None.
        coverage: How often the set of patterns is to hold the right one, between 0 and 1.
        pixel_size_um: Of images that do not say theirs.

    Raises:
        InputError: if there is no such model or engine, or a number is out of range.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        engine: str = "auto",
        accelerator: str = "cpu",
        threads: int | None = None,
        coverage: float = COVERAGE,
        pixel_size_um: float | None = None,
    ) -> None:
        if not 0 < coverage < 1:
            raise InputError("coverage", f"{coverage:g}", "a number between 0 and 1")
        if pixel_size_um is not None and not 0.01 <= pixel_size_um <= 10:
            found = f"{pixel_size_um:g}"
            raise InputError("pixel_size_um", found, "0.01 to 10 micrometres")
        folder = model_folder(model)
        self._engine = open_engine(folder, engine=engine, accelerator=accelerator, threads=threads)
        self._coverage = coverage
        self._pixel_size_um = pixel_size_um

    @property
    def card(self) -> ModelCard:
        """What is known of the model."""
        return self._engine.card

    @property
    def model(self) -> str:
        """Its name, the beginning of its hash, and what runs it."""
        card = self.card
        return f"{card.name or 'model'} {card.weights_sha256[:10]} ({self._engine.name})"

    def field(
        self,
        pixels: GreyImage,
        *,
        pixel_size_um: float | None = None,
        field: str = "field",
        specimen: str = "specimen",
        source: str = "array",
    ) -> tuple[FieldReading, FieldArrays]:
        """Read a field.

        Args:
            pixels: The signal, axes (y, x), uint8 or uint16.
            pixel_size_um: Side of a pixel on the specimen, in micrometres; as the reader was told
                if None.
            field, specimen, source: What they are called.

        Raises:
            InputError: if the network needs the pixel size and nobody says it, or the image is too
                small for the network.
        """
        started = time.perf_counter()
        size_um = pixel_size_um if pixel_size_um is not None else self._pixel_size_um
        image = self.card.preset.image
        try:
            scale = image.scale_of(size_um, source)
        except InputError:
            wanted = "one in the file, or --pixel-size-um"
            raise InputError(source, "no pixel size", wanted) from None
        if pixels.ndim != 2 or pixels.dtype not in (np.uint8, np.uint16):
            found = f"an array of shape {pixels.shape} and type {pixels.dtype}"
            raise InputError(source, found, "grey levels (y, x), uint8 or uint16")
        if min(pixels.shape) * scale < _SMALLEST:
            found = f"{pixels.shape[1]}×{pixels.shape[0]} pixels"
            side = int(np.ceil(_SMALLEST / scale))
            raise InputError(source, found, f"at least {side}×{side} at this pixel size")
        full_scale = 255 if pixels.dtype == np.uint8 else 65535
        small = at_scale(pixels, scale, full_scale)
        dark, bright = signal_range(small)
        unit = small.astype(np.float32)
        if small.dtype == np.uint8:
            unit /= 255
        prepared = time.perf_counter()
        said = self._engine.run(unit, (float(dark), float(bright)))
        ran = time.perf_counter()
        diameter = NUCLEUS_UM / size_um if size_um else _NUCLEUS_PIXELS
        labels, mask = label_cells(
            said.mask,
            (pixels.shape[0], pixels.shape[1]),
            cell_diameter=diameter * scale,
            threshold=self.card.preset.threshold,
        )
        measures = measure_cells(labels, pixels, full_scale)
        cells = self._cells(measures, labels, said, size_um)
        quality = check_quality(pixels, labels, size_um)
        judged = decide(
            said.pattern,
            said.intensity,
            self.card.pattern_space,
            self.card.intensity_scale,
            self.card.judgement,
            coverage=self._coverage,
        )
        ended = time.perf_counter()
        reading = FieldReading(
            field=field,
            specimen=specimen,
            source=source,
            height=pixels.shape[0],
            width=pixels.shape[1],
            pixel_size_um=size_um,
            decision=judged,
            cells=cells,
            mitotic_figures=_figures(cells) if self.card.mitosis is not None else None,
            quality=quality,
            seconds={
                "prepare": prepared - started,
                "network": ran - prepared,
                "cells": ended - ran,
            },
        )
        return reading, FieldArrays(
            pixels, labels, mask, self._heat(said), said.place_in(pixels.shape)
        )

    def specimen(self, name: str, fields: Sequence[FieldReading]) -> SpecimenReading:
        """Decide on a specimen from its fields together.

        Args:
            name: What it is called.
            fields: Its fields, at least one, read by this model.
        """
        figures = [field.mitotic_figures for field in fields]
        known = [count for count in figures if count is not None]
        return SpecimenReading(
            specimen=name,
            decision=decide_together([field.decision for field in fields], self.card.judgement),
            fields=tuple(field.field for field in fields),
            cells=sum(len(field.cells) for field in fields),
            mitotic_figures=sum(known) if known else None,
            flagged=sum(bool(field.quality) for field in fields),
        )

    def _heat(self, said: FieldOutput) -> NDArray[np.float32] | None:
        if said.places is None:
            return None
        probabilities = softmax(said.places / self.card.judgement.temperature, axis=0)
        return np.asarray(probabilities, np.float32)

    def _cells(
        self,
        measures: CellMeasures,
        labels: NDArray[np.int32],
        said: FieldOutput,
        size_um: float | None,
    ) -> tuple[CellReading, ...]:
        if not len(measures):
            return ()
        rule = self.card.mitosis
        mitotic = None if rule is None else rule.probabilities(measures)
        own = None
        if said.places is not None:
            logits = cell_logits(labels, said.places, said.place_in(labels.shape))
            logits = logits[measures.number - 1]
            own = softmax(logits / self.card.judgement.temperature, axis=1)
        classes = self.card.pattern_space.classes
        return tuple(
            CellReading(
                cell=int(measures.number[i]),
                y=float(measures.y[i]),
                x=float(measures.x[i]),
                min_y=int(measures.min_y[i]),
                min_x=int(measures.min_x[i]),
                max_y=int(measures.max_y[i]),
                max_x=int(measures.max_x[i]),
                area=int(measures.area[i]),
                area_um2=None if size_um is None else float(measures.area[i]) * size_um**2,
                brightness=float(measures.brightness[i]),
                mitotic=None if mitotic is None else float(mitotic[i]),
                pattern=None if own is None else classes[int(own[i].argmax())],
                pattern_probability=None if own is None else float(own[i].max()),
                at_border=bool(measures.at_border[i]),
            )
            for i in range(len(measures))
        )


_SMALLEST = 32  # pixels of the network: two places of the embedding


def _figures(cells: Sequence[CellReading]) -> int:
    return sum(cell.mitotic is not None and cell.mitotic >= _MITOTIC for cell in cells)
