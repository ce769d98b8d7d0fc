"""ImageNet weights from a generated file in torchvision's layout."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

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


def test_only_resnet34_takes_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encoder 'resnet34'"):
        load_imagenet_weights(ENCODERS["residual"](3, 8), tmp_path / "w.pth")


def test_missing_file(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_imagenet_weights(encoder, tmp_path / "w.pth")
