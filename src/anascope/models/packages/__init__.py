"""Packages in which other software takes a model: bioimage.io, and a repository for a model hub.

Both are made from a model's folder, with the safetensors as the source: a package for bioimage.io
(:func:`export_bioimageio`) holds a network that needs nothing but a grey image, and a repository
(:func:`export_huggingface`) the model as it is with a model card for people. Nothing is uploaded.
"""

from anascope.models.packages._bioimageio import export_bioimageio
from anascope.models.packages._huggingface import export_huggingface, huggingface_card

__all__ = ["export_bioimageio", "export_huggingface", "huggingface_card"]
