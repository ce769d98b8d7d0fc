"""How often a picture that is no HEp-2 field is named, and how often a field is refused.

    python -m benchmarks.accuracy.evaluability DATA --work WORK --install

Reads pictures that are no evaluable field (blank, noise, gradients, photographs, texts, histology,
real fields spoilt by blur and exposure, places without cells) and all fields there are: MIVIA, I3A
Task 2, and drawn ones of every pattern. Each is judged by a network of
``benchmarks/data/field_network.py`` that did not learn from it: a laboratory's by the one that
never saw that laboratory, other pictures by one that never saw their source. Half of the sources
set the limit, the other half measures it; --install puts the network that learned from everything
and its card, with the limit, where the package has it. What was read is kept in WORK, so that a
stopped benchmark goes on where it was. Writes results/evaluability.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest

from anascope.cells import measure_cells
from anascope.files import replacing, sha256_of, write_json
from anascope.models import model_folder, read_card
from anascope.models.engines import SmallNetwork
from anascope.reading import Reader, WhyNot, measure_field
from anascope.reading.likeness import CARD, NETWORK, windows_around_cells
from benchmarks.accuracy._fields import drawn_fields, empty_fields, part_of, real_fields
from benchmarks.accuracy._no_fields import Case, pictures, spoilt, without_cells
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.data.field_network import halves, network_path
from benchmarks.environment import environment
from benchmarks.sets import mivia_cohort

PACKAGE = RESULTS.parent / "src" / "anascope" / "reading" / "likeness"
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
    reader: Reader,
    networks: dict[str, SmallNetwork],
    every: Iterator[tuple[Case, bool]],
    kept: Path,
    most: int | None,
) -> list[Row]:
    """Return what is told of each picture; those that are kept already are not read again."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    rows = {row["name"]: row for row in map(json.loads, lines)}
    result = []
    with kept.open("a", encoding="utf-8") as file:
        for case, is_field in islice(every, most):
            row = rows.get(case.name)
            if row is None:
                row = _read(reader, networks, case, is_field)
                file.write(json.dumps(row) + "\n")
                file.flush()
            result.append(row)
    return result


def _read(reader: Reader, networks: dict[str, SmallNetwork], case: Case, is_field: bool) -> Row:
    reading, arrays = reader.field(case.image, pixel_size_um=case.pixel_size_um)
    row = {
        "kind": case.kind,
        "name": case.name,
        "source": case.source,
        "is_field": is_field,
        "reason": reading.evaluability.reason,
        "logits": {},
    }
    if reading.evaluability.reason in (None, WhyNot.NO_FIELD):
        full_scale = float(np.iinfo(arrays.signal.dtype).max)
        cells = measure_cells(arrays.labels, arrays.signal, full_scale)
        measured = measure_field(arrays.signal, arrays.labels, case.pixel_size_um)
        windows = windows_around_cells(arrays.signal, cells, measured.pixel_um, full_scale)
        row["reason"] = None
        row["logits"] = {
            name: float(np.mean(network(windows[:, np.newaxis]), dtype=np.float64))
            for name, network in networks.items()
        }
    return row


def judges(row: Row, learned: dict[str, set[str] | None]) -> list[str]:
    """Return which networks learned nothing of a picture, by what they learned from."""
    for laboratory in filter(None, learned):
        # Drawn fields of a laboratory's microscope are named after it, too.
        if row["source"].split()[0] == laboratory or f" {laboratory} " in row["source"]:
            return [laboratory]
    return [
        name for name, used in learned.items() if used is not None and row["source"] not in used
    ]


def unseen_logit(row: Row, learned: dict[str, set[str] | None]) -> float:
    """Return the mean logit of a picture's windows, by a network that learned nothing of it."""
    if not row["logits"]:
        return -np.inf
    return float(np.mean([row["logits"][name] for name in judges(row, learned)]))


