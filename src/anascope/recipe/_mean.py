"""The mean of the weights of networks that continued from one another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from anascope.errors import InputError
from anascope.files import new_folder
from anascope.models import (
    WEIGHTS,
    Model,
    load_model,
    read_card,
    save_model,
    without_field_head,
)

_KEY = "mean_of"


def mean_model(shares: Mapping[Path, float], out: Path) -> Path:
    """Return a folder with the network whose weights are the mean of those of others.

    What lies between trainings generalises better than where one of them ended (Izmailov et al.,
    "Averaging weights leads to wider optima and better generalization", 2018), and keeps what a
    network knew before it continued on other images (Wortsman et al., "Robust fine-tuning of
    zero-shot models", 2022). The averages of batch normalisation are taken likewise.

    Args:
        shares: Folders of models, the last of which gives the card, with their shares of the
            weights, in sum 1. Field heads do not count: they belong to one network.
        out: Where to write; kept if it is there.

    Raises:
        InputError: if two are of different networks, or ``out`` has another mean.
    """
    record = {read_card(folder).files[WEIGHTS]: share for folder, share in shares.items()}
    if out.exists():
        found = read_card(out).data.get(_KEY)
        if found != record:
            raise InputError(out, f"the mean of {found}", f"of {record}; take another work folder")
        return out
    models = [load_model(folder) for folder in shares]
    states = [without_field_head(model.network.state_dict()) for model in models]
    shapes = [{name: tensor.shape for name, tensor in state.items()} for state in states]
    for folder, shape in zip(shares, shapes, strict=True):
        if shape != shapes[0]:
            raise InputError(folder, "another network", f"one like {next(iter(shares))}")
    mean = {
        name: sum(
            (share * state[name] for share, state in zip(shares.values(), states, strict=True)),
            start=tensor.new_zeros(()),
        )
        if tensor.is_floating_point()
        else tensor
        for name, tensor in states[-1].items()
    }
    last = models[-1]
    last.network.load_state_dict(mean, strict=False)
    card = last.card.model_copy(update={"data": {**last.card.data, _KEY: record}})
    out.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(out) as folder:
        save_model(folder, Model(last.network, card))
    return out
