"""Models that are not to be loaded."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

from tests.refusals import Refusal
from tests.robustness.case import Case

FOLDER = "a folder with card.json and weights"


def _models() -> list[Case]:
    """Return models that are not to be loaded, made from a good one in ``{folder}/model``."""

    def change(name: str, how: Callable[[bytes], bytes]) -> Callable[[Path], None]:
        def build(folder: Path) -> None:
            path = folder / "model" / name
            path.write_bytes(how(path.read_bytes()))

        return build

    def without(name: str) -> Callable[[Path], None]:
        return lambda folder: (folder / "model" / name).unlink()

    card, weights = "{folder}/model/card.json", "{folder}/model/weights.safetensors"
    pickled = pickle.dumps({"weight": [1.0, 2.0]})
    return [
        Case(
            "pickled weights",
            change("weights.safetensors", lambda _: pickled),
            Refusal(weights, "not safetensors (...)", "weights"),
            model=True,
        ),
        Case(
            "truncated weights",
            change("weights.safetensors", lambda old: old[: len(old) // 2]),
            Refusal(weights, "not safetensors (...)", "weights"),
            model=True,
        ),
        Case(
            "other weights",
            change("weights.safetensors", lambda old: old[:-4] + b"\0\0\0\1"),
            Refusal(weights, "weights that the card was not written for", "..."),
            model=True,
        ),
        Case(
            "no weights",
            without("weights.safetensors"),
            Refusal(weights, "cannot be read (No such file or directory)", "weights"),
            model=True,
        ),
        Case(
            "no card",
            without("card.json"),
            Refusal("{folder}/model", "not a model", FOLDER),
            model=True,
        ),
        Case(
            "a card with an unknown key",
            change("card.json", lambda old: old.replace(b"{", b'{"run": "rm -rf", ', 1)),
            Refusal(card, "unknown key 'run'", "one of format, version, preset, ..."),
            model=True,
        ),
        Case(
            "a card with a pattern that nobody knows",
            change("card.json", lambda old: old.replace(b'"nucleolar"', b'"nucleolor"', 1)),
            Refusal(
                f"{card}, patterns",
                "unknown pattern 'nucleolor'",
                "... (did you mean 'nucleolar'?)",
            ),
            model=True,
        ),
        Case(
            "a card with a level that nobody knows",
            change("card.json", lambda old: old.replace(b'"positive"', b'"bright"', 1)),
            Refusal(
                f"{card}, intensities",
                "found intermediate, bright",
                "at least two of negative, intermediate, positive, in this order",
            ),
            model=True,
        ),
        Case(
            "a truncated card",
            change("card.json", lambda old: old[: len(old) // 2]),
            Refusal(card, "not JSON (...)", "a JSON file"),
            model=True,
        ),
        Case(
            "a card of another kind",
            change("card.json", lambda _: b"[]"),
            Refusal(card, "[]", "an object"),
            model=True,
        ),
    ]


MODELS = _models()
