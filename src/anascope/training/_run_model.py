"""The model that a run leaves: the network of the epoch that was chosen, with its card."""

from __future__ import annotations

from torch import Tensor

from anascope.models import Learned, ModelCard, save_weights
from anascope.training._run import Run
from anascope.training._state_copy import State
from anascope.words import Vocabulary

BEST_WEIGHTS = "best_weights"
"""Where a state has the weights of its best epoch, if that is not its last one."""

_AVERAGED = "module."
"""How the names of averaged weights begin, which PyTorch keeps with the count of their updates."""


def weights_of(state: State) -> dict[str, Tensor]:
    """Return the weights, by name, that were validated last: averaged ones where there are such."""
    weights: dict[str, Tensor] = state["network"]
    if "average" not in state:
        return weights
    average = state["average"]
    return {name: average[_AVERAGED + name] for name in weights}


def write_run_model(run: Run, vocabulary: Vocabulary, learned: Learned, state: State) -> None:
    """Write the network of the best epoch so far, with a card that says what it is.

    Raises:
        WriteError: if it cannot be written.
    """
    epoch = state["best"]["epoch"]
    row = state["rows"][epoch - 1]
    card = ModelCard(
        preset=run.preset,
        patterns=vocabulary.patterns.classes,
        intensities=vocabulary.intensities.levels,
        learned=learned,
        data={
            "cohort": run.cohort_path.name,
            "fingerprint": run.cohort_fingerprint,
            "fold": run.fold.name,
            "trained_on": list(run.fold.train),
            "chosen_on": list(run.fold.validation),
        },
        metrics={key: value for key, value in row.items() if key.startswith("validation")}
        | {"epoch": epoch},
    )
    save_weights(run.model, state.get(BEST_WEIGHTS) or weights_of(state), card)
