"""Read one field: image in, cells and decision out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from anascope.cells import WINDOWING, Windowing, label_cells, measure_cells
from anascope.decisions import Decision, decide, decide_anew, decide_together
from anascope.defaults import COVERAGE
from anascope.errors import InputError
from anascope.images import GreyImage, at_scale, signal_range
from anascope.models import ModelCard, model_folder
from anascope.models.engines import TILING, FieldOutput, Stored, Tiling, open_engine, read_field
from anascope.reading._bounds import check_pixel_size, check_pixels, checked_scale
from anascope.reading._by_place import (
    CellPhases,
    cell_readings,
    heat_of,
    in_mitosis,
    logits_of_cells,
    phases_of_cells,
)
from anascope.reading._evaluability import check_evaluability
from anascope.reading._pixel_size import PixelSize, pixel_size_of
from anascope.reading._quality import check_quality, measure_field
from anascope.reading._records import (
    MOST_SHOWN,
    FieldArrays,
    FieldReading,
    SpecimenReading,
)
from anascope.reading._stopwatch import Stopwatch
from anascope.reading._without_scale import without_scale
from anascope.words import nucleus_pixels


class Reader:
    """A model that is ready to read.

    Args:
        model: Folder of the model, or the name of one that is part of the package
            (:func:`~anascope.models.model_folder`); the small one of these if None.
        engine: ``auto``, ``onnxruntime`` or ``torch``
            (:func:`~anascope.models.engines.open_engine`).
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        threads: Number of CPU threads; all usable ones if None.
        coverage: Share of candidate sets that should contain the right pattern, between 0 and 1.
        pixel_size_um: Pixel size of images that do not state theirs.
        tiling, windowing: How fields that are too large to be read in one piece are cut.

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
        tiling: Tiling = TILING,
        windowing: Windowing = WINDOWING,
    ) -> None:
        if not 0 < coverage < 1:
            raise InputError("coverage", f"{coverage:g}", "a number between 0 and 1")
        if pixel_size_um is not None:
            check_pixel_size(pixel_size_um, "pixel_size_um")
        folder = model_folder(model)
        self._engine = open_engine(folder, engine=engine, accelerator=accelerator, threads=threads)
        if not self.card.heads.mask:  # without cells nothing can be told of a field
            raise InputError(
                folder, "a mask that learned from no label", "a model that finds cells"
            )
        self._coverage = coverage
        self._pixel_size_um = pixel_size_um
        self._tiling, self._windowing = tiling, windowing

    @property
    def card(self) -> ModelCard:
        """What is known of the model."""
        return self._engine.card

    @property
    def model(self) -> str:
        """Its name, the beginning of its identity, and what runs it."""
        card = self.card
        return f"{card.name or 'model'} {card.identity[:10]} ({self._engine.name})"

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
            pixels: The signal, axes (y, x), uint8 or uint16, of which 255 or 65535 is full
                brightness.
            pixel_size_um: Side of a pixel on the specimen, 0.01 to 10 micrometres; that of the
                reader if None. If neither states it, it is estimated from the picture
                (:func:`anascope.reading.scale.estimate_pixel_size`).
            field, specimen, source: Their names.

        Returns:
            What was read, and the label mask, the mask and the map of patterns of the same field.
            If the network needs the pixel size, and it is neither stated nor can be estimated, the
            field is not evaluable.

        Raises:
            InputError: if the pixel size is out of range, if the image is of another type, too
                small or too large for the network (:mod:`anascope.reading._bounds`), or if there
                is no room for it.
        """
        given_um = pixel_size_um if pixel_size_um is not None else self._pixel_size_um
        check_pixels(pixels, source)
        try:
            watch = Stopwatch()
            names = (field, specimen, source)
            with watch.stage("scale"):
                size, scale = self._scale(pixels, given_um, source)
            if size.missing is not None:
                return without_scale(pixels, size.missing, names, watch)
            return self._read(pixels, scale, size, names, watch)
        except MemoryError:
            raise InputError(source, "more than the memory holds", "a smaller field") from None
        except OSError as error:  # no file is touched but those that large arrays lie in
            found = f"no room for it in {tempfile.gettempdir()} ({error.strerror})"
            raise InputError(source, found, "free space, or another folder as TMPDIR") from None

    def decided_anew(self, field: FieldReading) -> FieldReading:
        """Return a field as it is decided for this reader's coverage, from its stored result.

        Args:
            field: A field that this model has read. It is returned unchanged if it is decided for
                this coverage, if it is not evaluable, or if it is not known which model read it.
        """
        if field.provenance is None or field.decision is None:
            return field
        if field.decision.coverage == self._coverage:
            return field
        decision = decide_anew(field.decision, self.card.judgement, self._coverage)
        return replace(field, decision=decision)

    def specimen(self, name: str, fields: Sequence[FieldReading]) -> SpecimenReading:
        """Decide on a specimen from its fields together.

        Args:
            name: Name of the specimen.
            fields: Its fields, at least one, read by this model.
        """
        decisions = [field.decision for field in fields if field.decision is not None]
        figures = [field.mitotic_figures for field in fields]
        counted = [count for count in figures if count is not None]
        reasons = {field.field: field.evaluability.reason for field in fields}
        return SpecimenReading(
            specimen=name,
            decision=decide_together(decisions, self.card.judgement) if decisions else None,
            fields=tuple(field.field for field in fields),
            not_evaluable={name: why for name, why in reasons.items() if why is not None},
            cells=sum(len(field.cells) for field in fields if field.evaluability.evaluable),
            mitotic_figures=sum(counted) if counted else None,
            flagged=sum(bool(field.quality) for field in fields),
        )

    def _scale(
        self, pixels: GreyImage, given_um: float | None, source: str
    ) -> tuple[PixelSize, float]:
        """Return the pixel size of a field and by how much it is resized for the network."""
        if given_um is not None:
            checked_scale(pixels, given_um, source, self._engine)  # before the work of an estimate
        needed = self.card.preset.image.pixel_size_um is not None
        size = pixel_size_of(pixels, given_um, needed=needed)
        if size.missing is not None:
            return size, 1.0
        try:
            return size, checked_scale(pixels, size.um, source, self._engine)
        except InputError as error:
            if size.error is None:
                raise
            found = f"{error.found} (pixel size estimated as {size.um:.2g} µm)"
            raise InputError(error.where, found, error.expected) from None

    def _read(
        self,
        pixels: GreyImage,
        scale: float,
        size: PixelSize,
        names: tuple[str, str, str],
        watch: Stopwatch,
    ) -> tuple[FieldReading, FieldArrays]:
        """Read a field that was checked; its names are those of field, specimen and source."""
        field, specimen, source = names
        size_um = size.um
        with watch.stage("prepare"):
            stored, ranges = _prepared(pixels, scale)
        with watch.stage("network"):
            output = read_field(self._engine, stored, ranges, self._tiling)
        with watch.stage("cells"):
            labels, mask = label_cells(
                output.mask,
                (pixels.shape[0], pixels.shape[1]),
                cell_diameter=nucleus_pixels(size_um) * scale,
                threshold=self.card.preset.threshold,
                interior=output.interior if self.card.heads.cells else None,
                windowing=self._windowing,
            )
            measures = measure_cells(labels, pixels, _full_scale(pixels))
            logits = logits_of_cells(measures, labels, output)
            measured = measure_field(pixels, labels, size_um)
            evaluability = check_evaluability(pixels, measures, measured, size_um)
            evaluable = evaluability.evaluable
            phases = phases_of_cells(measures, labels, output, self.card)
            cells = cell_readings(measures, logits, phases, self.card, size_um, evaluable=evaluable)
            dividing = in_mitosis(cells)
            decision = self._decide(output, phases) if evaluable else None
        reading = FieldReading(
            field=field,
            specimen=specimen,
            source=source,
            provenance=None,
            height=pixels.shape[0],
            width=pixels.shape[1],
            pixel_size_um=size_um,
            evaluability=evaluability,
            decision=decision,
            cells=cells,
            mitotic_figures=len(dividing) if evaluable and phases is not None else None,
            dividing=dividing[:MOST_SHOWN],
            quality=(*check_quality(measured, size_um), *size.flags),
            pixel_size_error=size.error,
            seconds=watch.seconds,
        )
        place = output.place_in(pixels.shape)
        has_pattern = evaluable and self.card.heads.pattern
        heat = heat_of(output, self.card.judgement.temperature) if has_pattern else None
        return reading, FieldArrays(pixels, labels, mask, heat, place)

    def _decide(self, output: FieldOutput, phases: CellPhases | None) -> Decision:
        card = self.card
        return decide(
            output.pattern if card.heads.pattern else None,
            output.intensity if card.heads.intensity else None,
            card.pattern_space,
            card.intensity_scale,
            card.judgement,
            mixture=output.mixture if card.heads.mixture else None,
            chromatin=phases.chromatin if phases is not None else None,
            coverage=self._coverage,
        )


def _prepared(pixels: GreyImage, scale: float) -> tuple[Stored, tuple[float, float]]:
    """Return a field as engines take it, at the network's scale, and its range."""
    if scale == 1.0 and pixels.dtype == np.uint8:
        stored: Stored = pixels.view(np.uint8)
    else:
        stored = at_scale(pixels, scale, _full_scale(pixels))
    dark, bright = signal_range(stored)
    return stored, (float(dark), float(bright))


def _full_scale(pixels: GreyImage) -> int:
    return 255 if pixels.dtype == np.uint8 else 65535
