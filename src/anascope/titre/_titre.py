"""The end point of one serum, in numbers and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from anascope.titre._curve import LEVEL, Curve, fit_curve
from anascope.titre._dilution import dilution_text

ESTIMATE = "an estimate from images; a reader determines the titre"
"""The note beside every titre."""

Relation = Literal["=", ">=", "<"]
"""How the true end point lies to the one that is given: at it, at or beyond it, or before it."""


@dataclass(frozen=True, slots=True)
class DilutionReading:
    """One well of a serum.

    Attributes:
        dilution: 80 stands for 1:80.
        positive: Whether it is positive, or None if that cannot be decided.
        probability: Probability of being positive, 0 to 1, or None if it is not known.
        specimen: Name of the well's specimen.
        why_open: Why it cannot be decided; "" if it can.
        pattern: The pattern of the specimen; "" if it has none.
    """

    dilution: float
    positive: bool | None
    probability: float | None = None
    specimen: str = ""
    why_open: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Titre:
    """The titre of one serum.

    Attributes:
        end_point: The last positive dilution; where none is positive the lowest negative one; None
            if no dilution could be decided.
        relation: How the titre lies to it: ``>=`` where no higher dilution is negative, ``<`` where
            none is positive; None without an end point.
        curve: The curve through the wells, or None if they do not determine one.
        readings: The wells, from the lowest dilution on.
        remarks: What makes the end point doubtful, one line each.
    """

    end_point: float | None
    relation: Relation | None
    curve: Curve | None
    readings: tuple[DilutionReading, ...]
    remarks: tuple[str, ...]

    @property
    def text(self) -> str:
        """The end point in words: ``1:320``, ``>= 1:1280``, ``< 1:80`` or ``not determined``."""
        if self.end_point is None:
            return "not determined"
        sign = "" if self.relation == "=" else f"{self.relation} "
        return sign + dilution_text(self.end_point)

    @property
    def curve_text(self) -> str:
        """The end point of the curve in words; "" without a curve."""
        if self.curve is None:
            return ""
        low, high = (
            "not bounded" if end is None else dilution_text(_rounded(end))
            for end in (self.curve.low, self.curve.high)
        )
        end_point = dilution_text(_rounded(self.curve.end_point))
        return f"{end_point} by the curve ({LEVEL:.0%} interval {low} to {high})"


def titre_of(readings: Iterable[DilutionReading]) -> Titre:
    """Return the titre of a serum from its wells.

    The end point is the last positive dilution. Wells of one dilution that disagree count as not
    told. What is out of order, missing or read at one dilution only is said in words.

    Args:
        readings: The wells of one serum, in any order; several may have one dilution.
    """
    wells = tuple(sorted(readings, key=lambda well: (well.dilution, well.specimen)))
    by_dilution, remarks = _by_dilution(wells)
    positive = [dilution for dilution, found in by_dilution.items() if found]
    negative = [dilution for dilution, found in by_dilution.items() if found is False]
    end_point: float | None = None
    relation: Relation | None = None
    if positive:
        end_point = max(positive)
        relation = "=" if any(dilution > end_point for dilution in negative) else ">="
    elif negative:
        end_point, relation = min(negative), "<"
    remarks += [*_remarks(by_dilution, end_point, relation), *_unlike(wells)]
    known = [(well.dilution, well.probability) for well in wells if well.probability is not None]
    curve = fit_curve(*zip(*known, strict=True)) if known else None
    return Titre(end_point, relation, curve, wells, tuple(remarks))


def _by_dilution(
    wells: Sequence[DilutionReading],
) -> tuple[dict[float, bool | None], list[str]]:
    """Return what is told at each dilution, from the lowest on, and why elsewhere nothing is."""
    grouped: dict[float, list[DilutionReading]] = defaultdict(list)
    for well in wells:
        grouped[well.dilution].append(well)
    by_dilution: dict[float, bool | None] = {}
    remarks = []
    for dilution, group in grouped.items():
        answers = {well.positive for well in group} - {None}
        by_dilution[dilution] = next(iter(answers)) if len(answers) == 1 else None
        if len(answers) > 1:
            remarks.append(f"wells at {dilution_text(dilution)} disagree")
        elif by_dilution[dilution] is None:
            reasons = "; ".join(dict.fromkeys(well.why_open for well in group if well.why_open))
            why = f" ({reasons})" if reasons else ""
            remarks.append(f"{dilution_text(dilution)} cannot be decided{why}")
    return by_dilution, remarks


def _remarks(
    by_dilution: dict[float, bool | None], end_point: float | None, relation: Relation | None
) -> Iterator[str]:
    if len(by_dilution) == 1:
        yield "one dilution only, which shows no end point"
    if end_point is None:
        return
    before = [d for d, found in by_dilution.items() if found is False and d < end_point]
    if before:
        yield (
            f"not in order: negative at {_listed(before)}, and positive at "
            f"{dilution_text(end_point)}"
        )
    above = min(
        (d for d, found in by_dilution.items() if found is False and d > end_point), default=None
    )
    between = [
        d
        for d, found in by_dilution.items()
        if found is None and d > end_point and (above is None or d < above)
    ]
    if between and relation != "<":
        yield f"the end point may be higher: {_listed(between)} cannot be decided"
    lower = [d for d, found in by_dilution.items() if found is None and d < end_point]
    if lower and relation == "<":
        yield f"a lower dilution may be positive: {_listed(lower)} cannot be decided"
    if relation == ">=":
        yield "no higher dilution is negative"
    if relation == "<":
        yield "no dilution is positive"


def _unlike(wells: Sequence[DilutionReading]) -> Iterator[str]:
    """Say where positive wells have different patterns: each pattern has a titre of its own."""
    named = {
        well.dilution: well.pattern for well in wells if well.positive is True and well.pattern
    }
    if len(set(named.values())) > 1:
        listed = ", ".join(f"{name} at {dilution_text(d)}" for d, name in named.items())
        yield f"patterns differ: {listed}"


def _rounded(dilution: float) -> float:
    """Return an estimated dilution without digits that say nothing."""
    return float(f"{dilution:.3g}")


def _listed(dilutions: Sequence[float]) -> str:
    return ", ".join(map(dilution_text, dilutions))
