"""A microscope with its camera: what decides how a specimen looks on an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from anascope.words import NUCLEUS_UM

# Checked where a microscope is read from a file.
_Positive = Annotated[float, Field(gt=0)]
_NotNegative = Annotated[float, Field(ge=0)]
_Count = Annotated[int, Field(ge=1)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Quality = Annotated[int, Field(ge=0, le=95)]

Colours = Literal["grey", "green", "green and red"]
"""What a program makes of the signal: equal channels, green alone as a colour table of a
monochrome camera gives it, or the green and some red of a colour camera."""

Counterstain = Literal["none", "evans blue", "propidium iodide", "dapi"]
"""What else a maker's kit stains the cells with."""


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
        bits: 8, 12 or 16.
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
        depth_um: Deviation of the blur of what lies over and under that plane in a cell in focus.
        stuck_pixels: How many pixels of the sensor are always bright.
        offset: Grey levels of 8 bits that the camera or its program adds to all pixels; negative
            where it takes the background away.
        gamma: Exponent of the grey levels, 1 is linear; under 1 lifts what is dim.
        jpeg_quality: As libjpeg counts it; 0 where files are not JPEG.
        jpeg_halves_colours: Whether JPEG keeps colours at half of the resolution (4:2:0).
        colours: How files show the signal. Only JPEG leaves something of it in the grey image.
        red: Red to green where both are seen.
        scale_bar: Whether a scale bar is burnt into the fields.
        label: Whether words and numbers are burnt into the fields.
        autofluorescence: Light of the cells themselves, as a share of ``border_level``.
        counterstain: What else the cells are stained with.
        counterstain_level: Grey levels of 8 bits that pass the green filter where the counterstain
            is brightest.
        nucleus_um: Diameter of a typical interphase nucleus as this laboratory's slides show it.
        elongation: Long over short axis of its nuclei, from and to; uniform by specimen.
        spread: Radius of a cell over that of its nucleus, from and to; uniform by specimen.
        mitotic: Share of cells in division, from and to; uniform by specimen.
        debris_per_mm2: Specks in a square millimetre, on average.
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
    depth_um: _NotNegative = 0.45
    stuck_pixels: Annotated[int, Field(ge=0)] = 0
    offset: float = 0.0
    gamma: _Positive = 1.0
    jpeg_quality: _Quality = 0
    jpeg_halves_colours: bool = False
    colours: Colours = "grey"
    red: _Share = 0.1
    scale_bar: bool = False
    label: bool = False
    autofluorescence: _NotNegative = 0.0
    counterstain: Counterstain = "none"
    counterstain_level: _NotNegative = 0.0
    nucleus_um: _Positive = NUCLEUS_UM
    elongation: tuple[_Positive, _Positive] = (1.15, 1.45)
    spread: tuple[_Positive, _Positive] = (1.5, 2.3)
    mitotic: tuple[_Share, _Share] = (0.01, 0.08)
    debris_per_mm2: _NotNegative = 90.0
    nuclei_per_mm2: tuple[_Positive, _Positive] = (1200.0, 3600.0)
    overlapping: _Share = 0.12

    @property
    def pixel_size_um(self) -> float:
        """Side of a pixel on the specimen, in micrometres."""
        return self.camera_pixel_um / self.magnification
