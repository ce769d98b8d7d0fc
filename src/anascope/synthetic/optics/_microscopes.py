"""Microscopes with their cameras: what decides how a specimen looks on an image."""

from __future__ import annotations

from dataclasses import dataclass

from anascope.errors import InputError, did_you_mean


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
    """

    name: str
    magnification: float
    numerical_aperture: float
    immersion_index: float = 1.0
    wavelength_nm: float = 525.0
    camera_pixel_um: float = 6.45
    shape: tuple[int, int] = (1040, 1388)
    bits: int = 8
    border_level: float = 45.0
    background: tuple[float, float] = (8.0, 24.0)
    electrons_per_level: float = 40.0
    read_noise: float = 0.5
    noise_grain: tuple[float, float] = (0.0, 0.0)
    gain_spread: float = 0.3
    chroma_noise: float = 0.0
    video_lines: float = 0.0
    shading: float = 0.25
    glare: float = 0.1
    glare_um: float = 6.0
    focus_um: float = 0.7
    stuck_pixels: int = 0
    nucleus_um: float = 13.0
    elongation: tuple[float, float] = (1.15, 1.45)
    nuclei_per_mm2: tuple[float, float] = (1200.0, 3600.0)

    @property
    def pixel_size_um(self) -> float:
        """Side of a pixel on the specimen, in micrometres."""
        return self.camera_pixel_um / self.magnification


I3A = Microscope(
    name="i3a",
    magnification=20,
    numerical_aperture=0.8,
    nucleus_um=15.8,
    elongation=(1.08, 1.32),
    shape=(1040, 1388),
    border_level=25.0,
    background=(12.0, 24.0),
    electrons_per_level=42.0,
    read_noise=0.05,
    noise_grain=(0.27, 0.24),
    gain_spread=0.15,
    shading=0.15,
    glare=0.1,
    focus_um=0.6,
    nuclei_per_mm2=(500.0, 1400.0),
)
"""The microscope of the I3A sets.

A 20×/0.8 objective and a monochrome camera of 1388×1040 pixels of 6.45 µm (Hobson et al.,
Artificial Intelligence in Medicine 65:239, 2015). Levels, noise and sizes are fitted to the cells
of Task 1 by ``benchmarks/data/fit.py``.
"""

MIVIA = Microscope(
    name="mivia",
    magnification=40,
    numerical_aperture=0.75,
    nucleus_um=12.7,
    elongation=(1.18, 1.48),
    shape=(1038, 1388),
    border_level=48.0,
    background=(7.0, 28.0),
    electrons_per_level=6.0,
    read_noise=0.1,
    noise_grain=(0.0, 0.69),
    gain_spread=0.6,
    chroma_noise=0.3,
    video_lines=55.5,
    shading=0.3,
    glare=0.08,
    focus_um=0.6,
    stuck_pixels=25,
    nuclei_per_mm2=(1250.0, 2700.0),
)
"""The microscope of the MIVIA set.

40-fold magnification, a mercury lamp and a camera whose pixels measure 6.45 µm (Foggia et al.,
IEEE Transactions on Medical Imaging 32:1878, 2013). The aperture is not published; 0.75 is usual
for a dry 40× objective. Down the image the noise ends at 0.28 cycles a pixel, as if the 576 lines
of a video camera had been stretched, and across it goes in fours. Levels, noise and sizes are
fitted to the 28 fields by ``benchmarks/data/fit.py``.
"""

MICROSCOPES = {microscope.name: microscope for microscope in (I3A, MIVIA)}
"""By name."""


def microscope_named(name: str) -> Microscope:
    """Return a published microscope.

    Raises:
        InputError: if there is none of that name.
    """
    if name not in MICROSCOPES:
        raise InputError("microscope", f"'{name}'", did_you_mean(name, list(MICROSCOPES)))
    return MICROSCOPES[name]
