"""One model, two engines: the same numbers, for fields of any size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import anascope
from anascope.cli._app import app
from anascope.errors import InputError
from anascope.files import sha256_of
from anascope.models import (
    ONNX,
    WEIGHTS,
    Learned,
    Model,
    ModelCard,
    build_network,
    export_onnx,
    load_model,
    read_card,
    save_model,
)
from anascope.models._card import FIELD_HEAD
from anascope.models._export_onnx import exported_field_head
from anascope.models.engines import Tiling, open_engine, read_field
from anascope.models.engines._engine import FieldOutput
from anascope.presets import load_preset
from anascope.words import PHASES, TASK_NAMES, IntensityScale, PatternSpace, Vocabulary
from tests.vouched import vouch

CLASSES = ("homogeneous", "centromere", "golgi")


def model(
    head: str,
    encoder: str = "residual",
    *,
    cells: bool = False,
    field_head: bool = False,
    **image: Any,
) -> Model:
    """Return a small network.

    Args:
        head: The kind of its heads.
        encoder: Its encoder.
        cells: Whether it tells single cells, and which sera are mixed.
        field_head: Whether it has a field head, with half of the word.
        image: Keys of its preset's section of that name.
    """
    tasks = [*TASK_NAMES, "cells", "mixture"] if cells else [*TASK_NAMES]
    keys = {"head": head, "encoder": encoder, "width": 4, "hidden": 8}
    keys["field_hidden"] = 5 if field_head else 0
    network_keys = {f"network.{key}": value for key, value in keys.items()}
    image_keys = {f"image.{key}": value for key, value in image.items()}
    preset = load_preset("tiny", network_keys | image_keys | {"tasks": tasks})
    network = build_network(preset, Vocabulary(PatternSpace(CLASSES)))
    torch.manual_seed(5)
    network.train()
    with torch.no_grad():
        network(torch.randn(4, 3, 96, 96))  # so that batch norms have seen something
    levels = IntensityScale().levels
    if network.field_head is not None:
        network.field_head.share.fill_(0.5)
    learned = Learned(cells=cells, mixture=cells)
    card = ModelCard(preset=preset, patterns=CLASSES, intensities=levels, learned=learned)
    return Model(network.eval(), card)


KINDS = ("pooled", "dense with cells", "dense with cells and field head")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a model of each kind, exported by the command, which lets its card vouch for that."""
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    made = {}
    for kind in KINDS:
        made[kind] = path = tmp_path_factory.mktemp("model")
        head = kind.split()[0]
        save_model(path, model(head, cells="cells" in kind, field_head="field head" in kind))
        before = read_card(path)
        result = CliRunner().invoke(app, ["export", str(path)])
        assert result.exit_code == 0, result.output
        after = read_card(path)
        hashes = {name: sha256_of((path / name).read_bytes()) for name in (WEIGHTS, ONNX)}
        assert after.files == hashes
        assert after.identity == before.identity
        assert open_engine(path).name == "onnxruntime"
    return made


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Path:
    return folders[request.param]


