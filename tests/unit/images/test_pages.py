"""The fields of files of several pages, their pixel sizes, and what is refused."""

from __future__ import annotations

import hashlib
import logging
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from anascope.errors import InputError
from anascope.images import SignalImage, _pages, content_sha256, read_pages, spelled, stem_of
from tests.robustness.files import COLOUR, GREY, WIDE, cut, saved, tiff

STACK = np.stack([GREY, 255 - GREY, GREY // 2])


def pages(path: Path) -> list[SignalImage]:
    return [whole(page) for page in read_pages(path)]


def whole(page: SignalImage | InputError) -> SignalImage:
    """Return a page that was read, or raise why it was not."""
    if isinstance(page, InputError):
        raise page
    return page


def write(path: Path, pixels: NDArray[Any], **options: Any) -> Path:
    tifffile.imwrite(path, pixels, **({"photometric": "minisblack"} | options))
    return path


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    kind=st.sampled_from(["PNG", "BMP", "TIFF", "tifffile"]),
    wide=st.booleans(),
    colour=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(16, 40),
    width=st.integers(16, 40),
    count=st.integers(1, 3),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    wide: bool,
    colour: bool,
    seed: int,
    height: int,
    width: int,
    count: int,
) -> None:
    path = tmp_path_factory.mktemp("image") / "x"  # the kind is told from the content
    rng = np.random.default_rng(seed)
    if kind == "tifffile":
        dtype = np.uint16 if wide else np.uint8
        stack: tuple[int, ...] = (count, height, width, *((3,) if colour else ()))
        pixels = rng.integers(0, np.iinfo(dtype).max + 1, stack, dtype=dtype)
        write(path, pixels, photometric="rgb" if colour else "minisblack")
        expected = pixels[..., 1] if colour else pixels
    else:
        deep = wide and not colour and kind != "BMP"
        dtype = np.uint16 if deep else np.uint8
        shape = (height, width, 3) if colour else (height, width)
        pixels = rng.integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)
        Image.fromarray(pixels).save(path, kind)
        expected = (pixels[..., 1] if colour else pixels)[None]
    found = pages(path)
    assert [image.page for image in found] == list(range(1, len(expected) + 1))
    for image, page in zip(found, expected, strict=True):
        assert image.pixels.dtype == page.dtype
        np.testing.assert_array_equal(image.pixels, page)


def test_every_page_is_a_field(tmp_path: Path) -> None:
    found = pages(write(tmp_path / "well.tif", STACK))
    assert [image.name for image in found] == ["well-page1", "well-page2", "well-page3"]
    assert {image.pages for image in found} == {3}
    np.testing.assert_array_equal(np.stack([image.pixels for image in found]), STACK)


def test_a_damaged_page_stops_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(GREY, photometric="minisblack")
        writer.write(GREY.astype(np.int32), photometric="minisblack")
        writer.write(GREY[:10, :10], photometric="minisblack")
        writer.write(GREY[::-1], photometric="minisblack")
    first, floats, small, last = read_pages(path)
    np.testing.assert_array_equal(whole(first).pixels, GREY)
    assert isinstance(floats, InputError)
    assert (floats.where, floats.found) == (f"{path}, page 2", "pixels of type int32")
    assert isinstance(small, InputError)
    assert (small.where, small.found) == (f"{path}, page 3", "an image of 10×10 pixels")
    np.testing.assert_array_equal(whole(last).pixels, GREY[::-1])
    assert (whole(last).page, whole(last).pages) == (4, 4)


def test_the_hash_is_that_of_the_bytes_that_are_decoded(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", STACK)
    content = path.read_bytes()
    pages_of_file = read_pages(path)
    first = whole(next(pages_of_file))
    path.write_bytes(b"another file")
    rest = [whole(page) for page in pages_of_file]
    assert {page.sha256 for page in (first, *rest)} == {hashlib.sha256(content).hexdigest()}
    np.testing.assert_array_equal(np.stack([page.pixels for page in (first, *rest)]), STACK)


def test_a_large_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pages, "_IN_MEMORY", 0)
    path = write(tmp_path / "a.tif", STACK)
    assert {page.sha256 for page in pages(path)} == {content_sha256(path)}
    pages_of_file = read_pages(path)
    next(pages_of_file)
    os.utime(path, (1, 1))
    with pytest.raises(InputError, match="a file that changed while it was read"):
        list(pages_of_file)


