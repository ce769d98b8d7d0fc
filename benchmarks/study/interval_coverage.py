"""How often intervals over patients hold the truth, by method, measure and number of patients.

Draws patients from populations whose measure is known, makes the 95% interval of each sample by
every method, and counts. One process, about seven minutes. Writes results/interval-coverage.json.
The row ``anascope`` calls the package; the others are the candidates that it was chosen from.
All candidates but plain percentiles get the package's rule where all patients say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from anascope.files import write_json
from anascope.metrics import Jackknife, Value
from benchmarks.arguments import benchmark_arguments
from benchmarks.environment import environment

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]
Generator = np.random.Generator
Drawn = tuple[list[Floats], Value, float]
"""Sums of one or two trainings, ``(trials, patients, m)`` each; their measure; the truth."""
Population = Callable[[Generator, int, int], Drawn]

SEED = 12357
PATIENTS = (8, 14, 23, 28, 84, 252)
RESAMPLES = 1000
ROWS = 15
_STEPS = 24  # of a score
_TAIL = 0.025
_CELLS = 20_000_000  # numbers held at once


def ratio(sums: Floats) -> Floats:
    """Return the first sum over the second."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def area(sums: Floats) -> Floats:
    """Return the area under the ROC curve from counts by side and score."""
    counts = sums.reshape(*sums.shape[:-1], 2, -1)
    below, above = counts[..., 0, :], counts[..., 1, :]
    lower = np.cumsum(below, axis=-1) - below / 2
    pairs = below.sum(axis=-1) * above.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((above * lower).sum(axis=-1) / pairs)


def _of(values: Floats, weight: float = 1.0) -> Floats:
    return np.stack([values, np.full_like(values, weight)], axis=-1)


def share(p: float, rows: int = 1, alike: float = 0.0) -> Population:
    """Return patients with ``rows`` answers each; ``alike`` is their intraclass correlation."""

    def draw(rng: Generator, trials: int, patients: int) -> Drawn:
        size = (trials, patients)
        own = rng.beta(p * (1 / alike - 1), (1 - p) * (1 / alike - 1), size) if alike else p
        return [_of(rng.binomial(rows, own, size).astype(float), rows)], ratio, p

    return draw


def dice(a: float, b: float) -> Population:
    """Return patients whose Dice is of a beta distribution."""

    def draw(rng: Generator, trials: int, patients: int) -> Drawn:
        return [_of(rng.beta(a, b, (trials, patients)))], ratio, a / (a + b)

    return draw


def pooled_dice(rng: Generator, trials: int, patients: int) -> Drawn:
    """Return sums of overlap and size: patients with more cells have a better Dice."""
    large = rng.random((trials, patients)) < 0.5
    size = np.where(large, 3.0, 1.0) * rng.gamma(6, 1 / 6, (trials, patients))
    overlap = np.where(large, rng.beta(18, 2, size.shape), rng.beta(8, 2, size.shape))
    return [np.stack([overlap * size, size], axis=-1)], ratio, (3 * 0.9 + 0.8) / 4


def roc(rows: int = 1, alike: float = 0.0, trainings: int = 1) -> Population:
    """Return scores of patients above and below a level, 1.5 deviations apart, by side."""
    edges = np.linspace(-2.5, 4.0, _STEPS - 1)
    low, high = (np.diff([0, *norm.cdf(edges - shift), 1]) for shift in (0, 1.5))
    truth = float((high * (np.cumsum(low) - low / 2)).sum()) if trainings == 1 else 0.0

    def draw(rng: Generator, trials: int, patients: int) -> Drawn:
        above = rng.random((trials, patients)) < 0.5
        own = rng.normal(size=(trials, patients, 1))
        index = np.indices((trials, patients))
        drawn = []
        for _ in range(trainings):
            noise = rng.normal(size=(trials, patients, rows))
            scores = 1.5 * above[..., None] + alike**0.5 * own + (1 - alike) ** 0.5 * noise
            counts = np.zeros((trials, patients, 2, _STEPS))
            for row in np.moveaxis(np.digitize(scores, edges), -1, 0):
                np.add.at(counts, (*index, above.astype(int), row), 1.0)
            drawn.append(counts.reshape(trials, patients, -1))
        return drawn, area, truth

    return draw


