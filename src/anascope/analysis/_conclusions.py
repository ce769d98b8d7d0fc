"""What follows from the figures, computed and not typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anascope.analysis._comparisons import Comparisons, Effect
from anascope.analysis._further_tables import lost_weight
from anascope.analysis._measures import ACCURACIES, Measure
from anascope.analysis._results import Results, TrainingResults
from anascope.report import Finding, Verdict, formatted
from anascope.statistics import Interval
from anascope.study import factor_name, value_label

_CHANCE = 0.5  # AUROC of a network that knows nothing


def conclusions(comparisons: Comparisons) -> Iterator[Finding]:
    """Yield the best training of each task, what each factor does, and what went wrong."""
    whole = [each for each in comparisons.results.trainings if each.whole]
    if len(whole) > 1:
        for measure in ACCURACIES:
            yield _best(comparisons, whole, measure)
    for factor, values in comparisons.results.study.study.varied().items():
        for value in values[1:]:
            found = _what_it_does(comparisons, factor, value, values[0])
            if found:
                yield found
    yield _against_chance(comparisons)
    yield _weights(comparisons.results)
    if comparisons.results.unfinished:
        yield _unfinished(comparisons.results)


def _best(
    comparisons: Comparisons, trainings: Sequence[TrainingResults], measure: Measure
) -> Finding:
    def value(each: TrainingResults) -> float:
        estimate = comparisons.interval(each, measure).estimate
        return estimate if estimate == estimate else -1.0

    first, *others = sorted(trainings, key=value, reverse=True)
    lead = comparisons.difference(first, others[0], measure)
    differences = [comparisons.difference(first, other, measure) for other in others]
    beaten = sum(each.excludes_zero for each in differences)
    clear = lead.excludes_zero
    return Finding(
        headline=(
            f"Best {measure.task} {measure.label}: **{first.training.label}** with "
            f"{_number(comparisons.interval(first, measure))}"
            + ("." if clear else ", but its lead is within chance.")
        ),
        detail=(
            f"Ahead of the second, {others[0].training.label}, by {_number(lead)}, which "
            f"{'leaves zero out' if clear else 'includes zero'}. It is clearly better than "
            f"{beaten} of the {len(others)} others."
        ),
        verdict="clear" if clear else "open",
    )


def _what_it_does(
    comparisons: Comparisons, factor: str, value: object, reference: object
) -> Finding | None:
    effects = {m.task: comparisons.effect(factor, value, reference, m) for m in ACCURACIES}
    one = next(iter(effects.values()))
    if not one.pairs:
        return None
    better = [task for task, effect in effects.items() if effect.interval.low > 0]
    worse = [task for task, effect in effects.items() if effect.interval.high < 0]
    open_ = [task for task in effects if task not in better + worse]
    this, that = value_label(factor, value), value_label(factor, reference)
    said = [
        f"{word} in {_listed(tasks)}"
        for word, tasks in (("better", better), ("worse", worse))
        if tasks
    ]
    headline = (
        f"{_headed(factor_name(factor))}: **{this}** is {_listed(said)} than {that}"
        if said
        else f"{_headed(factor_name(factor))}: {this} and {that} cannot be told apart"
    )
    headline += f"; {_listed(open_)} {_are(open_)} left open." if said and open_ else "."
    return Finding(
        headline=headline,
        detail=(
            f"Accuracy of {this} less that of {that}, mean over {_counted(one.pairs, 'pair')} of "
            f"trainings that differ in nothing else and {_counted(one.patients, 'patient')}: "
            + "; ".join(f"{task} {_signed(effect)}" for task, effect in effects.items())
            + "."
        ),
        verdict=_verdict(better or worse),
    )


def _against_chance(comparisons: Comparisons) -> Finding:
    measure = comparisons.measure("intensity.auroc")
    found = {
        each.training.label: comparisons.interval(each, measure)
        for each in comparisons.results.trainings
    }
    above = {label: area for label, area in found.items() if area.low > _CHANCE}
    rest = {label: area for label, area in found.items() if label not in above}
    detail = "; ".join(f"{label}: {_number(area)}" for label, area in (rest or above).items())
    if not rest:
        return Finding(
            "Every training tells the intensity better than chance.",
            f"AUROC by {comparisons.level} over all folds: {detail}.",
            "clear",
        )
    return Finding(
        f"{len(rest)} of {_counted(len(found), 'training')} cannot be told from guessing in "
        "intensity.",
        f"AUROC by {comparisons.level} over all folds, with intervals that hold 0.5 or lie below "
        f"it: {detail}.",
        "open",
    )


def _weights(results: Results) -> Finding:
    lost = {
        each.training.label: found
        for each in results.trainings
        if (found := [w for run in each.folds.values() if (w := lost_weight(run))])
    }
    if not lost:
        return Finding(
            "No balance weight fell to zero or below in any run.",
            f"In all {len(results.runs)} runs every task was trained forwards throughout.",
            "clear",
        )
    runs = sum(len(found) for found in lost.values())
    said = "; ".join(
        f"{label}: {len(found)} of {_folds_of(results, label)} folds, first in epoch "
        f"{min(epoch for _, epoch in found)} ({_listed(sorted({task for task, _ in found}))})"
        for label, found in lost.items()
    )
    return Finding(
        f"In {runs} of {len(results.runs)} runs a balance weight fell to zero or below, so that a "
        "task was trained backwards.",
        f"{said}.",
        "clear",
    )


def _unfinished(results: Results) -> Finding:
    names = list(results.unfinished.items())
    shown = "; ".join(f"`{name}`: {why}" for name, why in names[:5])
    more = f"; and {len(names) - 5} more" if len(names) > 5 else ""
    return Finding(
        f"{len(names)} of {len(results.study.runs)} runs are missing here.",
        f"{shown}{more}.",
        "open",
    )


def _folds_of(results: Results, label: str) -> int:
    return next(len(each.folds) for each in results.trainings if each.training.label == label)


def _number(interval: Interval) -> str:
    return str(formatted(interval))


def _signed(effect: Effect) -> str:
    text = _number(effect.interval)
    return f"+{text}" if effect.interval.estimate > 0 else text


def _verdict(decided: object) -> Verdict:
    return "clear" if decided else "open"


def _headed(name: str) -> str:
    """Return ``name`` as the beginning of a sentence; Greek letters stay as they are."""
    return name[:1].upper() + name[1:] if name[:1].isascii() else name


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _are(items: Sequence[str]) -> str:
    return "is" if len(items) == 1 else "are"


def _listed(items: Sequence[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
