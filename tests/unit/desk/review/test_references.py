"""Signed specimens beside another: the nearest first, and only those that count."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from anascope.desk.accounts import LOCAL, User
from anascope.desk.review import (
    Finding,
    References,
    Verdict,
    correct,
    require_signatures,
    sign,
    view,
)
from anascope.desk.store import Database
from anascope.desk.worklist import ReadSpecimen
from anascope.reading import Decision
from tests.unit.desk.made_up import made_up_read, number_of, put_in
from tests.unit.reading.results.conftest import made_up_decision

AS_READ = Finding(Verdict.PATTERNS, ("homogeneous",), "positive")
NEGATIVE = Finding(Verdict.NEGATIVE)


def decision_with(**shares: float) -> Decision:
    """Return a decision with these probabilities of patterns, and none of others."""
    decision = made_up_decision()
    patterns = dict.fromkeys(decision.patterns, 0.0) | shares
    assert patterns.keys() == decision.patterns.keys()
    return replace(decision, patterns=patterns)


def read_by(read: ReadSpecimen, model: str) -> ReadSpecimen:
    fields = []
    for field in read.fields:
        assert field.summary.provenance is not None
        provenance = replace(field.summary.provenance, model=model)
        fields.append(replace(field, summary=replace(field.summary, provenance=provenance)))
    return replace(read, fields=tuple(fields))


def signed(database: Database, name: str, finding: Finding = AS_READ, by: User = LOCAL) -> None:
    number = number_of(database, name)
    found = view(database, number)
    sign(database, number, seen=found.version, by=by, finding=finding, reason="seen again")


def nearest(
    database: Database, name: str, references: References | None = None
) -> dict[str, float]:
    found = view(database, number_of(database, name))
    given = (references or References(database)).nearest(found)
    return {one.name: one.distance for one in given}


def test_the_distance_is_that_of_hellinger(database: Database, tmp_path: Path) -> None:
    shares = {
        "same": decision_with(homogeneous=0.64, golgi=0.36),
        "near": decision_with(homogeneous=1.0),
        "far": decision_with(golgi=0.25, **{"numa-like": 0.75}),
        "nothing": decision_with(**{"numa-like": 1.0}),
        "one": decision_with(homogeneous=0.64, golgi=0.36),
    }
    put_in(database, [made_up_read(name, tmp_path, decision) for name, decision in shares.items()])
    assert nearest(database, "one") == {}
    for name in ("nothing", "far", "near", "same"):
        signed(database, name)
    found = nearest(database, "one")
    assert list(found) == ["same", "near", "far", "nothing"]
    # sqrt(0.64 * 1) = 0.8; sqrt(0.36 * 0.25) = 0.3
    expected = [0.0, sqrt(0.2), sqrt(0.7), 1.0]
    assert list(found.values()) == pytest.approx(expected, abs=1e-3)


def test_what_is_said_of_a_reference(on_sqlite: Database, tmp_path: Path) -> None:
    put_in(on_sqlite, [made_up_read(name, tmp_path) for name in ("S-1", "S-2")])
    signed(on_sqlite, "S-1", replace(AS_READ, patterns=("golgi",)))
    (found,) = References(on_sqlite).nearest(view(on_sqlite, number_of(on_sqlite, "S-2")))
    assert (found.name, found.finding.label, found.by, found.field) == (
        "S-1",
        "golgi",
        ("local",),
        1,
    )
    assert found.at.startswith("2026-03-01T12:00")


def test_who_never_counts(on_sqlite: Database, tmp_path: Path) -> None:
    names = ("unsigned", "saved", "rejected", "not evaluable", "negative", "one")
    reads = [made_up_read(name, tmp_path) for name in names]
    again = replace(reads[-1], specimen=replace(reads[-1].specimen, specimen="same images"))
    other = read_by(made_up_read("other model", tmp_path), "n" * 64)
    put_in(on_sqlite, [*reads, again, other, made_up_read("dark", tmp_path, evaluable=False)])
    correct(on_sqlite, number_of(on_sqlite, "saved"), AS_READ, seen=1, by=LOCAL)
    rejected = Finding(Verdict.REJECTED, comment="air bubbles")
    correct(on_sqlite, number_of(on_sqlite, "rejected"), rejected, seen=1, by=LOCAL)
    signed(on_sqlite, "not evaluable", Finding(Verdict.NOT_EVALUABLE))
    signed(on_sqlite, "dark", NEGATIVE)
    for name in ("one", "same images", "other model"):
        signed(on_sqlite, name)
    signed(on_sqlite, "negative", NEGATIVE)
    assert list(nearest(on_sqlite, "one")) == ["negative"]
    assert nearest(on_sqlite, "other model") == {}
    assert nearest(on_sqlite, "dark") == {}


def test_it_follows_what_is_signed(on_sqlite: Database, tmp_path: Path) -> None:
    put_in(on_sqlite, [made_up_read(name, tmp_path) for name in ("S-1", "S-2", "one")])
    references = References(on_sqlite)
    assert nearest(on_sqlite, "one", references) == {}
    signed(on_sqlite, "S-1")
    assert list(nearest(on_sqlite, "one", references)) == ["S-1"]
    signed(on_sqlite, "S-2")
    # Both are as near: the last signed comes first.
    assert list(nearest(on_sqlite, "one", references)) == ["S-2", "S-1"]
    # While a signed result is changed it does not count, and then it counts as what it is now.
    number = number_of(on_sqlite, "S-2")
    seen = view(on_sqlite, number).version
    correct(on_sqlite, number, NEGATIVE, seen=seen, by=LOCAL, reason="wrong slide")
    assert list(nearest(on_sqlite, "one", references)) == ["S-1"]
    sign(on_sqlite, number, seen=seen + 1, by=LOCAL)
    found = references.nearest(view(on_sqlite, number_of(on_sqlite, "one")))
    assert [(one.name, one.finding.label) for one in found] == [
        ("S-2", "negative"),
        ("S-1", "homogeneous"),
    ]
    # Read anew since: its signature is about another reading.
    put_in(on_sqlite, [made_up_read("S-1", tmp_path, decision_with(golgi=1.0))])
    assert list(nearest(on_sqlite, "one", references)) == ["S-2"]


def test_with_two_signatures_the_second_counts(
    on_sqlite: Database, people_on_sqlite: dict[str, User], tmp_path: Path
) -> None:
    people = people_on_sqlite
    require_signatures(on_sqlite, 2, by=people["kim"])
    put_in(on_sqlite, [made_up_read(name, tmp_path) for name in ("S-1", "one")])
    number = number_of(on_sqlite, "S-1")
    sign(on_sqlite, number, seen=1, by=people["ann"], finding=AS_READ)
    assert nearest(on_sqlite, "one") == {}
    sign(on_sqlite, number, seen=2, by=people["sue"])
    (found,) = References(on_sqlite).nearest(view(on_sqlite, number_of(on_sqlite, "one")))
    assert found.by == ("ann", "sue")


def test_no_more_than_are_asked_for(on_sqlite: Database, tmp_path: Path) -> None:
    names = [f"S-{number}" for number in range(30)]
    put_in(on_sqlite, [made_up_read(name, tmp_path, fields=1) for name in (*names, "one")])
    for name in names:
        signed(on_sqlite, name)
    found = view(on_sqlite, number_of(on_sqlite, "one"))
    references = References(on_sqlite)
    assert [one.name for one in references.nearest(found, limit=2)] == ["S-29", "S-28"]
    assert len(references.nearest(found, limit=25)) == 25
