"""Trained models: a network with everything that is needed to use and to judge it.

A model is a folder of two files: ``weights.safetensors`` and ``card.json``. Loading one never
runs code from the files.
"""

from anascope.cards import ModelCard
from anascope.models._model import WEIGHTS, Model, build_network, load_model, save_model

__all__ = ["WEIGHTS", "Model", "ModelCard", "build_network", "load_model", "save_model"]
