"""Files of a model that its card vouches for, whatever they hold."""

from __future__ import annotations

from pathlib import Path

from anascope.files import sha256_of
from anascope.models import read_card, write_card


def vouch(folder: Path, name: str, content: bytes) -> None:
    """Write a file of a model, and let its card vouch for it."""
    (folder / name).write_bytes(content)
    card = read_card(folder)
    files = card.files | {name: sha256_of(content)}
    write_card(folder, card.model_copy(update={"files": files}))
