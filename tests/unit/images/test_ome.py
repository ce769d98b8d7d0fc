"""OME metadata that promises what the file does not have: refused, in little time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anascope.errors import InputError
from anascope.images._ome import Plane, ome_planes

MANY = 2_000_000_000
SAID = "OME-XML that describes the pages of the file"


def ome(*images: str) -> str:
    return f"<OME xmlns='x'>{''.join(images)}</OME>"


def image(c: object = 1, z: object = 3, t: object = 1, inside: str = "") -> str:
    sizes = f"SizeC='{c}' SizeZ='{z}' SizeT='{t}'"
    return f"<Image><Pixels DimensionOrder='XYCZT' {sizes}>{inside}</Pixels></Image>"


def block(**values: object) -> str:
    attributes = " ".join(f"{name}='{value}'" for name, value in values.items())
    return f"<TiffData {attributes}/>"


UNREADABLE = "OME-XML that cannot be read"
HOSTILE = {
    "depths": (ome(image(z=MANY)), UNREADABLE),
    "channels": (ome(image(c=MANY)), UNREADABLE),
    "times": (ome(image(t=MANY)), UNREADABLE),
    "channels and no depth": (ome(image(c=MANY, z=0)), UNREADABLE),
    "less than nothing": (ome(image(c=-MANY, z=-1)), UNREADABLE),
    "more digits than a number has": (ome(image(z="9" * 9000)), UNREADABLE),
    "no samples": (ome(image(inside="<Channel SamplesPerPixel='0'/>")), UNREADABLE),
    "more planes than pages": (ome(image(z=9_000)), "OME-XML that names page 9000 of 3"),
    "a page after the last": (ome(image(inside=block(IFD=3))), "OME-XML that names page 4 of 3"),
    "a page before the first": (ome(image(inside=block(IFD=-2))), UNREADABLE),
    "a plane before the first": (ome(image(inside=block(IFD=0, FirstZ=-1))), UNREADABLE),
    "a count under 0": (ome(image(inside=block(PlaneCount=-MANY))), UNREADABLE),
    "all pages again and again": (
        ome(image(inside=block(IFD=0, PlaneCount=3) * 50_000)),
        UNREADABLE,
    ),
    "images of the same pages": (ome(*[image()] * 20_000), "OME-XML that names page 1 twice"),
    "an image without planes": (ome("<Image><Pixels/></Image>"), UNREADABLE),
    "no image": (ome(), "OME-XML without an image in this file"),
    "depth of the text": (
        ome("<a>" * 100_000 + "</a>" * 100_000),
        "OME-XML without an image in this file",
    ),
    "attributes": (
        ome("<Image " + " ".join(f"a{n}='x'" for n in range(100_000)) + "/>"),
        "OME-XML without an image in this file",
    ),
    "megabytes of text": (
        ome(" " * 10_000_000),
        "OME-XML of 10000021 letters",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_more_than_there_is_is_refused(name: str) -> None:
    xml, found = HOSTILE[name]
    with pytest.raises(InputError) as caught:
        ome_planes(xml, 3, "a.ome.tif")
    assert caught.value.found == found
    assert caught.value.expected in (SAID, "at most 10000000")


def test_a_promise_of_two_thousand_million_planes_takes_no_memory() -> None:
    """In a process that may take 400 MB more than it has once all is imported."""
    code = """
import resource, sys
from anascope.errors import InputError
from anascope.images._ome import ome_planes
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000,) * 2)
for xml in sys.stdin:
    try:
        ome_planes(xml, 3, "a.ome.tif")
    except InputError:
        print("refused")
"""
    names = ("depths", "channels", "channels and no depth", "all pages again and again")
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(HOSTILE[name][0] for name in names),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "refused\n" * len(names), done.stderr


def test_a_count_over_the_planes_is_only_a_count() -> None:
    planes = ome_planes(ome(image(inside=block(PlaneCount=MANY))), 3, "a.ome.tif")
    assert planes == [Plane(page, None, 0) for page in range(3)]


_NUMBERS = st.integers(-3, 12) | st.sampled_from([MANY, -MANY, 2**63, "", "x", "1.5"])
_BLOCKS = st.dictionaries(
    st.sampled_from(["IFD", "FirstC", "FirstZ", "FirstT", "PlaneCount"]), _NUMBERS, max_size=4
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    sizes=st.tuples(_NUMBERS, _NUMBERS, _NUMBERS),
    blocks=st.lists(_BLOCKS, max_size=4),
    samples=st.none() | _NUMBERS,
    images=st.integers(0, 3),
    pages=st.integers(1, 8),
)
def test_whatever_it_says_only_pages_that_are_there_are_fields_and_each_once(
    sizes: tuple[object, object, object],
    blocks: list[dict[str, object]],
    samples: object,
    images: int,
    pages: int,
) -> None:
    channel = "" if samples is None else f"<Channel SamplesPerPixel='{samples}' Name='FITC'/>"
    inside = channel + "".join(block(**values) for values in blocks)
    try:
        planes = ome_planes(ome(*[image(*sizes, inside=inside)] * images), pages, "a.ome.tif")
    except InputError:
        return
    numbers = [plane.page for plane in planes]
    assert numbers
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= number < pages for number in numbers)
