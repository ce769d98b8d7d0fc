"""What runs a trained network over a whole field: PyTorch, or ONNX Runtime without PyTorch.

An engine gives probabilities of the mask and logits; what they mean is decided by
:mod:`anascope.decisions`.
"""

from anascope.models._card import ONNX
from anascope.models.engines._engine import Engine, FieldOutput
from anascope.models.engines._open import open_engine

__all__ = ["ONNX", "Engine", "FieldOutput", "open_engine"]
