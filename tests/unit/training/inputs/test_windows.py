"""Windows of images of many sizes are read as they would be cut one by one."""

from __future__ import annotations

import torch

from anascope.records import Window
from anascope.training.inputs._windows import Windows


def test_windows_are_those_of_their_images() -> None:
    generator = torch.Generator().manual_seed(0)
    shapes = [(40, 50), (16, 16), (16, 90), (70, 17)]
    images = [
        torch.randint(0, 255, shape, generator=generator, dtype=torch.uint8) for shape in shapes
    ]
    places = [
        (number, Window(y, x, 16, 16))
        for number, (height, width) in enumerate(shapes)
        for y in (0, (height - 16) // 2, height - 16)
        for x in (0, (width - 16) // 2, width - 16)
    ]
    windows = Windows(list(images), 16, places, torch.device("cpu"))
    order = torch.randperm(len(places), generator=generator)
    read = windows.read(order)
    for window, number in zip(read, order.tolist(), strict=True):
        image, place = places[number]
        cut = images[image][place.y : place.y + 16, place.x : place.x + 16]
        assert torch.equal(window, cut)


def test_no_images_no_windows() -> None:
    windows = Windows([], 16, [], torch.device("cpu"))
    assert windows.read(torch.zeros(0, dtype=torch.int64)).shape == (0, 16, 16)