def field(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(7).random((height, width), np.float32)


@pytest.mark.parametrize("shape", [(96, 96), (130, 173), (64, 201)])
def test_both_say_the_same(folder: Path, shape: tuple[int, int]) -> None:
    outputs = [
        open_engine(folder, engine=name).run(field(*shape), (0.1, 0.8))
        for name in ("torch", "onnxruntime")
    ]
    for name, first, second in zip(FieldOutput._fields, *outputs, strict=True):
        if first is None:
            assert second is None
        else:
            np.testing.assert_allclose(first, second, atol=2e-5, rtol=2e-4, err_msg=name)
    assert (outputs[0].field_inputs is not None) == bool(
        read_card(folder).preset.network.field_hidden
    )
    assert outputs[0].mask.shape == shape
    assert outputs[0].pattern.shape == (3,)
    assert outputs[0].intensity.shape == (1,)


def test_an_exported_network_reads_in_tiles_if_it_has_a_map(folder: Path) -> None:
    engine = open_engine(folder, engine="onnxruntime")
    assert engine.halo == open_engine(folder, engine="torch").halo
    stored = (255 * field(97, 401)).astype(np.uint8)
    outputs = [
        read_field(engine, stored, (0.1, 0.8), tiling)
        for tiling in (Tiling(), Tiling(whole=1000, side=400))
    ]
    for name, first, second in zip(FieldOutput._fields, *outputs, strict=True):
        if first is None:
            assert second is None
        else:
            np.testing.assert_allclose(first, second, atol=1e-5, rtol=1e-4, err_msg=name)


def test_an_exported_network_tells_no_path(folder: Path) -> None:
    assert str(Path(anascope.__file__).parent).encode() not in (folder / ONNX).read_bytes()


def test_the_map_is_that_of_a_dense_head(folder: Path) -> None:
    output = open_engine(folder, engine="torch").run(field(96, 160), (0.1, 0.8))
    dense = load_model(folder).card.preset.network.head == "dense"
    assert (output.places is not None) == dense
    if output.places is not None:
        assert output.places.shape == (3, 6, 10)
        assert output.stride == 16
        assert output.place_in((192, 640)) == (32, 64)


def test_single_cells_are_told_of_each_pixel(folder: Path) -> None:
    output = open_engine(folder).run(field(96, 161), (0.1, 0.8))
    assert (output.interior is not None) == ("cells" in load_model(folder).card.preset.tasks)
    assert (output.phases is not None) == (output.interior is not None)
    if output.interior is not None and output.phases is not None:
        assert output.interior.shape == (96, 161)
        assert (output.interior >= 0).all()
        assert (output.interior <= 1).all()
        assert output.phases.shape == (len(PHASES), 96, 161)


def test_single_cells_are_told_by_a_network_that_reads_in_patches(tmp_path: Path) -> None:
    save_model(tmp_path, model("flatten", cells=True))
    output = open_engine(tmp_path, engine="torch").run(field(130, 173), (0.1, 0.8))
    assert output.interior is not None
    assert output.phases is not None
    assert output.interior.shape == output.phases.shape[1:] == (130, 173)
    assert output.mixture is not None
    assert output.mixture.shape == (1,)


def test_mixtures_are_told_where_that_is_a_task(folder: Path) -> None:
    for engine in ("torch", "onnxruntime"):
        output = open_engine(folder, engine=engine).run(field(96, 161), (0.1, 0.8)).mixture
        assert (output is not None) == ("mixture" in load_model(folder).card.preset.tasks)
        assert output is None or output.shape == (1,)


def test_an_exported_network_that_lacks_a_task_of_its_card_is_refused(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    copytree(folders["dense with cells"], tmp_path / "other")
    vouch(tmp_path / "other", ONNX, (folders["pooled"] / ONNX).read_bytes())
    with pytest.raises(InputError, match=r"expected .*, interior of 4 axes, phases of 4 axes"):
        open_engine(tmp_path / "other", engine="onnxruntime")


def test_a_field_head_that_is_missing_or_damaged_is_refused(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    copytree(folders["dense with cells and field head"], tmp_path / "other")
    exported = onnx.load(tmp_path / "other" / ONNX)
    (head,) = (each for each in exported.metadata_props if each.key == FIELD_HEAD)
    head.value = "bm8gbmV0d29yaw=="
    vouch(tmp_path / "other", ONNX, exported.SerializeToString())
    with pytest.raises(InputError, match="'field_head' is not a network"):
        open_engine(tmp_path / "other", engine="onnxruntime")
    other = model("dense", cells=True, field_head=True)
    assert other.network.field_head is not None
    other.network.field_head.out.bias.add_(1.0)
    head.value = exported_field_head(other.network.field_head)
    vouch(tmp_path / "other", ONNX, exported.SerializeToString())
    with pytest.raises(InputError, match="another answer of 'field_head' than of the network"):
        open_engine(tmp_path / "other", engine="onnxruntime")
    exported.metadata_props.remove(head)
    vouch(tmp_path / "other", ONNX, exported.SerializeToString())
    with pytest.raises(InputError, match="no 'field_head' in its metadata"):
        open_engine(tmp_path / "other", engine="onnxruntime")
    copytree(folders["dense with cells and field head"], tmp_path / "another")
    vouch(tmp_path / "another", ONNX, (folders["dense with cells"] / ONNX).read_bytes())
    with pytest.raises(InputError, match="field_inputs of 2 axes, field_places of 4 axes"):
        open_engine(tmp_path / "another", engine="onnxruntime")


def test_an_export_of_before_is_to_be_made_anew(folder: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    copytree(folder, tmp_path / "old")
    old = onnx.load(tmp_path / "old" / ONNX)
    del old.metadata_props[:]
    vouch(tmp_path / "old", ONNX, old.SerializeToString())
    with pytest.raises(
        InputError, match=r"no 'stride' in its metadata; expected .* exported again"
    ):
        open_engine(tmp_path / "old", engine="onnxruntime")


def test_flatten_head_reads_patch_by_patch(tmp_path: Path) -> None:
    save_model(tmp_path, model("flatten"))
    output = open_engine(tmp_path, engine="torch").run(field(130, 173), (0.1, 0.8))
    assert output.mask.shape == (130, 173)
    assert output.places is None
    with pytest.raises(InputError, match="head 'flatten'"):
        export_onnx(load_model(tmp_path), tmp_path / ONNX)


def test_onnx_runtime_does_without_pytorch(folder: Path) -> None:
    script = (
        "import sys, numpy as np\n"
        "sys.modules['torch'] = None\n"
        "from anascope.models.engines import open_engine\n"
        f"engine = open_engine({str(folder)!r})\n"
        "said = engine.run(np.zeros((64, 64), np.float32), (0.0, 1.0))\n"
        "print(engine.name, said.mask.shape)\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout == "onnxruntime (64, 64)\n", found.stderr


GPU = pytest.param(
    "gpu", marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
)


@pytest.mark.parametrize("engine", ["auto", "onnxruntime", "torch"])
@pytest.mark.parametrize("accelerator", ["banana", "GPU", "", GPU])
def test_an_accelerator_that_is_not_there_is_refused(
    folder: Path, engine: str, accelerator: str
) -> None:
    with pytest.raises(InputError) as refusal:
        open_engine(folder, engine=engine, accelerator=accelerator)
    error = refusal.value
    runtime = "ONNX Runtime" if engine == "onnxruntime" else "PyTorch"
    expected = {
        "gpu": (f"'gpu', which {runtime} cannot use here", "cpu or auto"),
        "GPU": ("'GPU'", "one of auto, cpu, gpu (did you mean 'gpu'?)"),
    }
    assert (error.where, error.found, error.expected) == (
        "accelerator",
        *expected.get(accelerator, (f"'{accelerator}'", "one of auto, cpu, gpu")),
    )


@pytest.mark.parametrize(
    ("engine", "accelerator", "name"),
    [
        ("auto", "cpu", "onnxruntime"),
        ("onnxruntime", "cpu", "onnxruntime"),
        ("onnxruntime", "auto", "onnxruntime"),
        ("torch", "cpu", "torch"),
    ],
)
def test_engines_say_what_they_compute_on(
    folder: Path, engine: str, accelerator: str, name: str
) -> None:
    opened = open_engine(folder, engine=engine, accelerator=accelerator)
    assert (opened.name, opened.accelerator) == (name, "cpu")


@pytest.mark.parametrize("engine", ["auto", "torch"])
def test_auto_is_a_gpu_where_pytorch_can_use_one(folder: Path, engine: str) -> None:
    opened = open_engine(folder, engine=engine, accelerator="auto")
    if torch.cuda.is_available():
        assert (opened.name, opened.accelerator) == ("torch", "gpu")
    else:
        assert opened.name == ("torch" if engine == "torch" else "onnxruntime")
        assert opened.accelerator == "cpu"


def test_threads_are_those_of_pytorch_only_while_it_reads(folder: Path) -> None:
    before = torch.get_num_threads()
    engine = open_engine(folder, engine="torch", threads=before + 1)
    assert torch.get_num_threads() == before
    engine.run(field(64, 64), (0.1, 0.8))
    assert torch.get_num_threads() == before


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    save_model(tmp_path, model("dense"))
    with pytest.raises(InputError, match=r"no network\.onnx; expected an exported network"):
        open_engine(tmp_path, engine="onnxruntime")
    with pytest.raises(InputError, match="did you mean 'torch'"):
        open_engine(tmp_path, engine="torhc")
    with pytest.raises(InputError, match="not a model"):
        open_engine(tmp_path / "none")


def test_a_damaged_network_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    save_model(tmp_path, model("dense"))
    vouch(tmp_path, ONNX, b"\x80\x04pickled")
    with pytest.raises(InputError, match="not a network"):
        open_engine(tmp_path)
