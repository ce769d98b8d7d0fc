"""A range of few small microscopes, as a laboratory's file describes it."""

from __future__ import annotations

from typing import Any

FEW: dict[str, Any] = {
    "name": "few",
    "pixel_size_um": {"between": [0.3, 0.4]},
    "camera_pixel_um": [3, 8],
    "objectives": [{"magnification": 20, "numerical_aperture": 0.5}],
    "field_um": {"between": [20, 30]},
    "field_pixels": [16, 60],
}
