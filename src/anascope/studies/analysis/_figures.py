"""The figures of a study, each as PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from anascope.cohorts import Cohort
from anascope.metrics import RocCurve
from anascope.records import FieldRecord
from anascope.report.plots import (
    ConfusionMatrix,
    IntervalRow,
    ReferenceImage,
    draw_boxes,
    draw_calibration,
    draw_confusion,
    draw_curves,
    draw_intervals,
    draw_reference,
    draw_roc,
    draw_weights,
)
from anascope.studies import value_label
from anascope.studies.analysis._comparisons import Comparisons
from anascope.studies.analysis._diagrams import diagrams
from anascope.studies.analysis._in_words import in_ranges
from anascope.studies.analysis._results import Results, TrainingResults
from anascope.tasks import INTENSITY, LabelTask, Level
from anascope.words import pattern_named


@dataclass(frozen=True)
class Figure:
    """A figure that was drawn.

    Attributes:
        name: Name of its files, without the suffix.
        caption: The text below it.
        alt: What it shows, for readers who cannot see it.
    """

    name: str
    caption: str
    alt: str


class Figures:
    """Draws figures into a folder.

    Args:
        folder: Where they go.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, figure: Figure, ending: str) -> Path:
        """Return the file of a figure: ``svg`` or ``png``."""
        return self.folder / f"{figure.name}.{ending}"

    def reference(self, cohort: Cohort) -> Figure:
        """Draw an image of each pattern (Fig. 1): of its fields the one of median brightness."""
        records = [_reference_field(cohort, pattern) for pattern in _by_tree(cohort)]
        images = [
            ReferenceImage(
                title=f"{record.pattern}",
                caption=in_ranges(pattern_named(str(record.pattern)).codes),
                image=cohort.image(record),
                pixel_size_um=record.pixel_size_um,
            )
            for record in records
        ]
        figure = Figure(
            "reference",
            "Reference image of each pattern: of its positive fields, if it has any, the one of "
            "median brightness. Contrast is stretched.",
            f"One field of each pattern: {', '.join(image.title for image in images)}",
        )
        return self._draw(figure, lambda path: draw_reference(images, path))

    def network(self, results: Results) -> list[Figure]:
        """Draw the networks that were trained, and the algorithms that balanced them (Fig. 2-5)."""
        presets = [run.run.preset for run in results.runs]
        return [
            self._draw(Figure(name, caption, caption), partial(draw_boxes, *diagram))
            for name, caption, diagram in diagrams(presets, results.vocabulary)
        ]

    def curves(self, trained: TrainingResults, fold: str) -> Figure:
        """Draw accuracies, losses and balance weights of a run (Fig. 6, 7)."""
        run = trained.folds[fold]
        figure = Figure(
            f"curves-{trained.training.slug}-{fold}",
            f"{trained.training.label}, fold {fold}: accuracies, losses and balance weights.",
            "Curves by epoch",
        )
        title = f"{trained.training.label}, fold {fold}"
        return self._draw(
            figure, lambda path: draw_curves(run.history, path, title=title, tasks=run.tasks)
        )

    def roc(self, results: Results, fold: str | None) -> list[Figure]:
        """Draw the ROC of all trainings for intensity (Fig. 8), of one fold or of all pooled.

        One figure an output: two levels have one.
        """
        levels = results.vocabulary.intensities.levels
        figures = []
        for output, level in enumerate(levels[:-1]):
            curves = {
                trained.training.label: _roc(results, trained, fold, output)
                for trained in results.trainings
                if fold is None or fold in trained.folds
            }
            of_folds = f"fold {fold}" if fold else "all folds pooled"
            name = f"roc-{f'fold-{fold}' if fold else 'pooled'}"
            name += f"-above-{level}" if len(levels) > 2 else ""
            figure = Figure(
                name,
                f"ROC of the intensity (above {level} or not), test patches, {of_folds}, with the "
                "area under each curve.",
                f"ROC curves of {len(curves)} trainings, {of_folds}",
            )
            title = f"Intensity above {level}: {of_folds}"
            figures.append(self._draw(figure, partial(draw_roc, curves, title=title)))
        return figures

    def confusion(self, results: Results, task: LabelTask, level: Level) -> Figure:
        """Draw the confusion matrices of all trainings, all folds together."""
        matrices = [_confusion(results, trained, task, level) for trained in results.trainings]
        figure = Figure(
            f"confusion-{task.name}-by-{level}",
            f"Confusion of the {task.name} by {level}, all folds together: number, and shade by "
            "share of the true class.",
            f"Confusion matrices of {len(matrices)} trainings",
        )
        return self._draw(figure, lambda path: draw_confusion(matrices, path))

    def calibration(self, results: Results, task: LabelTask) -> Figure:
        """Draw reliability diagrams of all trainings, by patch."""
        words = results.vocabulary
        panels = {
            trained.training.label: task.answers(trained.table("patch"), words).calibration
            for trained in results.trainings
        }
        figure = Figure(
            f"calibration-{task.name}",
            f"Calibration of the {task.name} by patch, all folds together: share of right answers "
            "against confidence; on the diagonal the two are equal.",
            f"Reliability diagrams of {len(panels)} trainings",
        )
        return self._draw(figure, lambda path: draw_calibration(panels, path))

    def weights(self, results: Results) -> Figure:
        """Draw how the balance weights moved."""
        histories = {
            trained.training.label: [run.history for run in trained.folds.values()]
            for trained in results.trainings
        }
        figure = Figure(
            "weights",
            "Balance weights by epoch: thin lines are folds, thick ones their mean.",
            f"Balance weights of {len(histories)} trainings",
        )
        return self._draw(figure, lambda path: draw_weights(histories, path, tasks=results.tasks))

    def intervals(self, comparisons: Comparisons) -> Figure:
        """Draw the accuracies of all trainings with their intervals."""
        panels = {
            f"{measure.task}": [
                IntervalRow(trained.training.label, comparisons.interval(trained, measure))
                for trained in comparisons.results.trainings
            ]
            for measure in comparisons.results.accuracies
        }
        figure = Figure(
            f"intervals-by-{comparisons.level}",
            f"Accuracy by {comparisons.level}, all folds together, with 95% intervals over "
            "patients.",
            "Accuracies of the trainings with their intervals",
        )
        return self._draw(figure, lambda path: draw_intervals(panels, path, xlabel="accuracy"))

    def effects(self, comparisons: Comparisons) -> Figure | None:
        """Draw what each value of each factor does, all else equal; None if nothing varies."""
        accuracies = comparisons.results.accuracies
        panels: dict[str, list[IntervalRow]] = {measure.task: [] for measure in accuracies}
        for factor, values in comparisons.results.study.study.varied().items():
            for value in values[1:]:
                label = f"{value_label(factor, value)} minus {value_label(factor, values[0])}"
                for measure in accuracies:
                    effect = comparisons.effect(factor, value, values[0], measure)
                    if effect.pairs:
                        panels[measure.task].append(IntervalRow(label, effect.interval))
        if not any(panels.values()):
            return None
        figure = Figure(
            f"effects-by-{comparisons.level}",
            f"What each factor does, all else equal, by {comparisons.level}: mean difference of "
            "accuracy over the pairs of trainings that differ in it alone, with 95% intervals.",
            "Differences in accuracy by factor with their intervals",
        )
        return self._draw(
            figure,
            lambda path: draw_intervals(panels, path, xlabel="difference in accuracy", zero=True),
        )

    def _draw(self, figure: Figure, draw: Callable[[Sequence[Path]], None]) -> Figure:
        draw([self.path(figure, ending) for ending in ("svg", "png")])
        return figure


def _roc(results: Results, trained: TrainingResults, fold: str | None, output: int) -> RocCurve:
    table = trained.table("patch") if fold is None else trained.folds[fold].patches
    return INTENSITY.roc(table, results.vocabulary, output)


def _confusion(
    results: Results, trained: TrainingResults, task: LabelTask, level: Level
) -> ConfusionMatrix:
    counts = task.answers(trained.table(level), results.vocabulary).confusion
    return ConfusionMatrix(trained.training.label, counts, task.classes(results.vocabulary))


def _by_tree(cohort: Cohort) -> list[str]:
    alone = {record.only_pattern for record in cohort.fields} - {None}
    return sorted(map(str, alone), key=lambda name: pattern_named(name).codes)


def _reference_field(cohort: Cohort, pattern: str) -> FieldRecord:
    of_pattern = [record for record in cohort.fields if record.only_pattern == pattern]
    bright = [record for record in of_pattern if record.intensity == "positive"]
    by_brightness = sorted(
        bright or of_pattern,
        key=lambda record: (float(np.mean(cohort.image(record))), record.field),
    )
    return by_brightness[len(by_brightness) // 2]
