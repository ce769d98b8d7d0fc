"""Trained networks in the formats of other software."""

from anascope.export._onnx import export_onnx

__all__ = ["export_onnx"]
