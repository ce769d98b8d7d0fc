"""Models measured as a laboratory uses them: whole fields, single cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, softmax
from skimage.draw import ellipse

from anascope.cells import CellMeasures, cell_logits, label_cells, measure_cells
from anascope.cohorts import Cohort
from anascope.images import at_scale, signal_range
from anascope.metrics import BOX, matched_cells
from anascope.models import ModelCard, read_card
from anascope.models.engines import FieldOutput, open_engine
from anascope.records import FieldRecord, MaskValue
from anascope.training.evaluation import field_masks
from anascope.training.evaluation._annotated_cells import annotated
from anascope.words import nucleus_pixels

_OUTLINED = 0.1  # share of its box that a cell with an outline fills

ReadField = tuple[FieldRecord, FieldOutput, float]
FoundField = tuple[FieldRecord, FieldOutput, NDArray[np.int32], NDArray[np.float32]]


def read_whole_fields(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, accelerator: str = "cpu"
) -> Iterator[ReadField]:
    """Yield for each field the network's output for the whole field, and how it was resized.

    A field that is too small to be read as a whole is left out, as reading refuses it.

    Args:
        folder: Of the model.
        cohort: Where the fields are.
        records: Which ones.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
    """
    engine = open_engine(folder, engine="torch", accelerator=accelerator)
    image = engine.card.preset.image
    for record in records:
        scale = image.scale_of(record.pixel_size_um, record.field)
        small = at_scale(cohort.image(record), scale, record.full_scale)
        if min(small.shape) < engine.smallest:
            continue
        unit = small.astype(np.float32)
        if small.dtype == np.uint8:
            unit /= 255
        dark, bright = signal_range(small)
        yield record, engine.run(unit, (float(dark), float(bright))), scale


def found_in(
    folder: Path, cohort: Cohort, records: Sequence[FieldRecord], *, accelerator: str = "cpu"
) -> Iterator[FoundField]:
    """Yield for each field the network's output, its cells (y, x) and its mask (y, x).

    Arguments as for :func:`read_whole_fields`.
    """
    card = read_card(folder)
    for record, output, scale in read_whole_fields(
        folder, cohort, records, accelerator=accelerator
    ):
        labels, mask = label_cells(
            output.mask,
            (record.window.height, record.window.width),
            cell_diameter=nucleus_pixels(record.pixel_size_um) * scale,
            threshold=card.preset.threshold,
            interior=output.interior if card.heads.cells else None,
        )
        yield record, output, labels, mask


class ReadFields:
    """Fields that a model has read, once, and the measures of them.

    Args:
        folder: Of the model.
        cohort: Where the fields are.
        records: Which ones.
    """

    def __init__(self, folder: Path, cohort: Cohort, records: Sequence[FieldRecord]) -> None:
        self._card, self._cohort = read_card(folder), cohort
        self._read = list(found_in(folder, cohort, records))

    def scores(self) -> pd.DataFrame:
        """Return a row a field: masks compared, probabilities of the cohort's patterns, logits.

        The probability of a pattern of the cohort is the sum of those of its leaves. A serum of
        several patterns has none as ``pattern``, for no one name is right. Columns are those of
        :class:`~anascope.training.evaluation.Evaluation`, ``logit_<class>`` and
        ``logit_above_<level>``.
        """
        rows = []
        card, cohort = self._card, self._cohort
        levels, columns = card.intensities[:-1], logit_columns(card)
        for record, output, _, mask in self._read:
            probabilities = softmax(output.pattern)
            above = expit(output.intensity)
            logits = [*output.pattern, *output.intensity]
            rows.append(
                {
                    "field": record.field,
                    "pattern": record.only_pattern,
                    "intensity": record.intensity,
                    **field_masks(
                        mask > card.preset.threshold,
                        cohort.mask(record),
                        cell_diameter=nucleus_pixels(record.pixel_size_um),
                    ),
                    **{
                        f"p_pattern_{name}": float(
                            probabilities[list(card.pattern_space.allowed(name))].sum()
                        )
                        for name in cohort.patterns
                    },
                    **{f"p_above_{n}": float(p) for n, p in zip(levels, above, strict=True)},
                    **dict(zip(columns, map(float, logits), strict=True)),
                }
            )
        return pd.DataFrame(rows)

    def cells_found(self) -> dict[str, int]:
        """Count annotated cells, found ones, and those that are the same.

        A found cell is an annotated one if their boxes overlap by at least half (intersection over
        union); each counts once. Found cells that touch the border, or lie mostly on unknown
        pixels, are left out, as the annotators left them out.
        """
        counts = {"annotated": 0, "found": 0, "matched": 0}
        for record, _, labels, _ in self._read:
            cells = measure_cells(labels, self._cohort.image(record), record.full_scale)
            truth = annotated(self._cohort, record)
            counted = ~cells.at_border & ~unknown_cells(cells, labels, self._cohort.mask(record))
            matched = matched_cells(cells, truth)
            counts["annotated"] += len(truth)
            counts["matched"] += len(matched)
            counts["found"] += len(set(np.flatnonzero(counted)) | {cell for cell, _ in matched})
        return counts

    def cell_patterns(self) -> pd.DataFrame:
        """Return a row for each annotated interphase cell: its pattern and the predicted one.

        The cells are given by their masks, as in the ICPR 2012 contest. ``named`` is each cell by
        itself, as the contest has it; ``named_in_field`` adds the mean logits of the field's cells
        to its own, for the cells of a serum show one pattern. The logits are there, too, as
        ``logit_<class>``.
        """
        card, cohort = self._card, self._cohort
        groups = np.array([card.pattern_space.allowed(name) for name in cohort.patterns])
        rows = []
        for record, output, _, _ in self._read:
            mask = cohort.mask(record)
            if output.places is None or mask is None:
                raise ValueError(f"no places are named, or {record.field} has no mask")
            truth = annotated(cohort, record)
            truth = truth[truth["kind"] == "cell"].reset_index(drop=True)
            labels = np.zeros(mask.shape, np.int32)
            for number, box in enumerate(truth[BOX].to_numpy(int), start=1):
                inside = (slice(box[0], box[2] + 1), slice(box[1], box[3] + 1))
                cell = mask[inside] == MaskValue.CELL
                # Where the annotators drew no outline, what is known of the cell is its box.
                labels[inside][cell if cell.mean() >= _OUTLINED else _ellipse(cell.shape)] = number
            logits = cell_logits(labels, output.places, output.place_in(labels.shape))
            in_field = logits + logits.mean(axis=0)
            named, named_in_field = (
                np.array(cohort.patterns)[(softmax(values, axis=1) @ groups.T).argmax(axis=1)]
                for values in (logits, in_field)
            )
            names = {"named": named, "named_in_field": named_in_field}
            table = pd.DataFrame(logits, columns=[f"logit_{name}" for name in card.patterns])
            rows.append(table.assign(field=record.field, pattern=truth["pattern"], **names))
        return pd.concat(rows, ignore_index=True)


def logit_columns(card: ModelCard) -> list[str]:
    """Return ``logit_<class>`` of the patterns, then ``logit_above_<level>``."""
    patterns = [f"logit_{name}" for name in card.patterns]
    return [*patterns, *(f"logit_above_{level}" for level in card.intensities[:-1])]


def _ellipse(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the largest ellipse in a box."""
    inside = np.zeros(shape, bool)
    height, width = shape
    inside[ellipse((height - 1) / 2, (width - 1) / 2, height / 2, width / 2, shape)] = True
    return inside


def unknown_cells(
    cells: CellMeasures, labels: NDArray[np.int32], mask: NDArray[np.uint8] | None
) -> NDArray[np.bool_]:
    """Return which cells lie mostly on unknown pixels.

    Args:
        cells: The cells.
        labels: Number of the cell at each pixel, (y, x).
        mask: Values of ``MaskValue``, (y, x), or None.
    """
    if mask is None:
        return np.zeros(len(cells), bool)
    unknown = np.bincount(labels.ravel(), weights=(mask == MaskValue.UNKNOWN).ravel())
    return np.asarray(unknown[cells.number] > cells.area / 2)
