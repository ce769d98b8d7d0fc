"""The corpus of malformed inputs: what is built, and what ``anascope read`` must say of it."""

from __future__ import annotations

from tests.robustness.image_cases import IMAGES
from tests.robustness.model_cases import MODELS
from tests.robustness.path_cases import PATHS

CASES = [*IMAGES, *PATHS, *MODELS]
