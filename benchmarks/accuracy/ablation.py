"""What each part of the recipe is worth on a laboratory left out: one thing changed at a time.

    python -m benchmarks.accuracy.ablation DATA

Every variant continues from the recipe's network of drawn specimens for a third as long as the
recipe does, once without MIVIA and once without I3A, and is measured on the laboratory that it left
out. With ``--step first``, variants of the step on drawn specimens alone are compared instead: each
learns from as many pixels of every round (a tenth of what the recipe takes), beginning with weights
of ImageNet, and is measured on both laboratories, of which it has seen neither.

Gains are over the base with the same seed, paired by specimen, each by its first field, with 95%
intervals over specimens. The recipe is chosen by these tables: no figure in them comes from
patients at home, nor from pictures of other laboratories. Where the base was trained with all
seeds, the mean of their answers is measured, too: what a network could learn from several at most
(distillation). Writes results/ablation.json or results/ablation-first.json, and a table of each
variant in results/ablation, from which a stopped comparison continues, also on another machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anascope.errors import InputError
from anascope.files import read_json, replacing, write_json
from anascope.models import WEIGHTS, read_card
from anascope.recipe import DRAWN, FIELDS, MIVIA, MOSAICS, Recipe, recipe_named, side_by_side
from anascope.training.calibration import HeldOut, pattern_columns
from anascope.training.evaluation import ReadFields
from benchmarks.accuracy._shared import interval, print_epoch, recipe_given
from benchmarks.accuracy._specimens import named_of
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment
from benchmarks.sets import sets_of

SHORT: dict[str, Any] = {"training.epochs": 2}
LEFT_OUT = {"no-mivia": MIVIA, "no-i3a": MOSAICS}
"""The networks of a variant, and the set on which each is measured."""


@dataclass(frozen=True)
class Variant:
    """What is done in another way.

    Attributes:
        then: Changes of the preset, by dotted key.
        shares: How often a patch is of each set, if not as in the recipe.
        even: Sets whose patterns are learned alike, if not as in the recipe.
        first: Changes of the preset in the step on drawn specimens alone, if that is compared.
        trained_share: Of the weights after the step, if not as in the recipe.
    """

    then: Mapping[str, Any] = field(default_factory=dict)
    shares: Mapping[str, float] | None = None
    even: tuple[str, ...] | None = None
    first: Mapping[str, Any] = field(default_factory=dict)
    trained_share: float | None = None


SEEDS = {
    "the base": Variant(),
    "the base, another seed": Variant({"training.seed": 7}),
    "the base, a third seed": Variant({"training.seed": 8}),
}
TOGETHER = "the mean answer of the base with all seeds"
VARIANTS = {
    "no further training: the network of drawn specimens": Variant(
        {"training.learning_rate": 1e-9}
    ),
    "weights after the step alone": Variant(trained_share=1.0),
    "three times as long": Variant({"training.epochs": 6}),
    "learning rate twice as high": Variant({"training.learning_rate": 1e-3}),
    "learning rate half as high": Variant({"training.learning_rate": 2.5e-4}),
    "more drawn specimens": Variant(shares={MIVIA: 0.3, MOSAICS: 0.15, FIELDS: 0.05, DRAWN: 0.5}),
    "fewer drawn specimens": Variant(shares={MIVIA: 0.5, MOSAICS: 0.3, FIELDS: 0.1, DRAWN: 0.1}),
    "brightness varied by 0.3 instead of 0.05": Variant({"augmentation.brightness": 0.3}),
    "without stain": Variant({"augmentation.stain": 1.0}),
    "stain varied by 2 instead of 1.4": Variant({"augmentation.stain": 2.0}),
    "without blur": Variant({"augmentation.blur": 0.0}),
    "blur up to 1.5 instead of 0.7": Variant({"augmentation.blur": 1.5}),
    "amplitudes of long waves mixed between patches": Variant({"augmentation.spectrum": 0.8}),
    "without uneven light": Variant({"augmentation.illumination": 0.0}),
    "scale varied by 1.5 instead of 1.25": Variant({"augmentation.scale": 1.5}),
    "pattern learned of the mean over a patch's cells": Variant({"loss.pattern": "field"}),
    "fixed weights instead of GradNorm": Variant({"balancing.balancer": "fixed"}),
    "uncertainty weights instead of GradNorm": Variant({"balancing.balancer": "uncertainty"}),
    "real patterns as frequent as they are": Variant(even=()),
    "drawn patterns all as frequent": Variant(even=(MIVIA, MOSAICS, DRAWN)),
    "weights averaged over about 100 steps": Variant({"training.weight_average": 0.99}),
    "running averages of batch normalisation": Variant({"training.batch_norm_batches": 0}),
    "patches of 192, as many pixels": Variant(
        {"image.patch_size": 192, "sampling.patches": 1440 * 128**2 // 192**2}
    ),
}
"""What is changed in the step on real and drawn specimens."""
SHORT_FIRST: dict[str, Any] = {"training.epochs": 1, "sampling.patches": 4000}
FIRST = {
    "drawn specimens alone, in short": Variant(),
    "drawn specimens alone, another seed": Variant(first={"training.seed": 7}),
    "EfficientNet-Lite1": Variant(first={"network.encoder": "efficientnet-lite1"}),
    "EfficientNet-Lite2": Variant(first={"network.encoder": "efficientnet-lite2"}),
    "0.2 µm a pixel instead of 0.3225, patches as wide": Variant(
        first={
            "image.pixel_size_um": 0.2,
            "image.patch_size": 208,
            "sampling.patches": 4000 * 128**2 // 208**2,
        }
    ),
}
"""What is changed in the step on drawn specimens alone."""
STEPS = {"then": {**SEEDS, **VARIANTS}, "first": FIRST}
"""What is compared, by step; the first of each is the base."""
MEASURES = ("pattern", "cell_pattern", "dice")


def run_name(name: str) -> str:
    """Return the name of a variant's folder."""
    return "-".join(re.findall(r"\w+", name))


