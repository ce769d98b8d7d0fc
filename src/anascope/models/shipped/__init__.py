"""The models that are part of the package, and how one is named."""

from __future__ import annotations

from pathlib import Path

from anascope.errors import InputError, did_you_mean
from anascope.models._card import CARD

SMALL = "s"
"""The one that reads if none is named."""
_FOLDER = Path(__file__).parent


def shipped_models() -> dict[str, Path]:
    """Return the folders of the models that are part of the package, by name."""
    return {card.parent.name: card.parent for card in sorted(_FOLDER.glob(f"*/{CARD}"))}


def model_folder(model: str | Path | None = None) -> Path:
    """Return the folder of a model.

    Args:
        model: Its folder, or, as text, the name of one that is part of the package; the small one
            of these if None. For a folder with such a name, give more of its path (``./s``).

    Raises:
        InputError: if there is no such folder.
    """
    shipped = shipped_models()
    name = SMALL if model is None else model
    if isinstance(name, str) and name in shipped:
        return shipped[name]
    if model is None:
        raise InputError("model", "none in this copy of anascope", "the folder of one")
    folder = Path(model)
    if not folder.is_dir():
        expected = f"a folder or {did_you_mean(str(model), shipped)}"
        raise InputError(folder, "no such folder", expected)
    return folder
