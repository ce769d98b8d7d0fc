"""How long does a desk's worklist take with hundreds of thousands of specimens, on SQLite?

    python -m benchmarks.speed.worklist [--specimens 300000]

Specimens are made up, brought in as an import does it, and copied within the database until there
are enough: nothing that a page asks for is in the readings that the copies lack. Each question is
asked a few times, each time of a database that was just opened; of the wall clock and of the
processor's time the median is given, as other work on a machine slows the one and not the other.

Writes results/worklist-speed.json.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from anascope.desk.store import (
    BatchRow,
    Database,
    as_stamp,
    create_database,
    open_database,
)
from anascope.desk.worklist import (
    Attention,
    Filter,
    ReadField,
    ReadSpecimen,
    Sort,
    State,
    add_readings,
    progress,
    worklist,
)
from anascope.files import write_json
from anascope.reading import (
    UNDECIDED,
    Decision,
    Evaluability,
    FieldSummary,
    SpecimenReading,
)
from anascope.words import PATTERN_TREE, intensity_levels
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

SEED = 5
_AT_ONCE = 200
_FIELDS = 4


def made_up(number: int, rng: np.random.Generator) -> ReadSpecimen:
    """Return a reading that nobody read: one in seven undecided, one in twenty not evaluable."""
    leaves = sorted(leaf.name for leaf in PATTERN_TREE.leaves)
    shares = rng.dirichlet(np.full(len(leaves), 0.1))
    likeliest = leaves[int(shares.argmax())]
    decision = Decision(
        pattern=UNDECIDED if number % 7 == 0 else likeliest,
        codes=(),
        likeliest=likeliest,
        patterns=dict(zip(leaves, shares.tolist(), strict=True)),
        families={},
        pattern_set=(likeliest,),
        coverage=0.9,
        intensity=str(rng.choice(intensity_levels())),
        intensities={},
        calibrated=True,
    )
    decided = None if number % 20 == 0 else decision
    summary = FieldSummary(
        field="F",
        specimen="",
        source="",
        provenance=None,
        height=1040,
        width=1388,
        pixel_size_um=0.16,
        evaluability=Evaluability(decided is not None),
        decision=decided,
        mitotic_figures=None,
        quality=(),
    )
    name = f"{'ABCDEFGH'[number % 8]}{number // 8}"
    fields = tuple(
        ReadField(replace(summary, field=f"F-{place}", specimen=name), f"{name}/F-{place}", 50)
        for place in range(_FIELDS)
    )
    cells = int(rng.integers(50, 500))
    names = tuple(field.name for field in fields)
    read = SpecimenReading(name, decided, names, {}, cells, None, int(number % 9 == 0))
    return ReadSpecimen(read, name, fields)


def fill(database: Database, count: int, *, brought_in: int = 2000) -> float:
    """Fill a desk, and return how many specimens a second were brought in; the rest are copies."""
    rng = np.random.default_rng(SEED)
    read = [made_up(number, rng) for number in range(min(brought_in, count))]
    started = time.perf_counter()
    for first in range(0, len(read), _AT_ONCE):
        at = as_stamp(database.clock())
        with database.writing() as session:
            batch = session.get(BatchRow, 1) or BatchRow(id=1, folder="file:///a", imported_at=at)
            session.add(batch)
            session.flush()
            part = read[first : first + _AT_ONCE]
            add_readings(session, batch, part, who="benchmark", at=at)
    a_second = len(read) / (time.perf_counter() - started)
    _copy(database, len(read), -(-count // len(read)) - 1)
    return a_second


def _copy(database: Database, rows: int, copies: int) -> None:
    """Copy the rows of the worklist, under names of further plates, and give them states."""
    same = (
        "state, attention, pattern, intensity, probability, cells, fields, flagged, version, "
        "reading_number, result_number, signed_number, signatures, changed_at"
    )
    with database.writing() as session:
        session.execute(
            text(
                "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy "
                "WHERE n < :copies) INSERT INTO specimen "
                f"(batch_id, name, name_folded, name_key, {same}) "
                "SELECT batch_id, 'Plate ' || n || ' ' || name, 'plate ' || n || ' ' || "
                "name_folded, 'plate ' || printf('%012d', n) || ' ' || name_key, "
                f"{same} FROM specimen, copy WHERE specimen.id <= :rows AND :copies > 0"
            ),
            {"copies": copies, "rows": rows},
        )
        session.execute(
            text(
                "UPDATE specimen SET state = CASE WHEN id % 10 < 5 THEN 'signed' "
                "WHEN id % 10 < 6 THEN 'in review' WHEN id % 1000 = 7 THEN 'rejected' "
                "ELSE 'new' END"
            )
        )
        done = "state IN ('signed', 'rejected')"
        session.execute(text(f"UPDATE specimen SET attention = {int(Attention.DONE)} WHERE {done}"))


def questions(database: Database) -> dict[str, Callable[[Database], Any]]:
    """Return what is asked, by what to call it."""
    half = Filter(state=State.SIGNED)
    far = worklist(database, half, limit=500).after
    asked: dict[str, Callable[[Database], Any]] = {
        f"{'last' if down else 'first'} by {sort}": partial(worklist, sort=sort, descending=down)
        for sort in Sort
        for down in (False, True)
    }
    filters = {
        "state": half,
        "rare state": Filter(state=State.REJECTED),
        "batch": Filter(batch=1),
        "no such batch": Filter(batch=99),
        "attention": Filter(attention=Attention.UNDECIDED),
        "pattern": Filter(pattern="golgi"),
        "pattern and rare state": Filter(state=State.REJECTED, pattern="golgi"),
        "intensity": Filter(intensity="positive"),
        "no such pattern": Filter(pattern="nothing"),
        "search of many": Filter(search="B1"),
        "search of one": Filter(search="plate 77 c100"),
        "search of none": Filter(search="nothing"),
        "search and state": Filter(search="c100", state=State.NEW),
    }
    for name, wanted in filters.items():
        for sort in (Sort.ATTENTION, Sort.NAME, Sort.CELLS):
            asked[f"{name}, by {sort}"] = partial(worklist, wanted=wanted, sort=sort)
    asked["a later page of a state"] = partial(worklist, wanted=half, after=far)
    asked["progress"] = progress
    asked["progress of a search"] = partial(progress, wanted=Filter(search="B1"))
    return asked


def measure(place: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return the median seconds of each question, of the wall clock and of the processor."""
    with open_database(place) as database:
        asked = questions(database)
    found = {}
    for name, ask in asked.items():
        wall, processor = [], []
        for _ in range(rounds):
            with open_database(place) as database:
                started, busy = time.perf_counter(), time.process_time()
                ask(database)
                processor.append(time.process_time() - busy)
                wall.append(time.perf_counter() - started)
        found[name] = {
            "seconds": statistics.median(wall),
            "processor_seconds": statistics.median(processor),
        }
    return found


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--specimens", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with create_database(place) as database:
            a_second = fill(database, given.specimens)
            specimens = progress(database).total
        size = sum(path.stat().st_size for path in place.iterdir())
        found = measure(place, given.rounds)
    kinds = ("seconds", "processor_seconds")
    result = {
        "specimens": specimens,
        "bytes": size,
        "brought_in_a_second": a_second,
        "longest": {kind: max(one[kind] for one in found.values()) for kind in kinds},
        "questions": found,
    }
    for question, one in found.items():
        print(f"{question:40} {1000 * one['seconds']:8.1f} {1000 * one['processor_seconds']:8.1f}")
    print(result["longest"], f"{a_second:.0f} specimens a second")
    write_json(given.out / "worklist-speed.json", {**environment(seed=SEED), **result})


if __name__ == "__main__":
    main()