def recipe_with(name: str, data: Path, work: Path, accelerator: str, start: Path | None) -> Recipe:
    """Return the recipe of a variant.

    Args:
        name: Of the variant.
        data: Folder with the sets.
        work: Work folder.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
        start: The network that it continues from; None where the first step is compared.
    """
    settings = recipe_named("s")
    variant = next(variants[name] for variants in STEPS.values() if name in variants)
    changes: dict[str, Any] = {
        "field_head": None,  # it learns after the steps that are compared
        "first": {**settings.first, **SHORT_FIRST, **variant.first},
        "then": {**settings.then, **SHORT, **variant.then},
    }
    if variant.shares is not None:
        changes["shares"] = dict(variant.shares)
    if variant.even is not None:
        changes["even"] = variant.even
    if variant.trained_share is not None:
        changes["trained_share"] = variant.trained_share
    return Recipe(
        settings.model_copy(update=changes),
        sets_of(data, work),
        work / "ablation" / run_name(name),
        accelerator,
        start=start,
        watcher=print_epoch,
    )


def left_out(recipe: Recipe, *, first: bool) -> Iterator[tuple[str, HeldOut]]:
    """Yield each set, and the network that has not seen it with one field of each specimen."""
    for network, name in LEFT_OUT.items():
        cohort = recipe.sets.real(name)
        fields = {record.specimen_unit: record for record in reversed(cohort.fields)}
        records = [record for record in cohort.fields if record is fields[record.specimen_unit]]
        model = recipe.start if first else recipe.model(network)
        yield name, HeldOut(model, cohort, records)


def together(recipes: Sequence[Recipe]) -> pd.DataFrame:
    """Return which specimens left out the mean logits of several networks name right."""
    tables = []
    for answers in zip(*(left_out(recipe, first=False) for recipe in recipes), strict=True):
        rows = [held_out.rows().set_index("patient") for _, held_out in answers]
        (name, held_out), columns = answers[0], pattern_columns(read_card(answers[0][1].model))
        mean = rows[0].assign(**(sum(each[columns] for each in rows) / len(rows)))
        named = named_of(mean, read_card(held_out.model), held_out.cohort.patterns)
        right = (named == mean["pattern"].to_numpy()).astype(float)
        tables.append(pd.DataFrame({"set": name, "specimen": mean.index, "pattern": right}))
    return pd.concat(tables, ignore_index=True)


