"""A microscope with its camera: what decides how a specimen looks on an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from anascope.words import NUCLEUS_UM

# Checked where a microscope is read from a file.
_Positive = Annotated[float, Field(gt=0)]
_NotNegative = Annotated[float, Field(ge=0)]
_Count = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Microscope:
    """An objective, a lamp and a camera.

    Attributes:
        name: How it is asked for.
        magnification: Of the objective.
        numerical_aperture: Of the objective.
        immersion_index: Refractive index between specimen and objective; 1 is air.
        wavelength_nm: Of the light that is seen. FITC shines at 519 nm; its filters pass about
            500 to 550 nm.
        camera_pixel_um: Side of a pixel of the sensor.
        shape: Height and width of a field in pixels.
        bits: 8 or 16.
        border_level: Grey levels above the background of a serum whose fluorescence stands on the
            border between intermediate and positive.
        background: Grey levels where no cell is, from and to; log-uniform by specimen.
        electrons_per_level: Of an 8-bit level; sets the shot noise.
        read_noise: Standard deviation in 8-bit levels.
        noise_grain: Deviation, in pixels down and across, of the blur that a camera's own
            interpolation lays over the noise; 0 is none.
        gain_spread: Log-deviation of the gain, and so of the noise, from specimen to specimen.
        chroma_noise: Share of the noise's variance that four neighbouring columns have in common,
            as in the colour signal of 4:1:1 video cameras.
        video_lines: Lines of a video camera to a hundred of the image, which is interpolated from
            them; 0 where the sensor's own pixels are the image's.
        shading: Depth of uneven light, as a share of the brightness in the middle.
        glare: Share of the light that is scattered within ``glare_um`` of where it belongs.
        glare_um: Reach of the glare in micrometres, as a deviation.
        focus_um: Standard deviation of the distance of cells from the plane of focus.
        stuck_pixels: How many pixels of the sensor are always bright.
        nucleus_um: Diameter of a typical interphase nucleus as this laboratory's slides show it.
        elongation: Long over short axis of its nuclei, from and to; uniform by specimen.
        nuclei_per_mm2: Density of the cells, from and to; log-uniform by specimen.
        overlapping: Share of cells that may lie over another; the others keep apart from those that
            were there before them, but for long nuclei, which meet at their ends. Like I3A, 0.12
            gives fields in which 18% of the nuclei touch another, 0.5 those with 33%, 1 with 44%;
            in real fields of I3A Task 2 it is 31%. Like MIVIA, 0.12 gives 30%, as in MIVIA's own
            (31%; results/touching.json).
    """

    name: str
    magnification: _Positive
    numerical_aperture: _Positive
    immersion_index: _Positive = 1.0
    wavelength_nm: _Positive = 525.0
    camera_pixel_um: _Positive = 6.45
    shape: tuple[_Count, _Count] = (1040, 1388)
    bits: int = 8
    border_level: _Positive = 45.0
    background: tuple[_Positive, _Positive] = (8.0, 24.0)
    electrons_per_level: _Positive = 40.0
    read_noise: _NotNegative = 0.5
    noise_grain: tuple[_NotNegative, _NotNegative] = (0.0, 0.0)
    gain_spread: _NotNegative = 0.3
    chroma_noise: _NotNegative = 0.0
    video_lines: _NotNegative = 0.0
    shading: _NotNegative = 0.25
    glare: _NotNegative = 0.1
    glare_um: _Positive = 6.0
    focus_um: _NotNegative = 0.7
    stuck_pixels: Annotated[int, Field(ge=0)] = 0
    nucleus_um: _Positive = NUCLEUS_UM
    elongation: tuple[_Positive, _Positive] = (1.15, 1.45)
    nuclei_per_mm2: tuple[_Positive, _Positive] = (1200.0, 3600.0)
    overlapping: _Share = 0.12

    @property
    def pixel_size_um(self) -> float:
        """Side of a pixel on the specimen, in micrometres."""
        return self.camera_pixel_um / self.magnification
