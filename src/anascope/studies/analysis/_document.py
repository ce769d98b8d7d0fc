"""The report of a study, put together from its tables, figures and conclusions."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from anascope import __version__
from anascope.cohorts import Cohort, summarise
from anascope.report import (
    Block,
    Code,
    Details,
    Document,
    FigureBlock,
    Paragraph,
    Section,
    Table,
    TableBlock,
    code,
    escape,
)
from anascope.studies import study_to_yaml
from anascope.studies.analysis._comparisons import Comparisons
from anascope.studies.analysis._conclusions import conclusions
from anascope.studies.analysis._figures import Figure, Figures
from anascope.studies.analysis._further_tables import (
    calibration_table,
    comparison_table,
    cost_table,
    machines,
    measure_tables,
    weight_table,
)
from anascope.studies.analysis._in_words import headed, named
from anascope.studies.analysis._results import Results
from anascope.studies.analysis._tables import (
    class_tables,
    fold_accuracy_table,
    fold_table,
    loss_table,
    mean_tables,
    patients_table,
)
from anascope.tasks import Level
from anascope.words import RESEARCH_USE

_PUBLISHED_PRESET = "paper"
_PRINTED_LEVELS: tuple[Level, ...] = ("patch", "specimen")


@dataclass(frozen=True)
class StudyReport:
    """A report with its tables and figures.

    Attributes:
        document: What is written as HTML and PDF.
        tables: Every table.
        figures: Every figure that was drawn.
    """

    document: Document
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]


class _Builder:
    """Collects tables and figures while sections are put together."""

    def __init__(self, results: Results, cohort: Cohort | None, figures: Figures) -> None:
        self.results = results
        self.cohort = cohort
        self.draw = figures
        self.summary = summarise(cohort) if cohort else None
        # The published figures are of the whole set; beside a part of it they would mislead.
        self.beside_published = bool(self.summary and self.summary.published)
        self.levels = {level: Comparisons(results, level) for level in _PRINTED_LEVELS}
        self.tables: list[Table] = []
        self.figures: list[Figure] = []

    def table(self, table: Table) -> TableBlock:
        self.tables.append(table)
        return TableBlock(table)

    def figure(self, figure: Figure) -> FigureBlock:
        self.figures.append(figure)
        return FigureBlock(
            figure.name,
            svg=self.draw.path(figure, "svg"),
            png=self.draw.path(figure, "png"),
            caption=escape(figure.caption),
            alt=figure.alt,
        )

    def conclusions(self) -> Section:
        return Section(
            "Conclusions",
            (
                Paragraph(
                    "Computed from the figures below. A difference counts when its 95% interval, "
                    "over patients, leaves zero out."
                ),
                *conclusions(self.levels["patch"]),
            ),
        )

    def network(self) -> Section:
        figures = self.draw.network(self.results)
        return Section("The network and its training", tuple(map(self.figure, figures)))

    def means(self) -> Section:
        blocks: list[Block] = [
            self.table(table)
            for table in mean_tables(self.results, beside_published=self.beside_published)
        ]
        preset = self.results.study.study.preset
        if self.beside_published and preset != _PUBLISHED_PRESET:
            blocks.insert(
                0,
                Paragraph(
                    f"The published figures are those of preset {code(_PUBLISHED_PRESET)}; the "
                    f"trainings here start from {code(preset)}."
                ),
            )
        blocks.append(self.figure(self.draw.intervals(self.levels["patch"])))
        effects = self.draw.effects(self.levels["patch"])
        if effects:
            blocks.append(self.figure(effects))
        return Section("Trainings compared", tuple(blocks))

    def folds(self) -> Section:
        tables = tuple(
            self.table(
                fold_accuracy_table(self.results, trained, beside_published=self.beside_published)
            )
            for trained in self.results.trainings
        )
        return Section("Accuracy in each fold", tables)

    def measures(self) -> Section:
        sections = []
        for level, comparisons in self.levels.items():
            blocks: list[Block] = [self.table(table) for table in measure_tables(comparisons)]
            if level != "patch":
                blocks.append(self.figure(self.draw.intervals(comparisons)))
            pairs = comparison_table(comparisons)
            if pairs.rows:
                title = f"Comparison of each pair of trainings ({len(pairs.rows)} pairs)"
                blocks.append(Details(title, (self.table(pairs),)))
            sections.append(Section(f"By {level}", tuple(blocks)))
        return Section("All measures, with intervals", sections=tuple(sections))

    def roc(self) -> Section:
        fold = _tested(self.results)[-1]
        figures = [*self.draw.roc(self.results, fold), *self.draw.roc(self.results, None)]
        return Section("ROC of the intensity", tuple(self.figure(figure) for figure in figures))

    def errors(self) -> Section:
        blocks = tuple(
            self.figure(self.draw.confusion(self.results, task, level))
            for task in self.results.label_tasks
            for level in task.confused_by
        )
        return Section("Confusion of patterns and intensities", blocks)

    def calibration(self) -> Section:
        return Section(
            "Calibration",
            (
                self.table(calibration_table(self.results)),
                *(
                    self.figure(self.draw.calibration(self.results, task))
                    for task in self.results.label_tasks
                ),
            ),
        )

    def weights(self) -> Section:
        return Section(
            "Balance of the tasks",
            (self.table(weight_table(self.results)), self.figure(self.draw.weights(self.results))),
        )

    def data(self) -> Section:
        blocks: list[Block] = [self.table(patients_table(self.results))]
        if self.cohort is None or self.summary is None:
            gone = "The cohort is not available: no counts and no reference images."
            return Section("Data", (*blocks, Paragraph(gone)))
        blocks += [self.table(fold_table(self.results, self.cohort))]
        blocks += [self.table(table) for table in class_tables(self.summary)]
        if self.summary.published_note:
            blocks.append(Paragraph(escape(f"This is {self.summary.published_note}.")))
        if self.cohort.patterns:
            blocks.append(self.figure(self.draw.reference(self.cohort)))
        return Section("Data", tuple(blocks))

    def runs(self) -> Section:
        blocks: list[Block] = [self.table(cost_table(self.results))]
        for trained in self.results.trainings:
            for fold in trained.folds:
                losses = loss_table(trained, fold, beside_published=self.beside_published)
                curves = self.draw.curves(trained, fold)
                title = f"{escape(trained.training.label)}, fold {fold}: curves and losses by epoch"
                blocks.append(Details(title, (self.figure(curves), self.table(losses))))
        return Section("Runs", tuple(blocks))

    def origin(self) -> Section:
        return Section(
            "How it was made",
            (
                Paragraph("The command:"),
                Code(shlex.join(self.results.study.command)),
                Paragraph("The study, every key spelled out:"),
                Code(study_to_yaml(self.results.study.study).strip()),
            ),
        )

    def facts(self) -> tuple[tuple[str, str], ...]:
        study = self.results.study
        seeds = {run.run.preset.training.seed for run in self.results.runs}
        done = len(self.results.runs)
        facts = [
            ("Study", escape(study.study.description)),
            ("Cohort", f"{escape(study.cohort_path.name)}, fingerprint {code(study.fingerprint)}"),
            ("Runs", f"{done} of {len(study.runs)} done"),
            ("Preset", code(study.study.preset)),
            ("Seeds", f"training {_listed(seeds)}; folds {study.folds.seed}"),
            ("Trained on", escape("; ".join(machines(self.results.runs)))),
            ("Versions", escape(", ".join(f"{k} {v}" for k, v in study.versions.items()))),
            ("Command", code(shlex.join(study.command))),
        ]
        return tuple(facts)


def build_report(results: Results, cohort: Cohort | None, figures: Figures) -> StudyReport:
    """Draw the figures, make the tables, and put the report together.

    Args:
        results: What the study has measured.
        cohort: The cohort, for its counts and reference images; None if it is not available.
        figures: Draws the figures.
    """
    builder = _Builder(results, cohort, figures)
    sections = (
        builder.conclusions(),
        builder.data(),
        builder.network(),
        builder.means(),
        builder.folds(),
        builder.measures(),
        builder.roc(),
        builder.errors(),
        builder.calibration(),
        builder.weights(),
        builder.runs(),
        builder.origin(),
    )
    study = results.study
    document = Document(
        title=_title(results),
        subtitle=(
            f"{_of(len(results.trainings), len(study.study.trainings()), 'training')} on "
            f"{_of(len(_tested(results)), len(study.folds.folds), 'fold')} of "
            f"{cohort.info.name if cohort else study.cohort_path.name}"
        ),
        facts=builder.facts(),
        sections=sections,
        footer=f"Written by anascope {__version__}. {RESEARCH_USE}",
    )
    return StudyReport(document, tuple(builder.tables), tuple(builder.figures))


def _title(results: Results) -> str:
    """Return which trainings ran; the grid may have more, and its description tells of all."""
    trainings = [trained.training for trained in results.trainings]
    if not any(training.changes for training in trainings):
        return f"Preset {results.study.study.preset}"
    return headed(named(trainings))


def _tested(results: Results) -> list[str]:
    """Return the folds in which a run is done, in order."""
    tested = {fold for trained in results.trainings for fold in trained.folds}
    return [fold for fold in results.folds if fold in tested]


def _of(count: int, total: int, noun: str) -> str:
    """Return how many of how many: ``2 of 5 folds``, or ``5 folds`` if these are all."""
    return f"{count} of {total} {noun}s" if count < total else f"{count} {noun}{'s' * (count > 1)}"


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in sorted(values, key=str))
