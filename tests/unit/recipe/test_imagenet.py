"""Where the recipes' first weights come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.presets import load_preset
from anascope.recipe import _imagenet, began_as, from_imagenet
from tests.refusals import refused


def test_other_encoders_begin_by_chance(tmp_path: Path) -> None:
    preset = load_preset("b")
    assert from_imagenet(preset, tmp_path) == {}
    assert began_as(preset) == "chance"


def test_a_package_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_imagenet, "package_of", lambda encoder: "no_such_package")
    expected = "anascope[imagenet] ..."
    with refused("weights of ImageNet", "no_such_package is not installed", expected):
        from_imagenet(load_preset("s"), tmp_path)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "efficientnet-lite0.pth").write_bytes(b"others")
    with pytest.raises(InputError, match="other weights"):
        from_imagenet(load_preset("s"), tmp_path)


@pytest.mark.parametrize("name", _imagenet.SHA256)
def test_those_of_the_package_load(name: str, tmp_path: Path) -> None:
    pytest.importorskip(_imagenet.package_of(name), reason="the extra 'imagenet'")
    from anascope.networks import ENCODERS, load_imagenet_weights

    own = load_preset("s", {"network.encoder": name})
    preset = load_preset("s", {"network.encoder": name, **from_imagenet(own, tmp_path)})
    assert preset.network.imagenet_weights == str(tmp_path / f"{name}.pth")
    assert "ImageNet" in began_as(preset)
    encoder = ENCODERS[preset.network.encoder](3, preset.network.width)
    load_imagenet_weights(encoder, Path(preset.network.imagenet_weights))
