"""Fit what estimates the pixel size of a field that nobody says.

    python -m benchmarks.data.nucleus_scale DATA --work WORK --install

Draws fields of every stain through microscopes of many sorts, takes the real fields of MIVIA and
I3A beside them, resamples and cuts all of them at random (``benchmarks/data/scale_fields.py``),
measures their scale profiles (:mod:`anascope.reading.scale`), and fits small networks to them: one
set on everything, and one without each real laboratory, which ``benchmarks/accuracy/scale.py``
tests on that laboratory. Profiles and networks are kept in WORK; ``--install`` puts those fitted
on everything, with their card, where the package has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from anascope.files import sha256_of, write_json
from anascope.reading.scale import (
    FIRST,
    NARROWEST,
    STEPS,
    WIDEST,
    NucleusNetworks,
    scale_profile,
    windows_of,
)
from anascope.words import NUCLEUS_UM
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.data.scale_fields import (
    ScaledField,
    drawn_fields,
    i3a_fields,
    mivia_fields,
    some_scale,
)
from benchmarks.environment import environment

PACKAGE = RESULTS.parent / "src" / "anascope" / "reading" / "scale"
SETS = {"all": (), "without-mivia": ("mivia",), "without-i3a": ("i3a",)}
"""Networks, and what each is not fitted on."""
NETWORKS, HIDDEN, EPOCHS, BATCH = 2, 32, 20, 128
_DRAWN = 138  # fields, 6 of each stain

Profiles = tuple[NDArray[np.float32], NDArray[np.float32]]


def profiles_of(fields: Iterator[ScaledField], each: int, seed: int) -> Profiles:
    """Return profiles of parts of fields at random scales, and what is to be learned of each.

    That is the logarithm (base 2) of the diameter, in pixels of the shrunken field, that a nucleus
    of 13 µm has.
    """
    profiles, wanted = [], []
    for number, field in enumerate(fields):
        rng = np.random.default_rng([seed, number])
        for _ in range(each):
            scaled = some_scale(rng, field)
            profile, shrunk = scale_profile(scaled.pixels)
            profiles.append(profile)
            wanted.append(np.log2(NUCLEUS_UM / scaled.pixel_size_um / shrunk))
    return np.array(profiles), np.array(wanted, np.float32)


def kept_profiles(data: Path, work: Path, name: str, seed: int) -> Profiles:
    """Return the profiles of a source, made now if WORK has none."""
    path = work / f"profiles-{name}.npz"
    if not path.exists():
        if name == "drawn":
            found = profiles_of(drawn_fields(seed, _DRAWN), 10, seed)
        elif name == "mivia":
            found = profiles_of(mivia_fields(data, work), 30, seed)
        else:
            found = profiles_of(i3a_fields(data), 16, seed)
        np.savez(path, profiles=found[0], wanted=found[1])
    with np.load(path, allow_pickle=False) as stored:
        return stored["profiles"], stored["wanted"]


class Fitted(nn.Module):
    """One network while it is fitted; the package runs it with NumPy."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(inputs, HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, 3)]
        )

    def forward(self, windows: Tensor, wanted: Tensor) -> Tensor:
        """Return for each field the negative logarithm of the likelihood of what is wanted."""
        first, second, last = self.layers
        said = nn.functional.dropout(torch.relu(first(windows)), 0.1, self.training)
        said = last(torch.relu(second(said)))
        own = FIRST + torch.arange(STEPS) / 2
        places = own + WIDEST * torch.tanh(said[..., 1])
        widths = NARROWEST + nn.functional.softplus(said[..., 2] - 2)
        apart = (wanted[:, None] - places) / widths
        likely = torch.log_softmax(said[..., 0], 1) - torch.log(widths)
        return -torch.logsumexp(likely - torch.sqrt(1 + apart**2), 1)


def fit(profiles: NDArray[np.float32], wanted: NDArray[np.float32], seed: int) -> NucleusNetworks:
    """Fit networks to profiles, each from a start of its own."""
    measured = profiles[profiles[..., -1] > 0]
    mean, spread = measured.mean(axis=0), measured.std(axis=0) + np.float32(1e-3)
    windows, truth = torch.tensor(windows_of(profiles, mean, spread)), torch.tensor(wanted)
    networks = []
    for number in range(NETWORKS):
        torch.manual_seed(seed + number)
        network = Fitted(windows.shape[2])
        optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, 4e-3, total_steps=EPOCHS * -(-len(windows) // BATCH)
        )
        for _ in range(EPOCHS):
            for batch in torch.randperm(len(windows)).split(BATCH):
                noisy = windows[batch] + 0.05 * torch.randn_like(windows[batch])
                optimizer.zero_grad()
                network(noisy, truth[batch]).mean().backward()
                optimizer.step()
                schedule.step()
        networks.append(network)
    layers = range(len(networks[0].layers))
    return NucleusNetworks(
        mean,
        spread,
        tuple(_stacked(networks, layer, "weight") for layer in layers),
        tuple(_stacked(networks, layer, "bias") for layer in layers),
    )


def _stacked(networks: list[Fitted], layer: int, name: str) -> NDArray[np.float32]:
    arrays = [getattr(network.layers[layer], name).detach().numpy() for network in networks]
    # PyTorch's weights are (outputs, inputs).
    return np.stack([array.T for array in arrays]).astype(np.float32)


def errors(networks: NucleusNetworks, profiles: Profiles) -> dict[str, float]:
    """Return how far off networks are: relative errors of the pixel size."""
    said = np.array([networks.diameter(profile) for profile in profiles[0]])
    off = np.abs(np.exp2(profiles[1] - said[:, 0]) - 1)
    return {"median": float(np.median(off)), "within_30_percent": float((off < 0.3).mean())}


def main() -> None:
    """Measure profiles, fit, and write."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--install", action="store_true", help="put the networks where they ship")
    parser.add_argument("--seed", type=int, default=11, help="of what is drawn, cut and fitted")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    sources = {
        name: kept_profiles(given.data, given.work, name, given.seed)
        for name in ("i3a", "mivia", "drawn")
    }
    tested: dict[str, Any] = {}
    for name, without in SETS.items():
        learned = [profiles for source, profiles in sources.items() if source not in without]
        profiles, wanted = (np.concatenate(parts) for parts in zip(*learned, strict=True))
        networks = fit(profiles, wanted, given.seed)
        path = given.work / f"{name}.npz"
        networks.save(path)
        tested |= {source: errors(networks, sources[source]) for source in without}
        print(name, {source: errors(networks, each) for source, each in sources.items()})
    if given.install:
        content = (given.work / "all.npz").read_bytes()
        (PACKAGE / "nucleus.npz").write_bytes(content)
        card = {
            **environment(seed=given.seed),
            "says": "diameter of a nucleus in pixels, from a field's scale profile",
            "fitted_on": {name: len(wanted) for name, (_, wanted) in sources.items()},
            "pixel_size": f"a nucleus of {NUCLEUS_UM:g} µm; laboratories differ by 15%",
            "tested_where_left_out": tested,
            "sha256": sha256_of(content),
            "licence": "MIVIA and I3A fields are for research use; so are these numbers.",
        }
        write_json(PACKAGE / "card.json", card)


if __name__ == "__main__":
    main()