def test_smaller_copies_are_no_fields(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(GREY, photometric="minisblack")
        writer.write(GREY[::2, ::2], photometric="minisblack", subfiletype=1)
    (image,) = pages(tmp_path / "a.tif")
    assert image.name == "a"


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("µm", 0.1612),
        ("micrometers", 0.1612),
        ("nm", 161.2),
        ("mm", 1.612e-4),
        ("m", 1.612e-7),
        ("Å", 1612.0),
        ("A\u030a", 1612.0),
        (None, 0.1612),
    ],
)
def test_pixel_size_of_ome(tmp_path: Path, unit: str | None, size: float) -> None:
    metadata: dict[str, Any] = {"axes": "YX", "PhysicalSizeX": size, "PhysicalSizeY": size}
    if unit:
        metadata |= {"PhysicalSizeXUnit": unit, "PhysicalSizeYUnit": unit}
    (image,) = pages(write(tmp_path / "a.ome.tif", GREY, ome=True, metadata=metadata))
    assert image.pixel_size_um == pytest.approx(0.1612)
    assert image.name == "a"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"PhysicalSizeX": 352.8, "PhysicalSizeY": 352.8},  # 72 dots per inch
        {"PhysicalSizeX": 0.2, "PhysicalSizeY": 0.3},
        {"PhysicalSizeX": 0.2, "PhysicalSizeXUnit": "pixel", "PhysicalSizeYUnit": "pixel"},
    ],
)
def test_no_pixel_size_is_better_than_a_wrong_one(tmp_path: Path, metadata: dict[str, Any]) -> None:
    path = write(tmp_path / "a.ome.tif", GREY, ome=True, metadata={"axes": "YX", **metadata})
    assert pages(path)[0].pixel_size_um is None


@pytest.mark.parametrize("order", ["TCYX", "CTYX", "CZYX", "ZCYX"])
@pytest.mark.parametrize(
    "channel",
    [
        {"Name": ["DAPI", "FITC"]},
        {
            "Name": ["C0", "C1"],
            "EmissionWavelength": [461, 519],
            "EmissionWavelengthUnit": ["nm"] * 2,
        },
        {"Color": [0x0000FFFF, 0x00FF00FF]},
    ],
    ids=["name", "emission", "colour"],
)
def test_the_green_channel_of_ome(tmp_path: Path, order: str, channel: dict[str, Any]) -> None:
    sizes = [2 if axis == "C" else 3 for axis in order[:2]]
    data = np.random.default_rng(0).integers(0, 256, (*sizes, 20, 30), dtype=np.uint8)
    metadata = {"axes": order, "Channel": channel, "PhysicalSizeX": 0.2, "PhysicalSizeY": 0.2}
    found = pages(write(tmp_path / "a.ome.tif", data, ome=True, metadata=metadata))
    expected = np.take(data, 1, axis=order.index("C"))
    np.testing.assert_array_equal(np.stack([image.pixels for image in found]), expected)
    assert {image.pixel_size_um for image in found} == {0.2}


def test_channels_that_say_nothing_are_refused(tmp_path: Path) -> None:
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "TRITC", "Cy5"]}}
    path = write(tmp_path / "a.ome.tif", STACK, ome=True, metadata=metadata)
    with pytest.raises(InputError, match=r"3 channels \(DAPI, TRITC, Cy5\); expected a channel"):
        pages(path)


def test_colours_of_ome(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.ome.tif", COLOUR, ome=True, photometric="rgb", metadata={"axes": "YXS"}
    )
    np.testing.assert_array_equal(pages(path)[0].pixels, COLOUR[..., 1])


def test_ome_that_names_pages_that_are_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ome.tif", STACK, ome=True, metadata={"axes": "ZYX"})
    path.write_bytes(
        path.read_bytes()
        .replace(b'SizeZ="3"', b'SizeZ="9"')
        .replace(b'PlaneCount="3"', b'PlaneCount="9"')
    )
    with pytest.raises(InputError, match="OME-XML that names page 9 of 3"):
        pages(path)


@pytest.mark.parametrize(
    ("unit", "per_unit"),
    [
        ("micron", 6.2),
        ("um", 6.2),
        ("\\u00B5m", 6.2),
        ("micrometers", 6.2),
        ("Micrometres", 6.2),
        ("nm", 0.0062),
        ("nanometers", 0.0062),
        ("millimeters", 6200),
        ("centimetres", 62_000),
        ("inches", 157_480),
        ("mm", 6200),
        ("cm", 62_000),
        ("inch", 157_480),
    ],
)
def test_pixel_size_of_imagej(tmp_path: Path, unit: str, per_unit: float) -> None:
    path = write(
        tmp_path / "a.tif",
        GREY,
        imagej=True,
        resolution=(per_unit, per_unit),
        metadata={"unit": unit},
    )
    assert pages(path)[0].pixel_size_um == pytest.approx(1 / 6.2, rel=1e-4)


def test_pages_of_imagej(tmp_path: Path) -> None:
    wide = np.random.default_rng(0).integers(0, 65536, (3, 2, 20, 30), dtype=np.uint16)
    path = tmp_path / "a.tif"
    labels = ["DAPI", "FITC"] * 3
    with tifffile.TiffWriter(path, imagej=True) as writer:
        writer.write(wide, metadata={"axes": "ZCYX", "Labels": labels}, photometric="minisblack")
    found = np.stack([image.pixels for image in pages(path)])
    np.testing.assert_array_equal(found, wide[:, 1])


def test_images_of_imagej_without_a_page_of_their_own_are_refused(tmp_path: Path) -> None:
    # ImageJ writes stacks of more than 4 GB so.
    description = "ImageJ=1.54f\nimages=4\nslices=4\n"
    path = write(tmp_path / "a.tif", GREY, description=description, metadata=None)
    with pytest.raises(InputError, match="4 images on 1 pages; expected a page for each image"):
        pages(path)


