"""Evaluate a run: its model on its fold's test patients, results into its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from anascope.cohorts.folds import untrained_classes
from anascope.errors import InputError
from anascope.files import replacing, write_json
from anascope.own_tables import file_sha256
from anascope.records import SPLITS
from anascope.training._run import Run

if TYPE_CHECKING:
    import torch

    from anascope.training.evaluation import Evaluation


def evaluate_run(
    run: Run,
    *,
    split: str = "test",
    device: torch.device | str = "cpu",
    on_field: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Measure the run's model on one split of its fold and write the results.

    Writes ``predictions.parquet``, ``fields.parquet``, ``metrics.json`` and ``cells.png``; for
    other splits than test their names end in ``-train`` or ``-validation``. The metrics name,
    under ``untrained``, the classes of these patients that no training patient has.

    Raises:
        InputError: if the run has no model yet or one of another training, if there is no such
        split or it has no fields, or if the cohort has changed.
    """
    # Plots and tables: who only trains needs neither.
    from anascope.models import load_model
    from anascope.report.plots import DrawnField, draw_cells
    from anascope.training.evaluation import evaluate

    if split not in SPLITS:
        raise InputError("split", f"'{split}'", f"{', '.join(SPLITS[:-1])} or {SPLITS[-1]}")
    run.check_model()
    model = load_model(run.model)
    cohort = run.open_cohort()
    records = run.fold.records(cohort.fields, split)
    if not records:
        raise InputError(run.path, f"no fields in split '{split}'", "a split with fields")
    result = evaluate(model, cohort, records, device=device, on_field=on_field)
    untrained = [asdict(each) for each in untrained_classes(run.fold, cohort.fields, split)]
    result = replace(result, metrics=result.metrics | {"untrained": untrained})
    tables = {
        run.of_split(run.predictions, split): result.patches,
        run.of_split(run.fields, split): result.fields,
    }
    for path, table in tables.items():
        with replacing(path) as temporary:
            table.to_parquet(temporary, index=False)
    by_name = {record.field: record for record in records}
    dice = result.fields.set_index("field")["dice"]
    draw_cells(
        [
            DrawnField(
                title=f"field {name}: {by_name[name].serum or 'pattern unknown'}, "
                f"{by_name[name].intensity or 'intensity unknown'}, Dice {dice[name]:.3f}",
                image=cohort.image(by_name[name]),
                truth=cohort.mask(by_name[name]),
                predicted=mask,
            )
            for name, mask in result.drawn.items()
        ],
        run.of_split(run.cells, split),
    )
    # Last, so that metrics.json says that everything else is there.
    write_json(
        run.of_split(run.metrics, split),
        {
            "part": split,
            "fold": run.fold.name,
            **result.metrics,
            "tables_sha256": {path.name: file_sha256(path) for path in tables},
        },
    )
    return result
