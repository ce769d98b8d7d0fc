"""How well a classifier tells real from drawn patches: the lower, the better the drawings.

    python -m benchmarks.data.told_apart DATA --work WORK

DATA holds ``mivia-hep2`` as it is distributed; WORK keeps the prepared cohort. For each of the
28 real fields one is drawn with the same pattern and intensity. Patches of both are told apart
by a forest on numbers made by hand, and by a small network on the pixels; what is said of a patch
comes from a classifier that has seen neither its patient nor the drawn field of its labels.

The area under the ROC curve is 0.5 where nobody could tell, 1 where everybody can. Its interval
is over fields. Writes results/synthetic-classifier.json.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from anascope.files import write_json
from anascope.metrics import Jackknife
from benchmarks.arguments import benchmark_arguments
from benchmarks.data._pairs import drawn_fields, real_fields
from benchmarks.data._patch_features import VIEWS, Patch, features, patches_of
from benchmarks.environment import environment
from benchmarks.sets import mivia_cohort

SEED = 12357
FOLDS = 5
_SCORES = 1000  # steps of a score for the interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Classifier = Callable[[NDArray[np.intp], NDArray[np.intp]], Floats]
"""From rows to learn from and rows to judge to scores of the latter, 0 to 1; 1 is real."""


def folds_of(patches: Sequence[Patch]) -> NDArray[np.intp]:
    """Return the fold of each patch: patients spread by pattern, drawn fields with their model."""
    models = {patch.unit: patch.pattern for patch in patches if patch.real}
    order = sorted(models, key=lambda unit: (models[unit], unit))
    fold = {unit: place % FOLDS for place, unit in enumerate(order)}
    return np.array([fold[patch.unit.rsplit("-", 1)[-1]] for patch in patches], np.intp)


def out_of_fold(folds: NDArray[np.intp], classify: Classifier) -> Floats:
    """Return the score of every row from a classifier that learned from the other folds."""
    scores = np.zeros(len(folds))
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        scores[held] = classify(np.flatnonzero(folds != fold), held)
    return scores


def auroc(units: Sequence[str], real: Bools, scores: Floats) -> dict[str, float]:
    """Return the area under the curve with its interval over units."""
    names, owner = np.unique(np.asarray(units), return_inverse=True)
    step = np.rint(np.clip(scores, 0, 1) * _SCORES).astype(int)
    counts = np.zeros((len(names), 2, _SCORES + 1))
    np.add.at(counts, (owner, real.astype(int), step), 1.0)
    found = Jackknife.of(counts.reshape(len(names), -1), _area).interval()
    return {"auroc": found.estimate, "low": found.low, "high": found.high}


def _area(sums: Floats) -> Floats:
    """Return the share of pairs in order, ties counted half, from counts by side and score."""
    counts = sums.reshape(*sums.shape[:-1], 2, -1)
    drawn, real = counts[..., 0, :], counts[..., 1, :]
    lower = np.cumsum(drawn, axis=-1) - drawn / 2
    pairs = drawn.sum(axis=-1) * real.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray((real * lower).sum(axis=-1) / pairs)


def of_fields(units: Sequence[str], real: Bools, scores: Floats) -> dict[str, float]:
    """Return the area for whole fields: the mean score of their patches."""
    table = pd.DataFrame({"unit": units, "real": real, "score": scores})
    means = table.groupby("unit", as_index=False).agg(real=("real", "first"), s=("score", "mean"))
    return auroc(means["unit"].tolist(), means["real"].to_numpy(bool), means["s"].to_numpy(float))


def forest(table: Floats, real: Bools, trees: int, importance: Floats | None = None) -> Classifier:
    """Return the classifier on numbers; adds each fold's importances to ``importance``."""

    def classify(learn: NDArray[np.intp], judge: NDArray[np.intp]) -> Floats:
        model = RandomForestClassifier(trees, min_samples_leaf=3, random_state=SEED)
        model.fit(table[learn], real[learn])
        if importance is not None:
            importance[:] += model.feature_importances_ / FOLDS
        return np.asarray(model.predict_proba(table[judge])[:, 1], np.float64)

    return classify


def network(pixels: NDArray[np.float32], real: Bools, epochs: int) -> Classifier:
    """Return the classifier on pixels: four convolutions, mean, one output."""

    def classify(learn: NDArray[np.intp], judge: NDArray[np.intp]) -> Floats:
        torch.manual_seed(SEED)
        images = torch.from_numpy(pixels)[:, None]
        mean, deviation = images[learn].mean(), images[learn].std()
        images = (images - mean) / deviation
        truth = torch.from_numpy(real.astype(np.float32))
        model = _network()
        optimizer = torch.optim.Adam(model.parameters(), 2e-3)
        steps = epochs * -(-len(learn) // 32)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for _ in range(epochs):
            for rows in torch.from_numpy(learn)[torch.randperm(len(learn))].split(32):
                optimizer.zero_grad()
                logits = model(_turned(images[rows]))[:, 0]
                binary_cross_entropy_with_logits(logits, truth[rows]).backward()
                optimizer.step()
                schedule.step()
        model.eval()
        with torch.no_grad():
            logits = torch.cat([model(part)[:, 0] for part in images[judge].split(128)])
        return np.asarray(logits.sigmoid().numpy(), np.float64)

    return classify


def _network() -> nn.Module:
    layers: list[nn.Module] = []
    channels = 1
    for kernel, width in ((5, 16), (3, 32), (3, 48), (3, 64)):
        layers += [
            nn.Conv2d(channels, width, kernel, stride=2, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]
        channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1)]
    return nn.Sequential(*layers)