@pytest.mark.parametrize(
    ("resolution", "unit", "expected"),
    [
        ((62_000, 62_000), "CENTIMETER", 1 / 6.2),
        ((157_480, 157_480), "INCH", 1 / 6.2),
        ((72, 72), "INCH", None),
        ((300, 300), "INCH", None),
        ((6350, 6350), "INCH", 4.0),
        ((62_000, 62_000), "NONE", None),
        ((62_000, 31_000), "CENTIMETER", None),
    ],
)
def test_resolution_of_plain_tiff_only_if_it_is_a_microscopes(
    tmp_path: Path, resolution: tuple[int, int], unit: str, expected: float | None
) -> None:
    path = write(tmp_path / "a.tif", GREY, resolution=resolution, resolutionunit=unit)
    found = pages(path)[0].pixel_size_um
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-4))


def test_png_says_no_pixel_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(saved(WIDE, "PNG"))
    (image,) = pages(tmp_path / "a.png")
    assert (image.name, image.page, image.pages, image.pixel_size_um) == ("a", 1, 1, None)


def test_several_threads_do_not_hear_of_each_others_files(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.tif", tmp_path / "bad.tif"
    good.write_bytes(tiff(np.tile(GREY, (8, 8)), compression="deflate"))
    bad.write_bytes(cut(tiff(STACK), 0.9))
    before = list(warnings.filters)

    def outcome(path: Path) -> str:
        try:
            return str(len(pages(path)))
        except InputError as error:
            return error.found

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(outcome, [good, bad] * 40))
    assert set(found[::2]) == {"1"}
    assert set(found[1::2]) == {"a damaged or truncated TIFF file"}
    assert warnings.filters == before


def test_what_others_log_of_tifffile_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fields = read_pages(write(tmp_path / "a.tif", STACK))
    next(fields)
    logging.getLogger("tifffile").warning("from elsewhere")
    assert len(list(fields)) == 2
    assert caplog.messages == ["from elsewhere"]


@pytest.mark.parametrize("suffix", ["czi", "nd2", "lif"])
def test_files_of_microscopes_without_bioio_name_the_extra(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "bioio", None)
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"ZISRAWFILE" if suffix == "czi" else b"anything")
    with pytest.raises(
        InputError, match=rf"an? {suffix.upper()} file, .* expected anascope\[bioio\]"
    ):
        pages(path)


class PretendedBioImage:
    """Stands in for ``bioio.BioImage``: two scenes of three depths and two channels."""

    data = np.random.default_rng(5).integers(0, 65536, (2, 3, 2, 20, 30), dtype=np.uint16)
    scenes = ("first", "second")
    channel_names = ("DAPI", "Alexa Fluor 488")
    dims = SimpleNamespace(T=1, Z=3, order="TCZYX")
    physical_pixel_sizes = SimpleNamespace(X=0.1612, Y=0.1612)

    def __init__(self, path: Path) -> None:
        self._scene = 0

    def set_scene(self, name: str) -> None:
        self._scene = self.scenes.index(name)

    def get_image_data(self, axes: str, *, T: int, Z: int, C: int) -> NDArray[np.uint16]:
        assert axes == "YX"
        plane: NDArray[np.uint16] = self.data[self._scene, Z, C]
        return plane


def test_files_of_microscopes_with_bioio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretended = SimpleNamespace(BioImage=PretendedBioImage)
    monkeypatch.setitem(__import__("sys").modules, "bioio", pretended)
    path = tmp_path / "a.czi"
    path.write_bytes(b"ZISRAWFILE")
    found = pages(path)
    expected = PretendedBioImage.data[:, :, 1].reshape(6, 20, 30)
    np.testing.assert_array_equal(np.stack([image.pixels for image in found]), expected)
    assert [image.name for image in found][:2] == ["a-page1", "a-page2"]
    assert {image.pixel_size_um for image in found} == {0.1612}


def test_a_file_that_bioio_does_not_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class UnsupportedFileFormatError(Exception):
        pass

    def refusing(path: Path) -> None:
        raise UnsupportedFileFormatError

    monkeypatch.setitem(__import__("sys").modules, "bioio", SimpleNamespace(BioImage=refusing))
    (tmp_path / "a.nd2").write_bytes(b"\xda\xce\xbe\x0a")
    with pytest.raises(InputError, match="an ND2 file that no installed reader of bioio takes"):
        pages(tmp_path / "a.nd2")


def test_names_are_shown_on_one_line() -> None:
    assert spelled("two\nlines\x1b[31m") == r"two\nlines\x1b[31m"
    assert spelled("caf\udce9.png") == r"caf\xe9.png"
    assert spelled(Path("山田\u3000/é.png")) == "山田\u3000/é.png"
    assert stem_of(Path("x/a.OME.tiff")) == "a"
    assert stem_of(Path(".ome.tif")) == ".ome"


@pytest.fixture(autouse=True)
def no_open_files() -> Iterator[None]:
    """Files are closed even when reading ends in the middle."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        yield
