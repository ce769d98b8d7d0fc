"""The corpus of malformed inputs: what is built, and what ``anascope read`` must say of it."""

from __future__ import annotations

from tests.malformed.image_cases import IMAGES
from tests.malformed.model_cases import MODELS
from tests.malformed.path_cases import PATHS

CASES = [*IMAGES, *PATHS, *MODELS]