def shares(p: float, q: float, rows: int = 1, own: float = 0.0) -> Population:
    """Return two trainings that find the same patients hard (0.5), and some by themselves."""

    def draw(rng: Generator, trials: int, patients: int) -> Drawn:
        hard = rng.normal(size=(trials, patients, 1))
        drawn = []
        for mean in (p, q):
            alone = rng.normal(size=hard.shape)
            noise = rng.normal(size=(trials, patients, rows))
            latent = 0.5**0.5 * hard + own**0.5 * alone + (0.5 - own) ** 0.5 * noise
            drawn.append(_of((latent < norm.ppf(mean)).sum(axis=-1).astype(float), rows))
        return drawn, ratio, p - q

    return draw


def dices(rng: Generator, trials: int, patients: int) -> Drawn:
    """Return two trainings' Dice, skewed and correlated 0.6 on the logit scale."""
    hard = rng.normal(size=(trials, patients))
    logits = (
        2.2 + 0.8 * (0.6**0.5 * hard + 0.4**0.5 * rng.normal(size=hard.shape)) for _ in range(2)
    )
    return [_of(1 / (1 + np.exp(-each))) for each in logits], ratio, 0.0


POPULATIONS: dict[str, Population] = {
    **{f"share {p}": share(p) for p in (0.5, 0.85, 0.97)},
    **{f"share {p}, {ROWS} rows a patient": share(p, ROWS, 0.1) for p in (0.5, 0.85, 0.97)},
    "share 0.97, 15 rows, very alike": share(0.97, ROWS, 0.3),
    "Dice, mean 0.90, beta(9, 1)": dice(9, 1),
    "Dice, mean 0.91, beta(30, 3)": dice(30, 3),
    "Dice of summed pixels": pooled_dice,
    "AUROC 0.86": roc(),
    "AUROC 0.86, 10 rows a patient": roc(10, 0.25),
    "shares 0.5 less 0.5": shares(0.5, 0.5),
    "shares 0.85 less 0.75": shares(0.85, 0.75),
    "shares 0.97 less 0.97": shares(0.97, 0.97),
    "shares 0.85 less 0.75, 15 rows": shares(0.85, 0.75, ROWS, 0.1),
    "shares 0.97 less 0.97, 15 rows": shares(0.97, 0.97, ROWS, 0.1),
    "shares 0.97 less 0.85, 15 rows": shares(0.97, 0.85, ROWS, 0.1),
    "Dice less Dice": dices,
    "AUROC less AUROC": roc(1, 0.6, 2),
}


