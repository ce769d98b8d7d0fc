"""The published configuration, and what is refused."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from anascope.balancing import GradNorm
from anascope.errors import InputError
from anascope.networks import ENCODERS, HEADS, JointUNet
from anascope.networks._blocks import BasicBlock
from anascope.presets import load_preset
from anascope.words import TASK_NAMES
from tests.contract import test_networks
from tests.contract.networks import NetworkContract


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_original_configuration_has_the_published_number_of_parameters() -> None:
    """319,262,412, with the three loss weights counted (ICPR 2022 network, study's count)."""
    with torch.device("meta"):
        network = JointUNet(encoder="plain", head="flatten", width=64, hidden=512)
    # The balancer's weights are those of a small stand-in: three, whatever the network.
    balancer = GradNorm(TASK_NAMES, JointUNet(width=4, hidden=8).last_shared_weight)
    assert count(network) + count(balancer) == 319_262_412
    heads = count(network) - count(network.encoder) - count(network.decoder)
    assert round(heads / 1e6) == 302


def test_resnet34_encoder_has_torchvisions_number_of_parameters() -> None:
    """21,797,672 for ResNet34, less its classifier of 512 × 1000 + 1000."""
    with torch.device("meta"):
        encoder = ENCODERS["resnet34"](3, 64)
    assert count(encoder) == 21_797_672 - 513_000


def test_resnet34_has_the_blocks_of_the_paper() -> None:
    encoder = ENCODERS["resnet34"](3, 8)
    layers = [encoder.get_submodule(f"layer{i}") for i in range(1, 5)]
    assert [len(list(layer.children())) for layer in layers] == [3, 4, 6, 3]


def test_resnet34_begins_with_blocks_that_are_nearly_their_skips() -> None:
    """What a block adds has a standard deviation of 0.1; none, and GradNorm would measure 0."""
    blocks = [m for m in ENCODERS["resnet34"](3, 8).modules() if isinstance(m, BasicBlock)]
    assert len(blocks) == 16
    for block in blocks:
        x = torch.randn(
            2, block.conv1.in_channels, 8, 8, generator=torch.Generator().manual_seed(1)
        )
        added = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
        skip = x if block.downsample is None else block.downsample(x)
        assert torch.equal(block(x), (skip + added).relu())
        assert added.std().item() == pytest.approx(0.1, abs=0.01)


def test_resnet34_begins_with_weights_of_torchvisions_spread() -> None:
    """A variance of 2 / (outputs × height × width) keeps gradients as large as they came."""
    torch.manual_seed(1)
    encoder = ENCODERS["resnet34"](3, 64)
    weight = encoder.get_parameter("layer3.1.conv1.weight")
    assert weight.std().item() == pytest.approx((2 / (256 * 9)) ** 0.5, rel=0.01)


def test_residual_down_block_has_a_convolution_on_its_skip() -> None:
    """The study's block always has one, also where the channels stay the same."""
    encoder = ENCODERS["residual"](3, 8)
    skips = [m for name, m in encoder.named_modules() if name.endswith("downsample.0")]
    assert len(skips) == 4
    assert all(isinstance(m, nn.Conv2d) and m.kernel_size == (1, 1) for m in skips)


def test_paper_preset_is_the_published_one() -> None:
    preset = load_preset("paper")
    assert preset.image.patch_size == preset.image.network_size == 384
    assert preset.image.views == ("raw", "raw", "raw")
    assert preset.network.encoder == "residual"
    assert (preset.training.epochs, preset.training.batch_size) == (30, 8)
    assert preset.training.learning_rate == 1e-4
    assert preset.balancing.alpha == 0.6
    assert preset.threshold == 0.5


def test_every_encoder_and_head_is_under_contract() -> None:
    contracts = {
        (c.encoder, c.head)
        for c in vars(test_networks).values()
        if isinstance(c, type) and issubclass(c, NetworkContract) and c is not NetworkContract
    }
    # Lite1 and Lite2 are Lite0 with other numbers.
    larger = {"efficientnet-lite1", "efficientnet-lite2"}
    every = {(encoder, head) for encoder in ENCODERS.keys() - larger for head in HEADS}
    assert contracts == every | {(encoder, "dense") for encoder in larger}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": "resnet43"}, "did you mean 'resnet34'"),
        ({"head": "pool"}, "did you mean 'pooled'"),
    ],
)
def test_unknown_parts_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        JointUNet(**options)  # type: ignore[arg-type]
