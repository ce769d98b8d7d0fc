"""A channel is never guessed: it is named as fluorescein's, or somebody asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from anascope.errors import InputError
from anascope.images import AskedChannel, SignalImage, read_pages
from anascope.images._channels import Channel, channel_of
from tests.robustness.files import COLOUR, GREY

STACK = np.stack([GREY, 255 - GREY, GREY // 2])
CONTIG: dict[str, Any] = {"photometric": "minisblack", "planarconfig": "contig"}
NAMES = ("DAPI", "FITC", "Cy3")


def taken(path: Path, channel: str | None = None) -> list[tuple[int | None, int]]:
    """Return of each field its channel and which plane of the stack it is."""
    asked = None if channel is None else AskedChannel.of(channel)
    found = []
    for image in read_pages(path, asked=asked):
        if isinstance(image, InputError):
            raise image
        assert isinstance(image, SignalImage)
        plane = next(n for n, own in enumerate(STACK) if np.array_equal(own, image.pixels))
        found.append((image.channel, plane))
    return found


@pytest.mark.parametrize(
    "name",
    ["FITC", "A488", "AF 488", "AF488", "Alexa", "Alexa Fluor 488", "alexa488", "ATTO488",
     "ATTO 488", "DyLight 488", "DyLight-488", "GFP", "EGFP", "488", "488 nm", "Cy2",
     "CF488A", "Fluorescein", "Green"],
)  # fmt: skip
def test_dyes_of_488_are_found(name: str) -> None:
    channels = [Channel("DAPI"), Channel("Alexa Fluor 647"), Channel(name)]
    assert channel_of(channels, None, "a.tif") == 2


@pytest.mark.parametrize("name", ["Alexa Fluor 594", "Cy3", "1488", "4880", "TRITC", "A568", ""])
def test_other_names_are_not(name: str) -> None:
    with pytest.raises(InputError, match="2 channels"):
        channel_of([Channel("DAPI"), Channel(name)], None, "a.tif")


def test_alexa_without_its_number_may_be_another_one() -> None:
    with pytest.raises(InputError, match="2 channels"):
        channel_of([Channel("DAPI"), Channel("Alexa", emission_nm=668)], None, "a.tif")


@pytest.mark.parametrize(
    ("text", "number"), [("2", 1), ("fitc", 1), ("Cy", 2), ("1 of 3", 0), ("3/3", 2), ("2of3", 1)]
)
def test_a_channel_that_is_asked_for(text: str, number: int) -> None:
    assert channel_of([Channel(name) for name in NAMES], AskedChannel.of(text), "a") == number


@pytest.mark.parametrize("text", ["4", "Texas", "2 of 4", "C"])
def test_a_channel_that_is_not_there_or_several_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"3 channels \(DAPI, FITC, Cy3\); expected"):
        channel_of([Channel(name) for name in NAMES], AskedChannel.of(text), "a")


@pytest.mark.parametrize("text", ["", "  ", "0", "3 of 2", "0 of 3"])
def test_what_no_channel_can_be_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="a name, a number from 1, or '2 of 3'"):
        AskedChannel.of(text)


def test_two_grey_samples_of_a_page_are_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.moveaxis(STACK[:2], 0, -1), **CONTIG)
    with pytest.raises(InputError, match=r"2 channels .*name it as channel"):
        taken(path)
    assert taken(path, "2") == [(1, 1)]
    assert taken(path, "1 of 2") == [(0, 0)]
    with pytest.raises(InputError, match=r"2 channels .*expected channel '3'"):
        taken(path, "3")


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_three_grey_samples_are_no_colours(tmp_path: Path, planar: str) -> None:
    pixels = STACK if planar == "separate" else np.moveaxis(STACK, 0, -1)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="minisblack", planarconfig=planar)
    with pytest.raises(InputError, match="3 channels"):
        taken(tmp_path / "a.tif")
    assert taken(tmp_path / "a.tif", "3") == [(2, 2)]


def test_alpha_is_no_channel(tmp_path: Path) -> None:
    pixels = np.moveaxis(STACK[:2], 0, -1)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="minisblack", extrasamples=[2])
    assert taken(tmp_path / "a.tif") == [(0, 0)]
    Image.fromarray(pixels, "LA").save(tmp_path / "a.png")
    assert taken(tmp_path / "a.png") == [(None, 0)]


def test_pages_are_channels_where_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK, photometric="minisblack", metadata=None)
    assert [plane for _, plane in taken(path)] == [0, 1, 2]  # else each page is a field
    assert taken(path, "2 of 3") == [(1, 1)]
    for text in ("2", "FITC"):
        with pytest.raises(InputError, match=r"3 pages that .* not describe as channels.*1 of 3"):
            taken(path, text)
    with pytest.raises(InputError, match="3 pages; expected a multiple of 2 channels"):
        taken(path, "2 of 2")


def test_pages_are_fields_of_several_channels(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.concatenate([STACK, STACK]), photometric="minisblack", metadata=None)
    assert taken(path, "3 of 3") == [(2, 2), (2, 2)]


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".ome.tif", {"metadata": {"axes": "CYX", "Channel": {"Name": list(NAMES)}}}),
        (".tif", {"imagej": True, "metadata": {"axes": "CYX", "Labels": list(NAMES)}}),
    ],
)
def test_described_channels_by_name_and_number(
    tmp_path: Path, suffix: str, options: dict[str, Any]
) -> None:
    path = tmp_path / f"a{suffix}"
    tifffile.imwrite(path, STACK, photometric="minisblack", **options)
    assert taken(path) == [(1, 1)]
    assert taken(path, "dapi") == [(0, 0)]
    assert taken(path, "3") == taken(path, "3 of 3") == [(2, 2)]
    for text in ("4", "1 of 2", "TRITC"):
        with pytest.raises(InputError, match=r"3 channels \(DAPI, FITC, Cy3\)"):
            taken(path, text)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_colours_are_channels_if_asked_for(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(COLOUR).save(path)
    for text, number in (("1", 0), ("blue", 2), ("FITC", 1), (None, 1)):
        asked = None if text is None else AskedChannel.of(text)
        (image,) = read_pages(path, asked=asked)
        assert isinstance(image, SignalImage)
        np.testing.assert_array_equal(image.pixels, COLOUR[..., number])
    (refused,) = read_pages(path, asked=AskedChannel.of("DAPI"))
    assert isinstance(refused, InputError)
    assert refused.found == "3 channels (red, green, blue)"


def test_an_image_of_one_channel(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(GREY).save(path)
    assert taken(path, "1") == taken(path, "FITC") == [(0, 0)]
    with pytest.raises(InputError, match=r"one channel \(without a name\); expected channel '2'"):
        taken(path, "2")