def _turned(images: Tensor) -> Tensor:
    """Return the batch mirrored at random: not turned, for the camera's own axes are a tell."""
    axes = [axis for axis in (2, 3) if torch.rand(()) < 0.5]
    return images.flip(axes)


def tell_apart(patches: Sequence[Patch], epochs: int, trees: int = 300) -> dict[str, Any]:
    """Return, by view, how well a forest and a network tell, and what the forest goes by.

    Args:
        patches: Of real and of drawn fields.
        epochs: Of the network; 0 leaves it out.
        trees: Of each forest.
    """
    units = [patch.unit for patch in patches]
    real = np.array([patch.real for patch in patches])
    folds = folds_of(patches)
    found: dict[str, Any] = {}
    for place, view in enumerate(VIEWS):
        table = pd.DataFrame([features(patch.views[place]) for patch in patches])
        importance = np.zeros(table.shape[1])
        scores = out_of_fold(folds, forest(table.to_numpy(float), real, trees, importance))
        of_view: dict[str, Any] = {
            "forest": auroc(units, real, scores),
            "forest, whole fields": of_fields(units, real, scores),
            "groups": {},
            "patterns": _by_pattern(patches, scores),
        }
        _say(f"{view}: forest", of_view["forest"])
        for group in dict.fromkeys(str(name).split(":")[0] for name in table):
            part = table.filter(regex=f"^{group}:").to_numpy(float)
            alone = auroc(units, real, out_of_fold(folds, forest(part, real, trees)))
            of_view["groups"][group] = alone
            _say(f"{view}: forest, {group} alone", alone)
        of_view["importance"] = _importance(table, importance, real)
        for row in of_view["importance"][:15]:
            print(
                f"    {row['name']:<40} {row['importance']:.3f}  drawn − real {row['shift']:+.2f}"
            )
        if epochs:
            started = time.perf_counter()
            pixels = np.stack([patch.views[place] for patch in patches])
            scores = out_of_fold(folds, network(pixels, real, epochs))
            of_view["network"] = auroc(units, real, scores)
            of_view["network, whole fields"] = of_fields(units, real, scores)
            _say(f"{view}: network ({time.perf_counter() - started:.0f} s)", of_view["network"])
        found[view] = of_view
    return found


def _importance(table: pd.DataFrame, importance: Floats, real: Bools) -> list[dict[str, Any]]:
    """Return the numbers by importance, with the shift of drawn ones in real deviations."""
    ours = table[real]
    shift = (table[~real].mean() - ours.mean()) / ours.std().clip(lower=1e-6)
    order = np.argsort(-importance)
    return [
        {
            "name": table.columns[place],
            "importance": float(importance[place]),
            "shift": float(shift.iloc[place]),
        }
        for place in order
    ]


def _by_pattern(patches: Sequence[Patch], scores: Floats) -> dict[str, dict[str, float]]:
    found = {}
    for pattern in sorted({patch.pattern for patch in patches}):
        rows = [place for place, patch in enumerate(patches) if patch.pattern == pattern]
        units = [patches[row].unit for row in rows]
        real = np.array([patches[row].real for row in rows])
        found[pattern] = auroc(units, real, scores[rows])
        _say(f"    {pattern}", found[pattern])
    return found


def _say(what: str, value: dict[str, float]) -> None:
    print(
        f"{what}: AUROC {value['auroc']:.3f} ({value['low']:.3f} to {value['high']:.3f})",
        flush=True,
    )


def main() -> None:
    """Tell apart and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2")
    parser.add_argument("--seed", type=int, default=SEED, help="of the drawn fields")
    parser.add_argument("--side", type=int, default=96, help="of a patch, in reduced pixels")
    parser.add_argument("--reduced", type=int, default=2, help="pixels of a field to one of these")
    parser.add_argument("--epochs", type=int, default=12, help="of the network; 0 leaves it out")
    given = parser.parse_args()

    cohort = mivia_cohort(given.data, given.work)
    labels = [(r.field, str(r.pattern), str(r.intensity)) for r in cohort.fields]
    patches = [
        patch
        for real, shown in (
            *((True, each) for each in real_fields(cohort)),
            *((False, each) for each in drawn_fields(labels, given.seed)),
        )
        for patch in patches_of(shown, given.side, given.reduced, real=real)
    ]
    print(f"{len(patches)} patches, half of them real; 0.5 is best, 1 worst")
    write_json(
        given.out / "synthetic-classifier.json",
        {
            **environment(
                seed=given.seed, side=given.side, reduced=given.reduced, epochs=given.epochs
            ),
            "meaning": "AUROC of telling real from drawn: lower is better, 0.5 is chance",
            "cohort": {"name": cohort.info.name, "fingerprint": cohort.info.fingerprint},
            "patches": len(patches),
            "fields": len({patch.unit for patch in patches}),
            "views": tell_apart(patches, given.epochs),
        },
    )


if __name__ == "__main__":
    main()
