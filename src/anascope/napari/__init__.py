"""A plugin for napari: see what anascope has read, and read the layer in view.

napari finds the plugin by its manifest, ``napari.yaml``, and calls :func:`get_reader` and
:func:`read_layer`. Nothing here imports napari, so that its layers can be made without a window.
"""

from anascope.napari._layers import LayerData, layers_of
from anascope.napari._reader import get_reader
from anascope.napari._widget import read_layer

__all__ = ["LayerData", "get_reader", "layers_of", "read_layer"]
