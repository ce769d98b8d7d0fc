"""What a laboratory gains by its own specimens: a model adapted to 5, 10, 20 or 40 of them.

    python -m benchmarks.accuracy.adaptation DATA

The new laboratory is MIVIA for the recipe's network ``no-mivia``, and I3A's recovered specimens for
``no-i3a``: each network has never seen its laboratory, and is judged by the other one, and by drawn
ones, before it is adapted. Ten times specimens are drawn, one a patient; the model adapts to the
first 5, 10, 20 and 40 of a draw (``anascope adapt``), and reads all specimens that it has not
adapted to. MIVIA has 28 patients, and so no row of 40. Differences are paired by specimen, with 95%
intervals over specimens, of each of which the mean over draws is taken. What a model forgets is
measured on drawn specimens of all patterns, from which no network learns. ``--way`` measures some
rows alone. What was measured before in the work folder is kept, and stands in the result with as
many draws as there are. Writes results/adaptation.json.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd

from anascope.adaptation import (
    MOST_LOSS,
    AdaptationSettings,
    adapt_model,
    answered_by,
    answers_of,
    labelled,
)
from anascope.cohorts import Cohort
from anascope.files import new_folder, read_json, write_json
from anascope.metrics import Jackknife
from anascope.models import ModelCard, load_model, read_card, write_card
from anascope.recipe import MIVIA, MOSAICS, Recipe, judged_by_left_out, left_out_rows
from anascope.training.calibration import HeldOut, decisions_on, specimens_of
from benchmarks.accuracy._shared import print_epoch, recipe_given
from benchmarks.accuracy._specimens import named_of
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

LEFT_OUT = {"mivia": MIVIA, "i3a": MOSAICS}
"""The set of each laboratory that is new to a network."""
DRAWS, SEED = 10, 2310
BEFORE = "before"
_MEASURES = ("pattern_right", "loss", "held", "set_size", "intensity_right")
_GAINS = ("pattern_right", "loss", "intensity_right")


@dataclass(frozen=True)
class Way:
    """How a model is adapted.

    Attributes:
        specimens: To how many of a draw.
        settings: And how.
    """

    specimens: int
    settings: AdaptationSettings


WAYS = {
    "5": Way(5, AdaptationSettings(calibrates_from=4, tunes_from=4)),
    "10": Way(10, AdaptationSettings()),
    "20": Way(20, AdaptationSettings()),
    "40": Way(40, AdaptationSettings()),
}
"""The rows of each laboratory. Five are fewer than the command takes: the row shows why."""


@dataclass(frozen=True)
class NewLaboratory:
    """A laboratory that a model has not seen.

    Attributes:
        cohort: Its specimens.
        model: Folder of the model, judged by the other laboratory.
        fields: What the model says of their fields.
        rows: The same of those with one known pattern, one a patient.
        drawn: What it says of drawn specimens with one pattern.
        work: Where adapted models are kept.
    """

    cohort: Cohort
    model: Path
    fields: pd.DataFrame
    rows: pd.DataFrame
    drawn: pd.DataFrame
    work: Path

    def draw(self, number: int) -> list[str]:
        """Return all patients in the order of a draw."""
        order = np.random.default_rng([SEED, number]).permutation(len(self.rows))
        return [str(patient) for patient in self.rows["patient"].to_numpy()[order]]

    def result(self, name: str, number: int) -> Path:
        """Return the file of what a draw gave, adapted in one way."""
        return self.work / f"draw-{number}" / f"{name}.json"

    def measured(self, name: str) -> list[dict[str, Any]]:
        """Return what the draws gave that were measured, adapted in one way."""
        paths = self.work.glob(f"draw-*/{glob.escape(name)}.json")
        return [read_json(path) for path in sorted(paths)]

    def of(self, patients: list[str]) -> Cohort:
        """Return the cohort with the fields of some patients alone."""
        chosen = set(patients)
        records = [record for record in self.cohort.fields if record.split_unit in chosen]
        return Cohort(self.cohort.path, self.cohort.info, records)

    def drawn_right(self, fields: pd.DataFrame) -> float:
        """Return the share of drawn specimens whose likeliest pattern is right."""
        rows, card = specimens_of(fields), read_card(self.model)
        named = named_of(rows, card, card.patterns)
        return float((named == rows["pattern"].to_numpy()).mean())

    def answers(self, rows: pd.DataFrame, card: ModelCard) -> pd.DataFrame:
        """Return what was right, as a model reads it."""
        return answers_of(rows, decisions_on(rows, card, card.judgement), card)


def new_laboratory(recipe: Recipe, laboratory: str, work: Path, accelerator: str) -> NewLaboratory:
    """Return a laboratory, and the model that has not seen it.

    Args:
        recipe: Its networks are trained where they are missing.
        laboratory: One of :data:`LEFT_OUT`.
        work: Where models are kept.
        accelerator: ``cpu``, ``gpu`` or ``auto``.
    """
    name, folder = LEFT_OUT[laboratory], work / "adaptation" / laboratory
    model, network = folder / "model", recipe.model(f"no-{laboratory}")
    if not model.exists():
        left_out = left_out_rows(recipe, drawn_by=f"no-{laboratory}", accelerator=accelerator)
        judgement = judged_by_left_out(left_out[left_out["set"] != name], read_card(network))
        with new_folder(model) as copy:
            copytree(network, copy, dirs_exist_ok=True)
            write_card(copy, read_card(copy).model_copy(update={"judgement": judgement}))
    cohort = recipe.sets.real(name)
    fields = HeldOut(model, cohort, cohort.fields).fields(accelerator)
    rows = specimens_of(fields)
    rows = rows[labelled(rows, read_card(model))].reset_index(drop=True)
    held_out = recipe.sets.held_out()
    assert held_out is not None  # the recipe has some
    single = [record for record in held_out.fields if len(record.patterns) == 1]
    drawn = HeldOut(model, held_out, single).fields(accelerator)
    return NewLaboratory(cohort, model, fields, rows, drawn, folder)


def measure(here: NewLaboratory, name: str, number: int, accelerator: str) -> None:
    """Write, of one draw, which model was kept, and the answers before and after, if missing."""
    way, result = WAYS[name], here.result(name, number)
    if result.exists():
        return
    folder, out = result.parent, result.with_suffix("")
    order = here.draw(number)
    learned, tested = order[: way.specimens], order[way.specimens :]
    if not out.exists():
        folder.mkdir(parents=True, exist_ok=True)
        adapt_model(
            here.model,
            here.of(learned),
            out,
            export=False,
            settings=way.settings,
            accelerator=accelerator,
            tell=print,
            watcher=print_epoch,
        )
    card = read_card(out)
    rows, drawn = here.rows[here.rows["patient"].isin(tested)], here.drawn
    before = here.answers(rows, read_card(here.model))
    kept = card.metrics["adaptation"]["kept"]
    if kept == "fine_tuned":
        head = load_model(out).network.field_head
        assert head is not None  # nothing else of the network has learned
        fields = here.fields[here.fields["patient"].isin(tested)]
        rows = specimens_of(answered_by(head, fields, card))
        rows = rows.set_index("patient").loc[before["patient"]].reset_index()
        drawn = answered_by(head, drawn, card)
    after = here.answers(rows, card)
    forgets = {"before": here.drawn_right(here.drawn), "after": here.drawn_right(drawn)}
    answers = {"before": _plain(before), "after": _plain(after)}
    write_json(result, {"kept": kept, "drawn_right": forgets, **answers})


def summary(draws: Sequence[Mapping[str, Any]], classes: int) -> dict[str, Any]:
    """Return what specimens gained, over draws.

    Args:
        draws: As :func:`adapted` returns them.
        classes: How many patterns the network tells.

    Returns:
        ``kept``: how often each model was; ``drawn_right``: the share of drawn specimens that are
        named right, before and after; ``before`` and ``after``: the measures on the same
        specimens; ``gain``: after less before, paired; each with its interval over specimens.
    """
    before, after = (_means(draws, key) for key in ("before", "after"))
    bounds = {"loss": (0.0, MOST_LOSS), "set_size": (1.0, float(classes))}

    def interval(values: pd.Series[float], low: float, high: float) -> dict[str, float]:
        found = Jackknife.of_values(np.asarray(values, np.float64)).interval(low, high)
        return {"mean": found.estimate, "low": found.low, "high": found.high}

    def figures(means: pd.DataFrame) -> dict[str, Any]:
        return {key: interval(means[key], *bounds.get(key, (0.0, 1.0))) for key in _MEASURES}

    most = {key: bounds.get(key, (0.0, 1.0))[1] for key in _GAINS}
    kept = [draw["kept"] for draw in draws]
    drawn = pd.DataFrame([draw["drawn_right"] for draw in draws]).mean()
    return {
        "draws": len(draws),
        "kept": {name: kept.count(name) for name in ("before", "calibrated", "fine_tuned")},
        "drawn_right": drawn.to_dict(),
        "before": figures(before),
        "after": figures(after),
        "gain": {key: interval(after[key] - before[key], -most[key], most[key]) for key in _GAINS},
    }


def _means(draws: Sequence[Mapping[str, Any]], key: str) -> pd.DataFrame:
    """Return for each specimen the mean of every measure over the draws that tested it."""
    tables = pd.concat([pd.DataFrame(draw[key]) for draw in draws])
    numbers = tables[list(_MEASURES)].astype(float)
    means: pd.DataFrame = numbers.groupby(tables["patient"]).mean()
    return means


def main() -> None:
    """Adapt what is missing, measure, write."""
    parser = benchmark_arguments(
        __doc__, data="mivia-hep2, i3a-task1, ...", trains=True, continues=True
    )
    parser.add_argument("--draws", type=int, default=DRAWS, help="of specimens [%(default)s]")
    parser.add_argument(
        "--way", action="append", choices=WAYS, help="only these rows; may be repeated"
    )
    given = parser.parse_args()
    recipe = recipe_given(given)
    found: dict[str, Any] = {}
    for laboratory in LEFT_OUT:
        here = new_laboratory(recipe, laboratory, given.work, given.accelerator)
        card = read_card(here.model)
        nobody, elsewhere = here.answers(here.rows, card), here.drawn_right(here.drawn)
        found[laboratory] = {
            "specimens": len(here.rows),
            "0": summary(
                [
                    {
                        "kept": BEFORE,
                        "drawn_right": dict.fromkeys(("before", "after"), elsewhere),
                        "before": _plain(nobody),
                        "after": _plain(nobody),
                    }
                ],
                len(card.patterns),
            ),
        }
        for name, way in WAYS.items():
            if way.specimens < len(here.rows) and name in (given.way or WAYS):
                for number in range(given.draws):
                    print(f"{laboratory}, {name} specimens, draw {number + 1}", flush=True)
                    measure(here, name, number, given.accelerator)
            if draws := here.measured(name):
                found[laboratory][name] = summary(draws, len(card.patterns))
    settings = {name: way.specimens for name, way in WAYS.items()}
    write_json(
        given.out / "adaptation.json",
        {
            **environment(ways=settings, seed=SEED),
            "laboratories": found,
        },
    )


def _plain(answers: pd.DataFrame) -> dict[str, Any]:
    return {str(key): answers[key].tolist() for key in answers.columns}


if __name__ == "__main__":
    main()
