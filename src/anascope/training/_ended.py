"""Whether a training has ended, by what its run folder holds."""

from __future__ import annotations

from anascope.training._history import read_history
from anascope.training._run import Run


def has_ended(run: Run) -> bool:
    """Tell whether a run is trained to its last epoch, with all that is written then.

    The last row of the history is written when everything else is there.

    Raises:
        InputError: if the history is damaged.
    """
    if not (run.history.exists() and run.model.is_dir()):
        return False
    return len(read_history(run.history)) == run.preset.training.epochs
