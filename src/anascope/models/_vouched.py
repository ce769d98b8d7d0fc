"""The files of a model that its card vouches for."""

from __future__ import annotations

from pathlib import Path

from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.models._card import CARD, ModelCard
from anascope.regular_files import read_regular


def read_vouched(folder: Path, card: ModelCard, name: str, *, most: int) -> bytes:
    """Return a file of a model, which is the one that the card was written for.

    What is returned is what was hashed: between the check and the use nothing is read again.

    Args:
        folder: The model's.
        card: The one in it.
        name: Of the file.
        most: Its greatest size in bytes.

    Raises:
        InputError: if the card does not name the file, or it is missing, too large, or another.
    """
    path = folder / name
    if name not in card.files:
        found = f"a file that {CARD} does not name"
        raise InputError(path, found, f"one of {', '.join(card.files) or 'none'}")
    content = read_regular(path, str(path), f"the file that {CARD} names", most=most)
    hashed, named = sha256_of(content), card.files[name]
    if hashed != named:
        found = f"another file than {CARD} was written for (SHA-256 {hashed[:_SHOWN]}…)"
        raise InputError(path, found, f"SHA-256 {named[:_SHOWN]}…")
    return content


_SHOWN = 16  # digits of a hash in messages
