"""Results that nobody read, in a folder as reading leaves it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from anascope.decisions import Decision
from anascope.reading import SpecimenReading, WhyNot
from anascope.reading.results import Store
from tests.unit.reading.results.conftest import (
    BLURRED,
    MadeUp,
    made_up_decision,
    made_up_field,
    made_up_specimen,
)


def decided(positive: float, *, pattern: str = "homogeneous") -> Decision:
    """Return a decision whose intensity is not negative with this probability."""
    levels = {"negative": 1 - positive, "intermediate": 0.0, "positive": positive}
    intensity = "positive" if positive > 0.5 else "negative"
    return replace(made_up_decision(pattern), intensities=levels, intensity=intensity)


def specimen(name: str, decision: Decision | None) -> SpecimenReading:
    """Return a specimen of one field; not evaluable without a decision."""
    whole = made_up_specimen(made_up_field(specimen=name).reading)
    if decision is None:
        return replace(whole, decision=None, not_evaluable={"F-1": WhyNot.TOO_DARK})
    return replace(whole, decision=decision)


def write_results(folder: Path, *names: str) -> dict[str, list[MadeUp]]:
    """Write specimens of two fields each, the second of which is flagged, into a folder."""
    store = Store(folder)
    store.begin()
    written = {}
    for seed, name in enumerate(names):
        fields = [
            made_up_field("F-1", name, seed=2 * seed),
            made_up_field("F-2", name, seed=2 * seed + 1, quality=(BLURRED,)),
        ]
        own = store.specimen_folder(name)
        for field in fields:
            own.write_field(field.reading, field.arrays)
        own.write_specimen(made_up_specimen(*(f.reading for f in fields)), sheet=False)
        written[name] = fields
    return written
