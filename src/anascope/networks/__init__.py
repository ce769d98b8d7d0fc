"""The joint network: one encoder, a decoder for the mask, a head for each other task.

The package also makes its input: patches of a field, and the views that are its channels. A trained
network with its card is a model: :mod:`anascope.models`.

>>> import torch
>>> from anascope.networks import JointUNet
>>> outputs = {"pattern": 6, "intensity": 1}
>>> network = JointUNet(encoder="residual", width=8, head="pooled", outputs=outputs)
>>> {task: tuple(logits.shape) for task, logits in network(torch.zeros(2, 3, 96, 96)).items()}
{'mask': (2, 1, 96, 96), 'pattern': (2, 6), 'intensity': (2, 1)}
"""

from anascope.networks._encoder import Encoder
from anascope.networks._encoders import ENCODERS
from anascope.networks._field_head import FieldAnswer, FieldHead
from anascope.networks._grid import PATCH_SIZE, PatchGrid
from anascope.networks._heads import HEADS, DenseHead, FlattenHead, Head
from anascope.networks._joint import JointUNet, Prediction, places_of
from anascope.networks._predict import predict
from anascope.networks._pretrained import load_imagenet_weights
from anascope.networks._reach import reach_of
from anascope.networks._stitch import cut, stitch
from anascope.networks._structure import MapSize, Operation, Outline, operations, outline
from anascope.networks._views import build_views
from anascope.networks._whole_field import WholeField

__all__ = [
    "ENCODERS",
    "HEADS",
    "PATCH_SIZE",
    "DenseHead",
    "Encoder",
    "FieldAnswer",
    "FieldHead",
    "FlattenHead",
    "Head",
    "JointUNet",
    "MapSize",
    "Operation",
    "Outline",
    "PatchGrid",
    "Prediction",
    "WholeField",
    "build_views",
    "cut",
    "load_imagenet_weights",
    "operations",
    "outline",
    "places_of",
    "predict",
    "reach_of",
    "stitch",
]
