"""What follows from the figures, computed and not typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from anascope.metrics import Interval
from anascope.report import Finding, Verdict, formatted
from anascope.studies import factor_name, value_label
from anascope.studies.analysis._comparisons import Comparisons, Effect
from anascope.studies.analysis._further_tables import lost_weight
from anascope.studies.analysis._in_words import headed, listed
from anascope.studies.analysis._results import Results
from anascope.studies.analysis._run_results import RunResults
from anascope.tasks import Measure, Task

_CHANCE = 0.5  # AUROC of a network that knows nothing


class WeightLost(NamedTuple):
    """Where a training's balance weights fell to zero or below.

    Attributes:
        folds: In how many folds.
        epoch: In which epoch first.
        tasks: Whose weights did in that epoch.
    """

    folds: int
    epoch: int
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Conclusion(Finding):
    """A finding: sentences for readers, and its parts for programs.

    Attributes:
        kind: The subject: the best training of a task, the effect of a factor's value, whether the
            intensity is better than chance, balance weights, or runs that are missing.
        subject: The task, or the key of the factor.
        value: The label of the best training, or of the value of the factor.
        reference: The label of the second training, or of the value that is compared with.
        better: The tasks, or the trainings, for which something is shown to be better.
        worse: The same, for which it is worse.
        undecided: The same, for which neither is shown; or the runs that are missing.
        figures: The intervals that decide it: by task what a value adds, by training what it
            reaches; the best one's lead stands under the second. Or by training the lost weights.
        backwards: Whether a task was trained backwards, its weight being negative.
    """

    kind: Literal["best", "effect", "chance", "weights", "missing"] = field(kw_only=True)
    subject: str = ""
    value: str = ""
    reference: str = ""
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    figures: Mapping[str, Interval | WeightLost] = field(default_factory=dict)
    backwards: bool = False


def conclusions(comparisons: Comparisons) -> Iterator[Conclusion]:
    """Yield the best training of each task, what each factor does, and what went wrong.

    Nothing is concluded from a measure that is not defined.
    """
    for measure in comparisons.results.accuracies:
        yield from _best(comparisons, measure)
    for factor, values in comparisons.results.study.study.varied().items():
        for value in values[1:]:
            yield from _what_it_does(comparisons, factor, value, values[0])
    yield from _against_chance(comparisons)
    yield _weights(comparisons.results)
    if comparisons.results.unfinished:
        yield _unfinished(comparisons.results)


def _best(comparisons: Comparisons, measure: Measure) -> Iterator[Conclusion]:
    measured = [
        (trained, interval)
        for trained in comparisons.results.trainings
        if trained.whole and (interval := comparisons.interval(trained, measure)).defined
    ]
    if len(measured) < 2:
        return
    ranked = sorted(measured, key=lambda pair: pair[1].estimate, reverse=True)
    best, *others = [trained for trained, _ in ranked]
    lead = comparisons.difference(best, others[0], measure)
    beaten = tuple(
        other.training.label
        for other in others
        if comparisons.difference(best, other, measure).excludes_zero
    )
    clear = lead.excludes_zero
    yield Conclusion(
        headline=(
            f"Best {measure.task} {measure.label}: **{best.training.label}** with "
            f"{_number(ranked[0][1])}" + ("." if clear else ", but its lead is within chance.")
        ),
        detail=(
            f"Ahead of the second, {others[0].training.label}, by {_number(lead)}, which "
            f"{'leaves zero out' if clear else 'includes zero'}."
            + (
                f" It is clearly better than {len(beaten)} of the {len(others)} others."
                if len(others) > 1
                else ""
            )
        ),
        verdict="clear" if clear else "open",
        kind="best",
        subject=measure.task,
        value=best.training.label,
        reference=others[0].training.label,
        better=beaten,
        figures={best.training.label: ranked[0][1], others[0].training.label: lead},
    )


def _what_it_does(
    comparisons: Comparisons, factor: str, value: object, reference: object
) -> Iterator[Conclusion]:
    effects = {
        measure.task: first
        for measure in comparisons.results.accuracies
        if (first := comparisons.effect(factor, value, reference, measure)).interval.defined
    }
    if not effects:  # without a partner, without a patient of both, or without truth
        return
    first = next(iter(effects.values()))
    better = [task for task, first in effects.items() if first.interval.low > 0]
    worse = [task for task, first in effects.items() if first.interval.high < 0]
    open_ = [task for task in effects if task not in better + worse]
    this, that = value_label(factor, value), value_label(factor, reference)
    outcomes = [
        f"{word} in {listed(tasks)}"
        for word, tasks in (("better", better), ("worse", worse))
        if tasks
    ]
    headline = (
        f"{headed(factor_name(factor))}: **{this}** is {listed(outcomes)} than {that}"
        if outcomes
        else f"{headed(factor_name(factor))}: {this} and {that} cannot be distinguished"
    )
    headline += f"; {listed(open_)} {_are(open_)} left open." if outcomes and open_ else "."
    yield Conclusion(
        headline=headline,
        detail=(
            f"Accuracy of {this} minus that of {that}, mean over {_counted(first.pairs, 'pair')} "
            "of "
            f"trainings that differ in nothing else and {_counted(first.patients, 'patient')}: "
            + "; ".join(f"{task} {_signed(first)}" for task, first in effects.items())
            + "."
        ),
        verdict=_verdict(better or worse),
        kind="effect",
        subject=factor,
        value=this,
        reference=that,
        better=tuple(better),
        worse=tuple(worse),
        undecided=tuple(open_),
        figures={task: first.interval for task, first in effects.items()},
    )


def _against_chance(comparisons: Comparisons) -> Iterator[Conclusion]:
    measure = comparisons.measure("intensity.auroc")
    areas = {
        trained.training.label: interval
        for trained in comparisons.results.trainings
        if (interval := comparisons.interval(trained, measure)).defined
    }
    if not areas:
        return
    above = {label: area for label, area in areas.items() if area.low > _CHANCE}
    not_above = {label: area for label, area in areas.items() if label not in above}
    detail = "; ".join(f"{label}: {_number(area)}" for label, area in (not_above or above).items())
    if not not_above:
        yield Conclusion(
            "Every training distinguishes the intensities better than chance.",
            f"AUROC by {comparisons.level} over all folds: {detail}.",
            "clear",
            kind="chance",
            subject=measure.task,
            better=tuple(above),
            figures=areas,
        )
        return
    yield Conclusion(
        f"{len(not_above)} of {_counted(len(areas), 'training')} cannot be distinguished from "
        "guessing in intensity.",
        f"AUROC by {comparisons.level} over all folds, with intervals that hold 0.5 or lie below "
        f"it: {detail}.",
        "open",
        kind="chance",
        subject=measure.task,
        better=tuple(above),
        undecided=tuple(not_above),
        figures=areas,
    )


def _weights(results: Results) -> Conclusion:
    lost = {
        trained.training.label: _summed_up(loss, results.tasks)
        for trained in results.trainings
        if (loss := [w for run in trained.folds.values() if (w := lost_weight(run))])
    }
    if not lost:
        return Conclusion(
            "No balance weight fell to zero or below in any run.",
            f"In {_all_of(len(results.runs), 'run')} every task was trained forwards throughout.",
            "clear",
            kind="weights",
        )
    runs = sum(loss.folds for loss in lost.values())
    negative = any(_has_negative_weight(run) for run in results.runs)
    detail = "; ".join(
        f"{label}: {loss.folds} of {_counted(_folds_of(results, label), 'fold')}, first in "
        f"epoch {loss.epoch} ({listed(loss.tasks)})"
        for label, loss in lost.items()
    )
    return Conclusion(
        f"In {runs} of {_counted(len(results.runs), 'run')} a balance weight fell to zero or "
        f"below, so that a task was {'trained backwards' if negative else 'left out'}.",
        f"{detail}.",
        "clear",
        kind="weights",
        worse=tuple(lost),
        figures=lost,
        backwards=negative,
    )


def _has_negative_weight(run: RunResults) -> bool:
    return any(bool((run.history[f"weight_{task.name}"] < 0).any()) for task in run.tasks)


def _unfinished(results: Results) -> Conclusion:
    names = list(results.unfinished.items())
    reasons = "; ".join(f"`{name}`: {why}" for name, why in names[:5])
    further = f"; and {len(names) - 5} more" if len(names) > 5 else ""
    return Conclusion(
        f"{len(names)} of {_counted(len(results.study.runs), 'run')} {_are(names)} missing here.",
        f"{reasons}{further}.",
        "open",
        kind="missing",
        undecided=tuple(results.unfinished),
    )


def _summed_up(lost: Sequence[tuple[int, tuple[str, ...]]], tasks: Sequence[Task]) -> WeightLost:
    """Return the first epoch of several folds, and the tasks that were lost in that."""
    first = min(epoch for epoch, _ in lost)
    names = {name for epoch, names in lost if epoch == first for name in names}
    return WeightLost(len(lost), first, tuple(task.name for task in tasks if task.name in names))


def _folds_of(results: Results, label: str) -> int:
    return next(len(t.folds) for t in results.trainings if t.training.label == label)


def _number(interval: Interval) -> str:
    return str(formatted(interval))


def _signed(effect: Effect) -> str:
    text = _number(effect.interval)
    # What is rounded to zero has no sign.
    return f"+{text}" if text[0] not in "−–" and not text.startswith("0.000 ") else text


def _verdict(decided: object) -> Verdict:
    return "clear" if decided else "open"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _all_of(count: int, noun: str) -> str:
    return f"the one {noun}" if count == 1 else f"all {count} {noun}s"


def _are(items: Sequence[object]) -> str:
    return "is" if len(items) == 1 else "are"
