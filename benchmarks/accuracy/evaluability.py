"""How often a picture that is no HEp-2 field is named, and how often a field is refused.

    python -m benchmarks.accuracy.evaluability DATA [--fit]

Reads pictures that are no evaluable field (blank, noise, gradients, photographs, texts, histology,
real fields spoilt by blur and exposure, places without cells) and all fields there are: MIVIA, I3A
Task 2, and drawn ones of every pattern. All that comes from one source is on one side: half of the
sources fit the rule of the model's card (--fit writes it), the other half measures it. What was
read is kept in --work, so that a stopped benchmark goes on where it was. Writes
results/evaluability.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from anascope.decisions import Likeness, LikenessPicture, fit_likeness
from anascope.files import write_json
from anascope.models import model_folder, read_card, write_card
from anascope.reading import Reader
from anascope.recipe import mivia_cohort
from benchmarks.accuracy._fields import drawn_fields, empty_fields, part_of, real_fields
from benchmarks.accuracy._no_fields import Case, pictures, spoilt, without_cells
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

SPOILT_EVERY = 3  # of the fields of I3A, which are large
Row = dict[str, Any]


def cases(data: Path, work: Path, seed: int) -> Iterator[tuple[Case, bool]]:
    """Yield every picture, and whether it is a field that must be read."""
    yield from ((case, False) for case in pictures(seed))
    for number, (case, cells) in enumerate(real_fields(mivia_cohort(data, work), data)):
        yield case, True
        yield part_of(case), True
        if case.kind == "mivia" or number % SPOILT_EVERY == 0:
            yield from ((spoiled, False) for spoiled in spoilt(case))
        if cells is not None:
            yield from ((piece, False) for piece in without_cells(case, cells))
    yield from ((case, False) for case in empty_fields(seed))
    yield from ((case, True) for case in drawn_fields(seed))
    # Others of the same patterns, with other sources: the rule has seen half of each then.
    yield from ((case, True) for case in drawn_fields(seed + 1, negatives=5))
    # Dim cells are the hardest to tell from none, and the fewer the harder.
    for number in (seed, seed + 1):
        for case in drawn_fields(number, negatives=10 if number == seed else 5):
            if case.kind == "drawn negative":
                yield part_of(case), True


def read_all(
    reader: Reader, every: Iterator[tuple[Case, bool]], kept: Path, most: int | None
) -> list[Row]:
    """Return what is measured of each picture; those that are kept already are not read again."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    rows = {row["name"]: row for row in map(json.loads, lines)}
    result = []
    with kept.open("a", encoding="utf-8") as file:
        for case, is_field in islice(every, most):
            row = rows.get(case.name)
            if row is None:
                row = _read(reader, case, is_field)
                file.write(json.dumps(row) + "\n")
                file.flush()
            result.append(row)
    return result


def _read(reader: Reader, case: Case, is_field: bool) -> Row:
    reading, _ = reader.field(case.image, pixel_size_um=case.pixel_size_um)
    found = reading.evaluability
    return {
        "kind": case.kind,
        "name": case.name,
        "source": case.source,
        "is_field": is_field,
        "reason": found.reason if not found.measured else None,
        "measured": found.measured,
    }


def halves(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Return the pictures to fit and those to measure; those of one source are together."""
    sources = sorted({row["source"] for row in rows})
    chosen = np.random.default_rng(seed).permutation(len(sources))[: len(sources) // 2]
    fitted = {sources[number] for number in chosen}
    return (
        [row for row in rows if row["source"] in fitted],
        [row for row in rows if row["source"] not in fitted],
    )


def fitted(rows: Sequence[Row]) -> Likeness:
    """Return the rule that these pictures give, of those in which cells can be seen."""
    seen = [
        LikenessPicture(r["is_field"], r["source"], r["measured"]) for r in rows if r["measured"]
    ]
    fields = sum(picture.is_field for picture in seen)
    words = (
        f"{fields} real and drawn fields and {len(seen) - fields} other pictures in which cells "
        "were found: half of the sources of benchmarks/accuracy/evaluability.py; the limit by "
        "cross-validation over sources, where the shares of mistakes are least in sum"
    )
    return fit_likeness(seen, fitted_on=words)


def is_named(row: Row, rule: Likeness) -> bool:
    """Tell whether a picture would be evaluable."""
    return bool(row["measured"]) and rule.score(row["measured"]) >= 0


def share(count: int, total: int) -> dict[str, float]:
    """Return a share with its 95% interval (Clopper and Pearson)."""
    interval = binomtest(count, total).proportion_ci(method="exact")
    return {
        "count": count,
        "of": total,
        "share": count / total,
        "low": float(interval.low),
        "high": float(interval.high),
    }


def figures(rows: Sequence[Row], rule: Likeness) -> dict[str, Any]:
    """Return how many others are named, how many fields are refused, and which."""
    named = [row for row in rows if not row["is_field"] and is_named(row, rule)]
    refused = [row for row in rows if row["is_field"] and not is_named(row, rule)]
    fields = sum(row["is_field"] for row in rows)
    return {
        "others_named": share(len(named), len(rows) - fields),
        "fields_refused": share(len(refused), fields),
        "wrong": [row["name"] for row in (*named, *refused)],
        "kinds": {
            kind: {
                "pictures": sum(row["kind"] == kind for row in rows),
                "evaluable": sum(row["kind"] == kind and is_named(row, rule) for row in rows),
            }
            for kind in dict.fromkeys(row["kind"] for row in rows)
        },
    }


def main() -> None:
    """Read, fit if that is asked, measure and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--model", help="the model to measure [the shipped one]")
    parser.add_argument("--fit", action="store_true", help="fit the rule of the model's card anew")
    parser.add_argument("--quick", type=int, help="read so many pictures only, and write nothing")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = model_folder(options.model)
    card = read_card(folder)
    reader = Reader(folder, threads=1)
    # What is measured depends on the weights, and not on the rule that is made of it.
    kept = options.work / f"evaluability-{card.files['weights.safetensors'][:10]}.jsonl"
    every = cases(options.data, options.work, options.seed)
    rows = read_all(reader, every, kept, options.quick)
    to_fit, to_measure = halves(rows, options.seed)
    rule = fitted(to_fit) if options.fit else card.likeness
    if rule is None:
        raise SystemExit("the model's card has no rule; call with --fit")
    if options.fit and options.quick is None:
        write_card(folder, card.model_copy(update={"likeness": rule}))
    measured = figures(to_measure, rule)
    for name in ("others_named", "fields_refused"):
        found = measured[name]
        print(f"{name}: {found['count']} of {found['of']}, at most {found['high']:.1%}")
    print("wrong:", ", ".join(measured["wrong"]) or "none")
    if options.quick is None:
        result = {
            **environment(seed=options.seed, model=card.name, fitted_on=rule.fitted_on),
            "measured_half": measured,
            "both_halves": figures(rows, rule),
        }
        write_json(options.out / "evaluability.json", result)


if __name__ == "__main__":
    main()
