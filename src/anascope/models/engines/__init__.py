"""What runs a trained network over a whole field: PyTorch, or ONNX Runtime without PyTorch.

An engine gives probabilities of the mask and logits; :mod:`anascope.decisions` turns them into
decisions.
"""

from anascope.models._card import ONNX
from anascope.models.engines._engine import Engine, FieldMaps, FieldOutput
from anascope.models.engines._open import open_engine
from anascope.models.engines._small_network import SmallNetwork
from anascope.models.engines._tiles import TILING, Stored, Tiling, read_field

__all__ = [
    "ONNX",
    "TILING",
    "Engine",
    "FieldMaps",
    "FieldOutput",
    "SmallNetwork",
    "Stored",
    "Tiling",
    "open_engine",
    "read_field",
]
