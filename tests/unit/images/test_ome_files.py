"""OME-TIFF of which several files hold one description: each gives the fields that lie in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from anascope.errors import InputError
from anascope.images import SignalImage, read_pages
from tests.robustness.files import GREY

PLANES = np.stack([np.roll(GREY, shift) for shift in range(6)])


def uuid_of(name: str) -> str:
    return f"urn:uuid:{name}"


def data(name: str, *, ifd: int = 0, text: bool = True, **first: int) -> str:
    """Return which plane lies on which page of a file, as Bio-Formats writes it."""
    where = "".join(f' First{axis}="{number}"' for axis, number in first.items())
    uuid = f'<UUID FileName="{name}">{uuid_of(name) if text else ""}</UUID>'
    return f'<TiffData IFD="{ifd}" PlaneCount="1"{where}>{uuid}</TiffData>'


def image(*blocks: str, c: int = 1, z: int = 1, t: int = 1, channels: str = "") -> str:
    sizes = f'SizeX="50" SizeY="40" SizeC="{c}" SizeZ="{z}" SizeT="{t}"'
    pixels = f'<Pixels DimensionOrder="XYCZT" Type="uint8" {sizes} PhysicalSizeX="0.3">'
    return f"<Image>{pixels}{channels}{''.join(blocks)}</Pixels></Image>"


def write(path: Path, pages: list[int], images: list[str], uuid: str | None) -> Path:
    attribute = "" if uuid is None else f' UUID="{uuid}"'
    xml = f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"{attribute}>'
    tifffile.imwrite(
        path,
        PLANES[pages],
        photometric="minisblack",
        description=f"{xml}{''.join(images)}</OME>",
        metadata=None,
    )
    return path


def planes_of(path: Path) -> list[int]:
    found = []
    for field in read_pages(path):
        if isinstance(field, InputError):
            raise field
        assert isinstance(field, SignalImage)
        assert field.pixel_size_um == pytest.approx(0.3)
        found.append(next(n for n, own in enumerate(PLANES) if np.array_equal(own, field.pixels)))
    return found


POSITIONS = ["p0.ome.tif", "p1.ome.tif", "p2.ome.tif"]


@pytest.mark.parametrize("with_uuid", [True, False])
@pytest.mark.parametrize("depths", [1, 2])
def test_each_file_yields_its_own_position(tmp_path: Path, with_uuid: bool, depths: int) -> None:
    images = [
        image(*(data(name, ifd=z, Z=z) for z in range(depths)), z=depths) for name in POSITIONS
    ]
    for number, name in enumerate(POSITIONS):
        pages = [number * depths + z for z in range(depths)]
        path = write(tmp_path / name, pages, images, uuid_of(name) if with_uuid else None)
        assert planes_of(path) == pages


def test_a_renamed_file_is_known_by_its_uuid(tmp_path: Path) -> None:
    images = [image(data(name)) for name in POSITIONS]
    path = write(tmp_path / "p1 (copy).tif", [1], images, uuid_of("p1.ome.tif"))
    assert planes_of(path) == [1]
    # A name that another file has does not make it that one.
    path = write(tmp_path / "p0.ome.tif", [1], images, uuid_of("p1.ome.tif"))
    assert planes_of(path) == [1]


def test_a_renamed_file_that_is_the_only_one_is_read(tmp_path: Path) -> None:
    images = [image(data("before.ome.tif", text=False))]
    assert planes_of(write(tmp_path / "after.tif", [4], images, None)) == [4]


def test_an_image_over_several_files_is_read_from_all_of_them(tmp_path: Path) -> None:
    """Depths 0 and 1 in one file, 2 in another."""
    blocks = [data("a.tif", Z=0), data("a.tif", ifd=1, Z=1), data("b.tif", Z=2)]
    images = [image(*blocks, z=3)]
    assert planes_of(write(tmp_path / "a.tif", [0, 1], images, uuid_of("a.tif"))) == [0, 1]
    assert planes_of(write(tmp_path / "b.tif", [2], images, uuid_of("b.tif"))) == [2]


def test_a_file_of_another_channel_says_so(tmp_path: Path) -> None:
    blocks = [data("dapi.tif", C=0), data("fitc.tif", C=1)]
    channels = '<Channel Name="DAPI"/><Channel Name="FITC"/>'
    images = [image(*blocks, c=2, channels=channels)]
    assert planes_of(write(tmp_path / "fitc.tif", [1], images, uuid_of("fitc.tif"))) == [1]
    path = write(tmp_path / "dapi.tif", [0], images, uuid_of("dapi.tif"))
    with pytest.raises(InputError, match=r"an image in several files \(dapi.tif, fitc.tif\)"):
        planes_of(path)


def test_a_file_that_no_plane_names_says_so(tmp_path: Path) -> None:
    images = [image(data(name)) for name in POSITIONS]
    path = write(tmp_path / "other.tif", [0], images, None)
    with pytest.raises(InputError, match="an image in several files"):
        planes_of(path)


def test_a_description_in_another_file_is_named(tmp_path: Path) -> None:
    only = ['<BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:1"/>']
    path = write(tmp_path / "a.ome.tif", [0], only, None)
    with pytest.raises(InputError, match=r"a file whose OME-XML is in set.companion.ome"):
        planes_of(path)
