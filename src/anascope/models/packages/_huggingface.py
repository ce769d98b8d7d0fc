"""A repository for a model hub: the model as it is, with a model card for people."""

from __future__ import annotations

from pathlib import Path

import yaml

from anascope.files import new_folder, write_text
from anascope.models._card import CARD, ONNX, WEIGHTS, ModelCard, read_card
from anascope.models._vouched import read_vouched
from anascope.models.packages._page import model_page, title_of

_MOST_BYTES = 5_000_000_000  # a thousand million parameters, and a header

_HOW_TO_USE = """\
Read images with the folder of this file:

```sh
pip install anascope
anascope read images/ --model FOLDER --out reading
```

The weights are in `weights.safetensors`, and `card.json` states how they are to be read: loading
them runs no code. `network.onnx`, if it is there, is the same network for ONNX Runtime.
"""


def huggingface_card(card: ModelCard) -> str:
    """Return a model card as the Hugging Face hub shows it: YAML, and then Markdown.

    Args:
        card: The card of the model.
    """
    metadata = {
        "library_name": "anascope",
        "pipeline_tag": "image-segmentation",
        # Of the images that it learned from; hubs have no name for "research use only".
        "license": "other",
        "license_name": "see-use",
        "tags": ["hep-2", "ana", "immunofluorescence", "microscopy", "multi-task"],
        "model_name": title_of(card),
    }
    head = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n{model_page(card, _HOW_TO_USE)}"


def export_huggingface(folder: str | Path, out: str | Path) -> Path:
    """Write a model and a card for people into a new folder, ready to be a repository of a hub.

    The folder is also a model folder: :func:`anascope.models.load_model` reads it.

    Args:
        folder: The model's.
        out: The folder to write, whole or not at all; it must not be there yet.

    Returns:
        ``out``.

    Raises:
        InputError: if ``folder`` holds no model, one of its files is not the one that its card was
            written for, or ``out`` is there already.
    """
    folder, out = Path(folder), Path(out)
    card = read_card(folder)
    names = [name for name in (WEIGHTS, ONNX) if name == WEIGHTS or name in card.files]
    contents = {name: read_vouched(folder, card, name, most=_MOST_BYTES) for name in names}
    with new_folder(out) as made:
        for name, content in contents.items():
            (made / name).write_bytes(content)
        (made / CARD).write_bytes((folder / CARD).read_bytes())
        write_text(made / "README.md", huggingface_card(card))
    return out
