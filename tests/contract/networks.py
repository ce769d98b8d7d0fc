"""What every encoder and head must do in the joint network. A new one inherits this."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import avg_pool2d

from anascope.errors import InputError
from anascope.networks import JointUNet

WIDTH = 4


class NetworkContract:
    """Inherit, and name an encoder and a head."""

    encoder: ClassVar[str]
    head: ClassVar[str]
    beyond_reach: ClassVar[int] = 224
    """Side of an image of whose end a place at 64 sees nearly nothing."""

    def make(self, *, channels: int = 3, size: int = 64) -> JointUNet:
        torch.manual_seed(1)
        return JointUNet(
            encoder=self.encoder,
            width=WIDTH,
            head=self.head,
            hidden=8,
            in_channels=channels,
            patch_size=size,
            outputs={"pattern": 5, "intensity": 2},
            maps={"cells": 3},
        )

    @pytest.mark.parametrize("channels", [1, 3])
    @pytest.mark.parametrize("size", [64, 97, 130])
    def test_shapes(self, channels: int, size: int) -> None:
        network = self.make(channels=channels, size=size)
        prediction = network(torch.randn(2, channels, size, size))
        assert prediction["mask"].shape == (2, 1, size, size)
        assert prediction["pattern"].shape == (2, 5)
        assert prediction["intensity"].shape == (2, 2)
        assert prediction["cells"].shape == (2, 3, size, size)

    @pytest.mark.parametrize("less", [15, 25])
    def test_maps_of_odd_sizes_lie_over_the_image(self, less: int) -> None:
        """Where an image ends says little of what lies far before: nothing moves there."""
        size, side = self.beyond_reach, self.beyond_reach - less
        network = self.make(size=size)
        image = avg_pool2d(torch.randn(2, 3, size, size), 5, stride=1, padding=2)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            network(image)  # batch norms take on what they see
            network.eval()
            features = network.encode(image)
            whole = network.decoder(features, (size, size))
            cut = image[..., :side, :side]
            found = network.decoder(network.encode(cut), (side, side))
        moved = (found - whole[..., :side, :side])[..., 32:64, 32:64].abs().mean()
        assert moved < 0.02 * whole.std()  # maps squeezed to the image's end: 0.12 to 0.32

    def test_encoder_declares_its_maps(self) -> None:
        network = self.make(size=128)
        features = network.encode(torch.randn(1, 3, 128, 128))
        assert tuple(f.shape[1] for f in features) == network.encoder.channels
        assert tuple(128 // f.shape[2] for f in features) == network.encoder.strides

    def test_every_parameter_learns(self) -> None:
        network = self.make()
        prediction = network(torch.randn(2, 3, 64, 64))
        sum(part.square().mean() for part in prediction.values()).backward()
        still = [name for name, p in network.named_parameters() if p.grad is None]
        assert still == []

    def test_last_shared_weight_makes_the_embedding(self) -> None:
        network = self.make()
        embedding = network.encode(torch.randn(2, 3, 64, 64))[-1]
        weight = network.last_shared_weight
        (gradient,) = torch.autograd.grad(embedding.square().sum(), weight)
        assert gradient.abs().sum() > 0
        names = [name for name, p in network.named_parameters() if p is weight]
        assert len(names) == 1
        assert names[0].startswith("encoder.")

    def test_skips_do_not_depend_on_the_last_shared_weight(self) -> None:
        """Else the gradient at the embedding alone would not give GradNorm's norm."""
        network = self.make()
        *skips, _ = network.encode(torch.randn(2, 3, 64, 64))
        for skip in skips:
            (gradient,) = torch.autograd.grad(
                skip.sum(), network.last_shared_weight, retain_graph=True, allow_unused=True
            )
            assert gradient is None

    def test_weights_survive_a_file(self, tmp_path: Path) -> None:
        network = self.make().eval()
        path = tmp_path / "weights.safetensors"
        save_file({k: v.contiguous() for k, v in network.state_dict().items()}, path)
        torch.manual_seed(2)
        twin = JointUNet(
            encoder=self.encoder,
            width=WIDTH,
            head=self.head,
            hidden=8,
            patch_size=64,
            outputs={"pattern": 5, "intensity": 2},
            maps={"cells": 3},
        ).eval()
        twin.load_state_dict(load_file(path))
        image = torch.randn(1, 3, 64, 64)
        for ours, theirs in zip(network(image).values(), twin(image).values(), strict=True):
            assert torch.equal(ours, theirs)

    def test_memory_format_does_not_change_the_answer(self) -> None:
        network = self.make().eval()
        image = torch.randn(2, 3, 64, 64)
        plain = network(image)
        last = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        turned = last(image.contiguous(memory_format=torch.channels_last))
        for one, other in zip(plain.values(), turned.values(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)

    def test_seed_decides_the_weights(self) -> None:
        one, other = self.make().state_dict(), self.make().state_dict()
        assert all(torch.equal(one[name], other[name]) for name in one)

    def test_other_image_sizes(self) -> None:
        network = self.make(size=64).eval()
        image = torch.randn(1, 3, 96, 80)
        if self.head == "flatten":
            with pytest.raises(InputError, match="flatten head"):
                network(image)
        else:
            assert network(image)["mask"].shape == (1, 1, 96, 80)
