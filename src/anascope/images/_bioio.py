"""Files of microscope makers, read by bioio where it is installed.

bioio and its readers of CZI, ND2 and LIF are not installed with anascope; who wants them asks for
``anascope[bioio]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from anascope.errors import InputError
from anascope.extras import needed, remedy
from anascope.images._channels import AskedChannel, Channel, channel_of
from anascope.images._full_scale import Stored
from anascope.images._grey import EXPECTED_VALUES, grey_from
from anascope.images._page import Page
from anascope.images._pixel_size import pixel_size

MICROSCOPE_SUFFIXES = frozenset({".czi", ".nd2", ".lif"})

_OTHERWISE = "the field saved as TIFF"


def microscope_fields(path: Path, where: str, asked: AskedChannel | None) -> Iterator[Page]:
    """Yield the fields of a CZI, ND2 or LIF file.

    A field is one scene, time and depth; of several channels the one that is asked for, else the
    green one.

    Raises:
        InputError: if bioio is not installed, or cannot read the file.
    """
    name = path.suffix.lower().removeprefix(".").upper()
    article = "an" if name[:1] in "LN" else "a"  # as it is spoken
    bioio = needed(
        "bioio",
        where,
        found=f"{article} {name} file, and bioio is not installed",
        otherwise=_OTHERWISE,
    )
    try:
        image: Any = bioio.BioImage(path)
    except Exception as error:
        if type(error).__name__ != "UnsupportedFileFormatError":
            raise
        found = f"{article} {name} file that no installed reader of bioio takes"
        expected = f"a whole file, with {remedy('bioio')}, or {_OTHERWISE}"
        raise InputError(where, found, expected) from error
    planes = []
    for scene in image.scenes:
        image.set_scene(scene)
        dims = image.dims
        planes += [(scene, time, depth) for time in range(dims.T) for depth in range(dims.Z)]
    for number, (scene, time, depth) in enumerate(planes, start=1):
        image.set_scene(scene)
        channels = [Channel(str(name)) for name in image.channel_names]
        channel = channel_of(channels, asked, where)
        sizes = image.physical_pixel_sizes
        yield Page(
            partial(_signal, image, scene, {"T": time, "Z": depth, "C": channel}, where),
            pixel_size(sizes.X, sizes.Y, "µm"),
            channel,
            number,
            len(planes),
        )


def _signal(image: Any, scene: str, indices: dict[str, int], where: str) -> Stored:
    image.set_scene(scene)
    axes = "YXS" if "S" in image.dims.order else "YX"
    return Stored(grey_from(image.get_image_data(axes, **indices), where, EXPECTED_VALUES))
