"""The mean over a square is what average pooling says, computed in fewer additions."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d

from anascope.networks._square_mean import square_mean


@pytest.mark.parametrize("side", [1, 3, 5, 31, 37, 41])
@pytest.mark.parametrize("shape", [(2, 1, 64, 48), (1, 2, 7, 90), (1, 1, 1, 1)])
def test_is_the_average_of_what_lies_inside(side: int, shape: tuple[int, ...]) -> None:
    image = torch.rand(shape, generator=torch.Generator().manual_seed(side))
    exact = avg_pool2d(image.double(), side, 1, side // 2, count_include_pad=False)
    torch.testing.assert_close(square_mean(image, side).double(), exact, rtol=0, atol=3e-7)


def test_constant_images_have_no_contrast_at_their_edges() -> None:
    image = torch.full((1, 1, 40, 50), 0.3)
    torch.testing.assert_close(square_mean(image, 31), image, rtol=0, atol=1e-7)