def limit_of(rows: Sequence[Row]) -> float:
    """Return the limit at which the shares of refused fields and of named others are least in sum.

    Of several limits that do as well it is the middle of the widest gap between two pictures.
    """
    evaluated = [row for row in rows if np.isfinite(row["logit"])]
    logits = np.array([row["logit"] for row in evaluated])
    is_field = np.array([row["is_field"] for row in evaluated])
    ranked = np.sort(logits)
    between = (ranked[1:] + ranked[:-1]) / 2
    fields = sum(row["is_field"] for row in rows)
    refused = (logits[is_field] < between[:, np.newaxis]).sum(axis=1) / fields
    named = (logits[~is_field] >= between[:, np.newaxis]).sum(axis=1) / (len(rows) - fields)
    mistakes = refused + named
    best = mistakes <= mistakes.min() + 1e-12
    return float(between[int(np.where(best, np.diff(ranked), -1.0).argmax())])


def is_named(row: Row, limit: float) -> bool:
    """Tell whether a picture would be evaluable."""
    return bool(row["logit"] >= limit)


def parted(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Return the pictures that set the limit and those that measure it, whole sources each."""
    sources = sorted({row["source"] for row in rows})
    setting = set(np.random.default_rng([seed, 1]).permutation(sources)[::2])
    return (
        [row for row in rows if row["source"] in setting],
        [row for row in rows if row["source"] not in setting],
    )


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


def figures(rows: Sequence[Row], limit: float) -> dict[str, Any]:
    """Return how many others are named, how many fields are refused, and which."""
    named = [row for row in rows if not row["is_field"] and is_named(row, limit)]
    refused = [row for row in rows if row["is_field"] and not is_named(row, limit)]
    fields = sum(row["is_field"] for row in rows)
    return {
        "others_named": share(len(named), len(rows) - fields),
        "fields_refused": share(len(refused), fields),
        "wrong": [row["name"] for row in (*named, *refused)],
        "kinds": {
            kind: {
                "pictures": sum(row["kind"] == kind for row in rows),
                "evaluable": sum(row["kind"] == kind and is_named(row, limit) for row in rows),
            }
            for kind in dict.fromkeys(row["kind"] for row in rows)
        },
    }


def install(work: Path, limit: float, seed: int) -> None:
    """Put the network that learned from everything where the package has it, with its card."""
    content = network_path(work, "").read_bytes()
    with replacing(PACKAGE / NETWORK) as temporary:
        temporary.write_bytes(content)
    card = {
        **environment(seed=seed),
        "says": "a logit of each window around a cell; a field's are averaged",
        "limit": limit,
        "limit_set_on": (
            "half of the sources of benchmarks/accuracy/evaluability.py, each judged by a network "
            "that learned nothing of it: where the shares of mistakes are least in sum"
        ),
        "learned_from": "python -m benchmarks.data.field_network",
        "tested": "results/evaluability.json: each laboratory by a network that never saw it",
        "sha256": sha256_of(content),
        "licence": "MIVIA and I3A fields are for research use; so are these numbers.",
    }
    write_json(PACKAGE / CARD, card)


def main() -> None:
    """Read, set the limit, measure and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--model", help="the model that finds the cells [the shipped one]")
    parser.add_argument("--install", action="store_true", help="put the network where it ships")
    parser.add_argument("--quick", type=int, help="read so many pictures only, and write nothing")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = model_folder(options.model)
    learned = halves()
    files = {name: network_path(options.work, name) for name in learned if name}
    networks = {name: SmallNetwork(path.read_bytes()) for name, path in files.items()}
    # What is told depends on the weights that find the cells, and on those that judge them.
    weights = [read_card(folder).files["weights.safetensors"]]
    weights += [sha256_of(path.read_bytes()) for path in files.values()]
    kept = options.work / f"evaluability-{sha256_of(''.join(weights).encode())[:10]}.jsonl"
    every = cases(options.data, options.work, options.seed)
    rows = read_all(Reader(folder, threads=1), networks, every, kept, options.quick)
    for row in rows:
        row["logit"] = unseen_logit(row, learned)
    setting, measuring = parted(rows, options.seed)
    limit = limit_of(setting)
    measured = figures(measuring, limit)
    for name in ("others_named", "fields_refused"):
        found = measured[name]
        print(f"{name}: {found['count']} of {found['of']}, at most {found['high']:.1%}")
    print("wrong:", ", ".join(measured["wrong"]) or "none")
    if options.quick is not None:
        return
    if options.install:
        install(options.work, limit, options.seed)
    result = {
        **environment(seed=options.seed, limit=limit),
        "measured_half": measured,
        "both_halves": figures(rows, limit),
    }
    write_json(options.out / "evaluability.json", result)


if __name__ == "__main__":
    main()