class Samples:
    """The measure of all trials: of all patients, without each, and resampled."""

    def __init__(self, sums: list[Floats], value: Value, counts: Floats) -> None:
        self.lowest = -1.0 if len(sums) == 2 else 0.0
        self.patients = sums[0].shape[1]
        self.jackknives = [
            self._jackknife([each[i] for each in sums], value) for i in range(len(sums[0]))
        ]
        kept = np.array([not np.isnan(one.without).any() for one in self.jackknives])
        self.jackknives = [one for one, keep in zip(self.jackknives, kept, strict=True) if keep]
        self.estimate = np.array([one.estimate for one in self.jackknives])
        self.without = np.stack([one.without for one in self.jackknives])
        resampled = [_resampled(each[kept], value, counts) for each in sums]
        self.resampled = np.sort(
            resampled[0] - resampled[1] if len(sums) == 2 else resampled[0], axis=1
        )
        self.undefined = 1 - float(kept.mean())

    @staticmethod
    def _jackknife(sums: list[Floats], value: Value) -> Jackknife:
        measured = [Jackknife.of(each, value) for each in sums]
        return measured[0] - measured[1] if len(measured) == 2 else measured[0]

    def methods(self) -> Iterator[tuple[str, Floats, Floats]]:
        """Give lower and upper ends by method."""
        found = [one.interval(self.lowest) for one in self.jackknives]
        ours = np.array([(one.low, one.high) for one in found]).T
        yield "anascope", ours[0], ours[1]
        n, span = self.patients, 1 - self.lowest
        apart = self.without.mean(axis=1, keepdims=True) - self.without
        squares = (apart**2).sum(axis=1)
        same = np.abs(apart).max(axis=1) < 1e-12
        error = np.sqrt((n - 1) / n * squares)
        z, student = norm.ppf(_TAIL), t.ppf(_TAIL, n - 1)
        wide = student * np.sqrt(n / (n - 1))
        yield "percentile", *self._between(norm.cdf(z), norm.cdf(-z))
        at = np.clip((self.estimate - self.lowest) / span, 1e-9, 1 - 1e-9)
        logit, spread = np.log(at / (1 - at)), error / span / (at * (1 - at))
        low, high = self._between(norm.cdf(z), norm.cdf(-z))
        candidates: dict[str, Ends] = {
            "basic": (2 * self.estimate - high, 2 * self.estimate - low),
            "BCa": self._bca(z, apart, squares),
            "expanded percentile": self._between(norm.cdf(wide), norm.cdf(-wide)),
            "expanded BCa": self._bca(wide, apart, squares),
            "jackknife t": (self.estimate + student * error, self.estimate - student * error),
            "jackknife t of the logit": (
                self.lowest + span / (1 + np.exp(-logit - student * spread)),
                self.lowest + span / (1 + np.exp(-logit + student * spread)),
            ),
        }
        for name, (lower, upper) in candidates.items():
            yield name, np.where(same, ours[0], lower), np.where(same, ours[1], upper)

    def _bca(self, z: float, apart: Floats, squares: Floats) -> Ends:
        known = (~np.isnan(self.resampled)).sum(axis=1)
        estimate = self.estimate[:, np.newaxis]
        below = (self.resampled < estimate).sum(axis=1)
        ties = (self.resampled == estimate).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            bias = norm.ppf((below + ties / 2) / known)
            skew = np.where(squares > 0, (apart**3).sum(axis=1) / (6 * squares**1.5), 0.0)
            ends = [
                np.nan_to_num(norm.cdf(bias + (bias + q) / (1 - skew * (bias + q))), nan=0.5)
                for q in (z, -z)
            ]
        return self._between(*ends)

    def _between(self, low: float | Floats, high: float | Floats) -> Ends:
        last = (~np.isnan(self.resampled)).sum(axis=1) - 1
        rows = np.arange(len(last))
        ends = []
        for share_below in (low, high):
            at = share_below * last
            floor, above = np.floor(at).astype(int), np.ceil(at).astype(int)
            left, right = self.resampled[rows, floor], self.resampled[rows, above]
            ends.append(left + (right - left) * (at - floor))
        return ends[0], ends[1]


def _resampled(sums: Floats, value: Value, counts: Floats) -> Floats:
    step = max(1, _CELLS // (len(counts) * sums.shape[2]))
    return np.concatenate(
        [value(np.matmul(counts, sums[at : at + step])) for at in range(0, len(sums), step)]
    )


def _counts(patients: int) -> Floats:
    rng = np.random.default_rng(SEED)
    return rng.multinomial(patients, np.full(patients, 1 / patients), RESAMPLES).astype(float)


def covered(population: Population, patients: int, trials: int) -> dict[str, object]:
    """Return coverage and median width by method of samples of so many patients."""
    sums, value, truth = population(np.random.default_rng(SEED + patients), trials, patients)
    samples = Samples(sums, value, _counts(patients))
    slack = 1e-9  # truths such as 0.85 - 0.75 are rounded
    return {
        "not_stated": samples.undefined,
        "methods": {
            name: {
                "coverage": float(np.mean((low <= truth + slack) & (high >= truth - slack))),
                "median_width": float(np.median(high - low)),
            }
            for name, low, high in samples.methods()
        },
    }


def main() -> None:
    """Draw, count and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--trials", type=int, default=2000, help="samples of each kind")
    given = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    for name, population in POPULATIONS.items():
        found[name] = {}
        for patients in PATIENTS:
            found[name][str(patients)] = covered(population, patients, given.trials)
        print(name, flush=True)
    write_json(
        given.out / "interval-coverage.json",
        {
            **environment(trials=given.trials, resamples=RESAMPLES, seed=SEED),
            "meaning": "share of 95% intervals that hold the truth, and their median width",
            "populations": found,
        },
    )


if __name__ == "__main__":
    main()
