"""ImageNet weights from generated files in the layouts in which they are handed on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import conv2d

from anascope.errors import InputError
from anascope.networks import ENCODERS, Encoder, load_imagenet_weights

# torchvision's resnet34 state dictionary, written out from its documentation: names and shapes.
STAGES = {1: (64, 3), 2: (128, 4), 3: (256, 6), 4: (512, 3)}


def batch_norm(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{name}.{part}": (channels,) for part in ("weight", "bias", "running_mean", "running_var")
    }
    return shapes | {f"{name}.num_batches_tracked": ()}


def torchvision_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"conv1.weight": (64, 3, 7, 7), **batch_norm("bn1", 64)}
    inputs = 64
    for stage, (outputs, blocks) in STAGES.items():
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            shapes[f"{name}.conv1.weight"] = (outputs, inputs, 3, 3)
            shapes |= batch_norm(f"{name}.bn1", outputs)
            shapes[f"{name}.conv2.weight"] = (outputs, outputs, 3, 3)
            shapes |= batch_norm(f"{name}.bn2", outputs)
            if inputs != outputs:
                shapes[f"{name}.downsample.0.weight"] = (outputs, inputs, 1, 1)
                shapes |= batch_norm(f"{name}.downsample.1", outputs)
            inputs = outputs
    return shapes | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        name: torch.randn(shape, generator=generator)
        if shape
        else torch.tensor(7, dtype=torch.long)
        for name, shape in torchvision_shapes().items()
    }


@pytest.fixture
def encoder() -> Encoder:
    return ENCODERS["resnet34"](3, 64)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_every_weight_arrives(
    suffix: str, state: dict[str, Tensor], encoder: Encoder, tmp_path: Path
) -> None:
    path = tmp_path / f"resnet34{suffix}"
    if suffix == ".pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    load_imagenet_weights(encoder, path)
    loaded = encoder.state_dict()
    assert set(loaded) == set(state) - {"fc.weight", "fc.bias"}
    assert all(torch.equal(tensor, state[name]) for name, tensor in loaded.items())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer4.2.conv2.weight": None}, "no 'layer4.2.conv2.weight'"),
        ({"conv1.weight": torch.zeros(64, 1, 7, 7)}, r"'conv1.weight' of shape \(64, 1, 7, 7\)"),
        ({"layer5.weight": torch.zeros(1)}, "'layer5.weight', which ResNet34 does not have"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(
    change: dict[str, Tensor | None],
    message: str,
    state: dict[str, Tensor],
    encoder: Encoder,
    tmp_path: Path,
) -> None:
    changed = {k: v for k, v in (state | change).items() if v is not None}
    path = tmp_path / "resnet34.pth"
    torch.save(changed, path)
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with pytest.raises(InputError, match=message):
        load_imagenet_weights(encoder, path)
    assert all(torch.equal(t, before[name]) for name, t in encoder.state_dict().items())


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("code was run",))


def test_a_pickle_with_code_is_refused(
    encoder: Encoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "resnet34.pth"
    torch.save({"conv1.weight": Evil()}, path)
    with pytest.raises(InputError, match="cannot be read"):
        load_imagenet_weights(encoder, path)
    assert "code was run" not in capsys.readouterr().out


def test_only_those_that_have_some_take_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encoder 'resnet34'"):
        load_imagenet_weights(ENCODERS["residual"](3, 8), tmp_path / "w.pth")


def test_missing_file(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_imagenet_weights(encoder, tmp_path / "w.pth")


# EfficientNet-Lite0's state dictionary in the layout of EfficientNet-PyTorch: blocks of channels
# in, channels out and kernel; all but the first widen six times.
LITE = [
    (32, 16, 3),
    *((16, 24, 3), (24, 24, 3)),
    *((24, 40, 5), (40, 40, 5)),
    *((40, 80, 3), (80, 80, 3), (80, 80, 3)),
    *((80, 112, 5), (112, 112, 5), (112, 112, 5)),
    *((112, 192, 5), (192, 192, 5), (192, 192, 5), (192, 192, 5)),
    (192, 320, 3),
]


def lite_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"_conv_stem.weight": (32, 3, 3, 3)}
    shapes |= batch_norm("_bn0", 32)
    for number, (inputs, outputs, kernel) in enumerate(LITE):
        name, middle = f"_blocks.{number}", inputs if number == 0 else 6 * inputs
        if number > 0:
            shapes[f"{name}._expand_conv.weight"] = (middle, inputs, 1, 1)
            shapes |= batch_norm(f"{name}._bn0", middle)
        shapes[f"{name}._depthwise_conv.weight"] = (middle, 1, kernel, kernel)
        shapes |= batch_norm(f"{name}._bn1", middle)
        shapes[f"{name}._project_conv.weight"] = (outputs, middle, 1, 1)
        shapes |= batch_norm(f"{name}._bn2", outputs)
    shapes |= {"_conv_head.weight": (1280, 320, 1, 1), **batch_norm("_bn1", 1280)}
    return shapes | {"_fc.weight": (1000, 1280), "_fc.bias": (1000,)}


PARTS = ("running_mean", "running_var", "weight", "bias")  # of a batch norm


@pytest.fixture(scope="module")
def lite_state() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        # Variances are over 0, so that the network can be run.
        name: torch.rand(shape, generator=generator) + 0.5
        if shape
        else torch.tensor(7, dtype=torch.long)
        for name, shape in lite_shapes().items()
    }


def test_every_weight_of_lite_arrives(lite_state: dict[str, Tensor], tmp_path: Path) -> None:
    path = tmp_path / "lite.pth"
    torch.save(lite_state, path)
    encoder = ENCODERS["efficientnet-lite0"](3, 32)
    load_imagenet_weights(encoder, path)
    loaded = encoder.state_dict()
    blocks = [name for name in lite_state if name.startswith("_blocks.")]
    first = [name for name in blocks if int(name.split(".")[1]) <= 10]
    stem = [name for name in lite_state if name.startswith(("_conv_stem.", "_bn0."))]
    assert len(loaded) == len(stem) + len(first)
    for theirs, ours in {
        "_conv_stem.weight": "stem.0.weight",
        "_bn0.running_var": "stem.1.running_var",
        "_blocks.0._depthwise_conv.weight": "blocks.0.filter.0.weight",
        "_blocks.3._expand_conv.weight": "blocks.3.expand.0.weight",
        "_blocks.3._bn0.bias": "blocks.3.expand.1.bias",
        "_blocks.3._bn1.weight": "blocks.3.filter.1.weight",
        "_blocks.10._project_conv.weight": "blocks.10.project.0.weight",
        "_blocks.10._bn2.running_mean": "blocks.10.project.1.running_mean",
    }.items():
        assert torch.equal(loaded[ours], lite_state[theirs])


def test_a_block_of_lite_is_what_its_weights_say(
    lite_state: dict[str, Tensor], tmp_path: Path
) -> None:
    """Block 2: widen, filter, narrow, and what came in on top; batch norm by its statistics."""
    path = tmp_path / "lite.pth"
    torch.save(lite_state, path)
    encoder = ENCODERS["efficientnet-lite0"](3, 32).eval()
    load_imagenet_weights(encoder, path)

    def normed(x: Tensor, name: str) -> Tensor:
        part = [lite_state[f"_blocks.2.{name}.{each}"].reshape(1, -1, 1, 1) for each in PARTS]
        mean, variance, weight, bias = part
        return (x - mean) / (variance + 1e-3).sqrt() * weight + bias

    def weight(name: str) -> Tensor:
        return lite_state[f"_blocks.2.{name}.weight"]

    given = torch.randn(1, 24, 6, 6, generator=torch.Generator().manual_seed(1))
    x = normed(conv2d(given, weight("_expand_conv")), "_bn0").clamp(0, 6)
    x = normed(conv2d(x, weight("_depthwise_conv"), padding=1, groups=144), "_bn1").clamp(0, 6)
    x = normed(conv2d(x, weight("_project_conv")), "_bn2") + given
    block = encoder.get_submodule("blocks.2")
    torch.testing.assert_close(block(given), x)


def test_a_file_of_lite_that_does_not_fit(lite_state: dict[str, Tensor], tmp_path: Path) -> None:
    path = tmp_path / "lite.pth"
    torch.save(lite_state | {"_blocks.16._bn0.weight": torch.zeros(3)}, path)
    with pytest.raises(InputError, match=r"'_blocks\.16\._bn0\.weight', which Eff"):
        load_imagenet_weights(ENCODERS["efficientnet-lite0"](3, 32), path)
    torch.save(lite_state, path)
    with pytest.raises(InputError, match=r"'_conv_stem.weight' of shape \(32, 3, 3, 3\)"):
        load_imagenet_weights(ENCODERS["efficientnet-lite0"](1, 32), path)