def table_of(recipe: Recipe, *, first: bool) -> pd.DataFrame:
    """Return what was right of each specimen left out: ``set``, ``specimen`` and the measures."""
    tables = []
    for name, held_out in left_out(recipe, first=first):
        model, cohort, records = held_out.model, held_out.cohort, held_out.records
        rows = held_out.rows()
        named = named_of(rows, read_card(model), cohort.patterns)
        unit = {record.field: record.split_unit for record in records}
        read = ReadFields(model, cohort, records)
        scores, cells = read.scores(), read.cell_patterns()
        dice = scores.groupby(scores["field"].map(unit))["dice_without_border_cells"].mean()
        own = (cells["pattern"] == cells["named"]).groupby(cells["field"].map(unit)).mean()
        tables.append(
            pd.DataFrame(
                {
                    "set": name,
                    "specimen": rows["patient"],
                    "pattern": (named == rows["pattern"].to_numpy()).astype(float),
                    "cell_pattern": own.reindex(rows["patient"]).to_numpy(),
                    "dice": dice.reindex(rows["patient"]).to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def do_variant(
    data: Path, work: Path, out: Path, accelerator: str, start: Path | None, name: str
) -> None:
    """Train and measure a variant, if that was not done, in whichever process this is."""
    path = measured(out, name)
    if path.exists():
        return
    table = table_of(recipe_with(name, data, work, accelerator, start), first=start is None)
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False)
    print(name, table.groupby("set")[list(MEASURES)].mean().round(3).to_dict("index"), flush=True)


def measured(out: Path, name: str) -> Path:
    """Return the table of a variant's specimens; it stays with the results, so that another
    machine can continue."""
    return out / "ablation" / f"{run_name(name)}.csv"


def refuse_another_start(out: Path, weights: str) -> None:
    """Refuse to compare variants that continue from one network with variants of another.

    Raises:
        InputError: if the result in ``out`` has another network.
    """
    path = out / "ablation.json"
    if path.exists() and read_json(path)["settings"]["start"] != weights:
        raise InputError(path, "variants of another network", f"the one with weights {weights}")


def gains(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return means by set, and paired gains over the first one, the base, by variant."""
    base = next(iter(tables.values()))
    found: dict[str, Any] = {}
    for name, table in tables.items():
        found[name] = {}
        for of_set in LEFT_OUT.values():
            here, there = (
                each[each["set"] == of_set].set_index("specimen") for each in (table, base)
            )
            found[name][of_set] = {
                measure: {
                    "mean": float(np.nanmean(here[measure])),
                    "gain_over_base": interval(here[measure] - there[measure], -1.0),
                }
                for measure in MEASURES
                if measure in table
            }
    return found


def main() -> None:
    """Train what is missing, measure, compare, write."""
    parser = benchmark_arguments(
        __doc__, data="mivia-hep2, i3a-task1, ...", trains=True, continues=True
    )
    parser.add_argument("--variant", action="append", help="only these; may be repeated")
    parser.add_argument("--step", choices=STEPS, default="then", help="what is changed [then]")
    given = parser.parse_args()
    recipe = recipe_given(given)
    for folder in (given.work, given.out):
        (folder / "ablation").mkdir(exist_ok=True)
    # What the processes share is made once, by this one.
    settings: dict[str, Any] = {"recipe": recipe.settings.model_dump(mode="json")}
    start: Path | None = None
    if given.step == "first":
        for name in recipe.sets.rounds:
            recipe.sets.drawn(name)
        settings["short"], path = SHORT_FIRST, given.out / "ablation-first.json"
    else:
        start = recipe.start
        recipe.sets.everything()
        weights = read_card(start).files[WEIGHTS]
        refuse_another_start(given.out, weights)
        settings |= {"short": SHORT, "start": weights}
        path = given.out / "ablation.json"
    jobs = 1 if given.accelerator == "gpu" else given.jobs
    task = partial(do_variant, given.data, given.work, given.out, given.accelerator, start)
    variants = STEPS[given.step]
    side_by_side(task, given.variant or list(variants), jobs)
    if given.step == "then" and all(measured(given.out, name).exists() for name in SEEDS):
        variants = {**variants, TOGETHER: Variant()}
        if not (path_together := measured(given.out, TOGETHER)).exists():
            seeds = [
                recipe_with(name, given.data, given.work, given.accelerator, start)
                for name in SEEDS
            ]
            with replacing(path_together) as temporary:
                together(seeds).to_csv(temporary, index=False)
    tables = {
        name: pd.read_csv(measured(given.out, name))
        for name in variants
        if measured(given.out, name).exists()
    }
    write_json(
        path,
        {
            **environment(**settings),
            "specimens": next(iter(tables.values())).groupby("set").size().to_dict(),
            "changes": {
                name: {
                    "first": dict(each.first),
                    "then": dict(each.then),
                    "shares": each.shares and dict(each.shares),
                    "even": each.even,
                    "trained_share": each.trained_share,
                }
                for name, each in variants.items()
                if name in tables
            },
            "variants": gains(tables),
        },
    )


if __name__ == "__main__":
    main()
