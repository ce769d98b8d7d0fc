"""DICOM files: frames, channels, tiles, full scale, pixel size, and what is refused."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope.errors import InputError
from anascope.images import AskedChannel, SignalImage, read_pages
from tests.dicom_files import WHOLE_SLIDE, dicom_image, item, save
from tests.refusals import refused

pytest.importorskip("pydicom", reason="pydicom is not installed (anascope[dicom])")

RNG = np.random.default_rng(5)
GREY = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
TWELVE = RNG.integers(0, 4096, (20, 30), dtype=np.uint16)
TWELVE[3, 4] = 1000  # in full
VALUES = "whole numbers of 8 or 16 bits or floating point, grey or RGB"
IMAGE = "a DICOM image of a field"


def fields(image: Any, folder: Path, asked: str | None = None) -> list[SignalImage]:
    path = save(image, folder / "slide.dcm")
    channel = None if asked is None else AskedChannel.of(asked)
    pages = list(read_pages(path, asked=channel))
    for page in pages:
        if isinstance(page, InputError):
            raise page
    return [page for page in pages if isinstance(page, SignalImage)]


def only(image: Any, folder: Path, asked: str | None = None) -> SignalImage:
    (field,) = fields(image, folder, asked)
    return field


def test_eight_bits_are_read_as_they_are(tmp_path: Path) -> None:
    field = only(dicom_image(GREY, PixelSpacing=["0.0003225", "0.0003225"]), tmp_path)
    assert np.array_equal(field.pixels, GREY)
    assert field.pixel_size_um == pytest.approx(0.3225)
    assert (field.name, field.page, field.pages) == ("slide", 1, 1)
    assert (field.full_scale.value, field.full_scale.origin) == (255, "file")


def test_bits_stored_are_the_full_scale(tmp_path: Path) -> None:
    field = only(dicom_image(TWELVE, BitsStored=12, HighBit=11), tmp_path)
    assert (field.full_scale.value, field.full_scale.origin) == (4095, "file")
    assert field.pixels[3, 4] == round(1000 * 65535 / 4095)
    assert field.pixel_size_um is None


def test_sixteen_bits_stored_say_nothing(tmp_path: Path) -> None:
    field = only(dicom_image(TWELVE), tmp_path)
    assert (field.full_scale.value, field.full_scale.origin) == (4095, "values")


def test_a_window_of_a_camera_is_the_full_scale(tmp_path: Path) -> None:
    wide = dicom_image(TWELVE, WindowCenter="32768", WindowWidth="65536")
    assert only(wide, tmp_path).full_scale.value == 65535
    shown = dicom_image(TWELVE, WindowCenter="500", WindowWidth="1001")
    assert only(shown, tmp_path).full_scale.origin == "values"


def test_white_at_zero_is_turned_over(tmp_path: Path) -> None:
    stored = dicom_image(TWELVE, BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1")
    assert only(stored, tmp_path).pixels[3, 4] == round((4095 - 1000) * 65535 / 4095)


def test_colours_give_their_green(tmp_path: Path) -> None:
    colours = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert np.array_equal(only(dicom_image(colours), tmp_path).pixels, colours[..., 1])
    assert np.array_equal(only(dicom_image(colours), tmp_path, "3").pixels, colours[..., 2])


def test_every_frame_is_a_field(tmp_path: Path) -> None:
    stack = np.stack([GREY, 255 - GREY, GREY // 2])
    read = fields(dicom_image(stack), tmp_path)
    assert [field.name for field in read] == ["slide-page1", "slide-page2", "slide-page3"]
    assert all(np.array_equal(field.pixels, own) for field, own in zip(read, stack, strict=True))


def _paths(*names: str) -> dict[str, Any]:
    """Return two optical paths whose frames take turns."""
    described = [
        item(OpticalPathIdentifier=str(number), OpticalPathDescription=name)
        for number, name in enumerate(names, start=1)
    ]
    frames = [
        item(OpticalPathIdentificationSequence=[item(OpticalPathIdentifier=own)])
        for own in ("1", "2", "1", "2")
    ]
    return {"OpticalPathSequence": described, "PerFrameFunctionalGroupsSequence": frames}


def test_of_optical_paths_the_green_one_is_read(tmp_path: Path) -> None:
    stack = np.stack([GREY, 255 - GREY, GREY // 2, GREY // 3])
    image = dicom_image(stack, **_paths("DAPI", "FITC"))
    read = fields(image, tmp_path)
    assert [field.channel for field in read] == [1, 1]
    assert np.array_equal(read[0].pixels, 255 - GREY)
    assert np.array_equal(read[1].pixels, GREY // 3)
    assert np.array_equal(fields(image, tmp_path, "DAPI")[1].pixels, GREY // 2)
    with refused(tmp_path / "slide.dcm", "2 channels (DAPI 1, TRITC 2)", "..."):
        fields(dicom_image(stack, **_paths("DAPI", "TRITC")), tmp_path)


def test_an_only_optical_path_must_be_the_one_that_is_asked_for(tmp_path: Path) -> None:
    path = [item(OpticalPathIdentifier="1", OpticalPathDescription="FITC")]
    image = dicom_image(GREY, OpticalPathSequence=path)
    assert only(image, tmp_path, "FITC").channel == 0
    with refused(tmp_path / "slide.dcm", "one channel (FITC 1)", "channel 'DAPI'"):
        fields(image, tmp_path, "DAPI")


@settings(deadline=None, max_examples=40, derandomize=True)
@given(place=st.integers(0, 1500), turned=st.binary(min_size=1, max_size=6), cut=st.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, turned: bytes, cut: bool
) -> None:
    """No other exception, and no warning, comes of bytes that are changed or missing."""
    path = tmp_path_factory.mktemp("dicom") / "slide.dcm"
    image, _ = _slide(**_paths("DAPI", "FITC"), WindowCenter="5", WindowWidth="7")
    image.save_as(path, enforce_file_format=True)
    content = path.read_bytes()
    rest = b"" if cut else content[place + len(turned) :]
    path.write_bytes(content[:place] + turned + rest)
    with suppress(InputError):
        list(read_pages(path))


def test_frames_that_do_not_say_their_path_are_refused(tmp_path: Path) -> None:
    image = dicom_image(np.stack([GREY] * 4), **_paths("DAPI", "FITC"))
    del image.PerFrameFunctionalGroupsSequence
    found = "2 optical paths, and frames that do not state theirs"
    with refused(tmp_path / "slide.dcm", found, "an optical path for each frame"):
        fields(image, tmp_path)


def _slide(**changes: Any) -> Any:
    """Return a slide of 50×33 pixels in six tiles of 20×20."""
    whole = np.zeros((40, 60), np.uint8)
    whole[:33, :50] = np.arange(33 * 50).reshape(33, 50) % 251
    tiles = whole.reshape(2, 20, 3, 20).transpose(0, 2, 1, 3).reshape(6, 20, 20)
    attributes: dict[str, Any] = {
        "SOPClassUID": WHOLE_SLIDE,
        "ImageType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        "TotalPixelMatrixRows": 33,
        "TotalPixelMatrixColumns": 50,
        "DimensionOrganizationType": "TILED_FULL",
        "SharedFunctionalGroupsSequence": [
            item(PixelMeasuresSequence=[item(PixelSpacing=["0.0005", "0.0005"])])
        ],
    }
    return dicom_image(tiles, **(attributes | changes)), whole[:33, :50]


def test_tiles_make_up_one_field(tmp_path: Path) -> None:
    image, whole = _slide()
    field = only(image, tmp_path)
    assert np.array_equal(field.pixels, whole)
    assert field.pixel_size_um == pytest.approx(0.5)


@pytest.mark.parametrize(
    "changes",
    [{"DimensionOrganizationType": "TILED_SPARSE"}, {"TotalPixelMatrixFocalPlanes": 2}],
)
def test_tiles_in_another_order_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    image, _ = _slide(**changes)
    found = "a slide in 6 tiles that are sparse, of several planes or several channels"
    with refused(tmp_path / "slide.dcm", found, "tiles of one image (TILED_FULL), ..."):
        fields(image, tmp_path)


REFUSED = {
    "signed": ({"PixelRepresentation": 1}, "signed pixels", VALUES),
    "32 bits": ({"BitsAllocated": 32, "BitsStored": 32}, "pixels of 32 in 32 bits", VALUES),
    "one bit": ({"BitsAllocated": 1, "BitsStored": 1}, "an image of one bit", f"a field: {VALUES}"),
    "upper bits": (
        {"BitsStored": 6, "HighBit": 7},
        "6 bits of which the highest is bit 7",
        "values in the lowest bits",
    ),
    "unknown colours": (
        {"PhotometricInterpretation": "HSV"},
        "colours of kind HSV",
        VALUES,
    ),
    "rescaled": (
        {"RescaleIntercept": "-1024", "RescaleSlope": "1"},
        "values that the header changes",
        "brightness from 0 on",
    ),
    "a label": (
        {"ImageType": ["ORIGINAL", "PRIMARY", "LABEL", "NONE"]},
        "an image of kind LABEL",
        IMAGE,
    ),
    "a segmentation": (
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4"},
        "a DICOM segmentation",
        IMAGE,
    ),
    "no pixels": ({"PixelData": None}, "a DICOM file without pixels (...)", IMAGE),
    "no size": ({"Rows": None}, "an image without a size", "a whole DICOM file"),
    "too large": (
        {"Rows": 60000, "Columns": 60000},
        "a header that claims 3600000000 values",
        "at most 400000000",
    ),
    "too many frames": ({"NumberOfFrames": 20000}, "20000 frames", "1 to 10000 frames"),
}


@pytest.mark.parametrize(("attributes", "found", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_field_is_refused(
    tmp_path: Path, attributes: dict[str, Any], found: str, expected: str
) -> None:
    with refused(tmp_path / "slide.dcm", found, expected):
        fields(dicom_image(GREY, **attributes), tmp_path)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = save(dicom_image(GREY), tmp_path / "slide.dcm")
    path.write_bytes(path.read_bytes()[:-100])
    (page,) = read_pages(path)
    assert isinstance(page, InputError)
    assert page.found == "a damaged or truncated DICOM file"


@pytest.mark.parametrize("name", ["RLELossless", "JPEGLSLossless"])
def test_what_is_compressed_without_loss_is_read_as_it_was(tmp_path: Path, name: str) -> None:
    from pydicom import uid

    if name == "JPEGLSLossless":
        pytest.importorskip("jpeg_ls", reason="pyjpegls is not installed (anascope[dicom])")
    image = dicom_image(np.stack([GREY, 255 - GREY]))
    image.compress(getattr(uid, name), generate_instance_uid=False)
    first, second = fields(image, tmp_path)
    assert np.array_equal(first.pixels, GREY)
    assert np.array_equal(second.pixels, 255 - GREY)


def test_a_compression_without_a_decoder_is_named(tmp_path: Path) -> None:
    from pydicom.encaps import encapsulate
    from pydicom.uid import JPEGLossless

    image = dicom_image(GREY)
    image.file_meta.TransferSyntaxUID = JPEGLossless
    image.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    image["PixelData"].is_undefined_length = True
    path = save(image, tmp_path / "slide.dcm")
    with refused(path, "pixels that no decoder of pydicom takes (JPEG Lossless...)", "..."):
        list(map(_raised, read_pages(path)))


def _raised(page: SignalImage | InputError) -> SignalImage:
    if isinstance(page, InputError):
        raise page
    return page


def test_a_file_without_an_encoding_and_a_deflated_one_are_refused(tmp_path: Path) -> None:
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    image = dicom_image(GREY)
    image.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    with refused(tmp_path / "slide.dcm", "a deflated DICOM file", "..."):
        fields(image, tmp_path)
    path = tmp_path / "bare.dcm"
    path.write_bytes(bytes(128) + b"DICM" + bytes(200))
    with pytest.raises(InputError, match=r"bare\.dcm"):
        list(read_pages(path))


def test_a_preamble_of_tiff_is_no_tiff(tmp_path: Path) -> None:
    image = dicom_image(GREY)
    image.preamble = b"II*\x00".ljust(128, b"\0")
    assert np.array_equal(only(image, tmp_path).pixels, GREY)


def test_without_pydicom_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(dicom_image(GREY), tmp_path / "slide.dcm")
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with refused(path, "a DICOM file, and pydicom is not installed", "anascope[dicom] ..."):
        list(read_pages(path))
