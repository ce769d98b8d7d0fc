"""Train what estimates the pixel size of a field that nobody says.

    python -m benchmarks.data.nucleus_scale DATA --work WORK --install

Draws fields of every stain through microscopes of many sorts, takes the real fields of MIVIA and
I3A beside them (``benchmarks/data/_scale_fields.py``), cuts crops of them at random scales, changes
them as other cameras and programs would (``benchmarks/data/_scale_crops.py``), and trains a small
network on them: one without each real laboratory, which ``benchmarks/accuracy/scale.py`` tests on
that laboratory, and one on everything, which goes on from the one that had no I3A. Networks are
kept in WORK, and one that is there is not trained again; ``--install`` puts the one that learned
from everything, with its card, where the package has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from anascope.files import replacing, sha256_of, write_json
from anascope.reading.scale import GRID, NETWORK, NUCLEUS_SEEN_UM
from benchmarks.arguments import RESULTS, benchmark_arguments
from benchmarks.data._scale_crops import Crops
from benchmarks.data._scale_fields import ScaledField, fields_of
from benchmarks.data._scale_network import RATE, NucleusNetwork, loss_of
from benchmarks.data._small_network import BATCH, export_small, train_small
from benchmarks.environment import environment

PACKAGE = RESULTS.parent / "src" / "anascope" / "reading" / "scale"
SETS = {"without-mivia": "mivia", "without-i3a": "i3a", "all": None}
"""Networks, and what each does not learn from."""
START = "without-i3a"
"""The network that the one on everything goes on from."""
GOES_ON = 0.35
"""How many of the steps of a training that takes."""
DRAWN = 276  # fields, 12 of each stain
_DRAWN_SHARE = 0.5  # of the crops


def trained(
    work: Path, name: str, fields: dict[str, list[ScaledField]], steps: int, seed: int
) -> None:
    """Train a network, and write it to WORK with the weights that another can start from."""
    used = {source: each for source, each in fields.items() if source != SETS[name]}
    real = (1 - _DRAWN_SHARE) / (len(used) - 1)
    shares = [_DRAWN_SHARE if source == "drawn" else real for source in used]
    torch.manual_seed(seed)
    network = NucleusNetwork()
    if SETS[name] is None:
        network.load_state_dict(torch.load(work / f"nucleus-{START}.pt", weights_only=True))
        steps, seed = round(GOES_ON * steps), seed + 1
    crops = Crops(list(used.values()), shares, seed)
    train_small(
        network,
        crops.batch,
        loss_of,
        steps=steps,
        rate=RATE,
        watch=lambda line: print(name, line, flush=True),
    )
    with replacing(work / f"nucleus-{name}.pt") as temporary:
        torch.save(network.state_dict(), temporary)
    example = torch.zeros(2, 1, 96, 96)
    export_small(network, example, work / f"nucleus-{name}.onnx", sizes=True)


def card(content: bytes, fields: dict[str, list[ScaledField]], given: Any) -> dict[str, Any]:
    """Return what is to be known of the network that ships."""
    return {
        **environment(seed=given.seed, steps=given.steps, batch=BATCH),
        "says": "diameter of nuclei in pixels of a tile: a probability for each of these octaves",
        "octaves": [float(place) for place in GRID],
        "learned_from_fields": {name: len(each) for name, each in fields.items()},
        "drawn_share_of_crops": _DRAWN_SHARE,
        "trained": f"{given.steps} steps {START}, then {round(GOES_ON * given.steps)} on all",
        "pixel_size": f"that of nuclei {NUCLEUS_SEEN_UM:g} µm wide",
        "tested": "results/scale.json: each laboratory by a network that did not learn from it",
        "sha256": sha256_of(content),
        "licence": "MIVIA and I3A fields are for research use; so are these numbers.",
    }


def main() -> None:
    """Train, and install."""
    parser = benchmark_arguments(__doc__, data="mivia-hep2 and i3a-task2-fields")
    parser.add_argument("--install", action="store_true", help="put the network where it ships")
    parser.add_argument("--seed", type=int, default=11, help="of what is drawn, cut and trained")
    parser.add_argument("--steps", type=int, default=800, help="of a training, of 64 crops each")
    parser.add_argument("--drawn", type=int, default=DRAWN, help="fields that are drawn")
    parser.add_argument("--only", choices=SETS, help="train this one alone")
    given = parser.parse_args()
    torch.set_num_threads(1)
    given.work.mkdir(parents=True, exist_ok=True)
    fields = {
        name: fields_of(name, given.data, given.work, (given.seed, given.drawn))
        for name in ("drawn", "mivia", "i3a")
    }
    for name in SETS:
        if given.only in (None, name) and not (given.work / f"nucleus-{name}.onnx").exists():
            trained(given.work, name, fields, given.steps, given.seed)
    if given.install:
        content = (given.work / "nucleus-all.onnx").read_bytes()
        (PACKAGE / NETWORK).write_bytes(content)
        write_json(PACKAGE / "card.json", card(content, fields, given))


if __name__ == "__main__":
    main()
