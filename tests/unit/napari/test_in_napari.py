"""napari takes the plugin and its layers; skipped where napari is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_MANIFEST = """
from pathlib import Path
import anascope.napari
from npe2 import PluginManifest

manifest = PluginManifest.from_file(Path(anascope.napari.__file__).with_name("napari.yaml"))
manifest.validate_imports()
print(*(command.id for command in manifest.contributions.commands))
"""

_LAYERS = """
import sys
from napari.components import ViewerModel
from napari.layers import Layer
from anascope.napari import layers_of
from tests.unit.reading.results.conftest import made_up_field

field = made_up_field()
viewer = ViewerModel()
for layer in layers_of(field.reading, field.arrays.labels):
    viewer.add_layer(Layer.create(*layer))
cells, dividing = viewer.layers
assert cells.get_color(1).tolist() == cells.colormap.color_dict[1].tolist()
assert cells.colormap.color_dict[1][3] == 1
assert len(dividing.data) > 0
cell = field.reading.cells[0]
said = cells.get_status((cell.y, cell.x))["value"]
print(said, dividing.features.columns.tolist())
"""

_WIDGET = """
from pathlib import Path
import numpy as np
from qtpy.QtWidgets import QApplication
application = QApplication([])
from napari.components import ViewerModel
from napari.layers import Layer
from npe2 import PluginManager, PluginManifest
import anascope.napari
from anascope.synthetic import MIVIA, draw_field, draw_specimen

manifest = PluginManifest.from_file(Path(anascope.napari.__file__).with_name("napari.yaml"))
manager = PluginManager.instance()
if "anascope" not in manager:
    manager.register(manifest)
(contribution,) = manager.get_manifest("anascope").contributions.widgets
widget = contribution.get_callable()()
assert {"image", "pixel_size_um", "model"} <= {each.name for each in widget}

rng = np.random.default_rng(0)
drawn = draw_field(rng, draw_specimen(rng, "centromere", "positive", MIVIA), (400, 520)).image
viewer = ViewerModel()
layer = viewer.add_image(drawn, name="field", scale=(0.161, 0.161), units=("um", "um"))
for made in widget(image=layer, viewer=viewer, pixel_size_um=0.0, model="s"):
    viewer.add_layer(Layer.create(*made))
names = [each.name for each in viewer.layers]
assert names == ["field", "field cells", "field dividing cells"], names
assert viewer.layers[1].data.max() > 3
assert viewer.layers[1].scale.tolist() == [0.161, 0.161]
assert viewer.text_overlay.visible
print(viewer.text_overlay.text)
"""


def run(code: str) -> str:
    """Run code with napari in a process of its own, that needs no screen."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "NAPARI_CONFIG": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_manifest_is_valid() -> None:
    pytest.importorskip("npe2", reason="needs anascope[napari]")
    assert run(_MANIFEST).split() == ["anascope.get_reader", "anascope.read_layer"]


@pytest.mark.slow
def test_layers_are_taken() -> None:
    """Takes 20 s on a busy core, nearly all of it the import of napari."""
    pytest.importorskip("napari", reason="needs anascope[napari]")
    printed = run(_LAYERS)
    assert "pattern" in printed
    assert "phase" in printed


@pytest.mark.slow
def test_the_widget_reads_a_layer() -> None:
    """Takes 20 s on a busy core: the widget of the manifest reads a drawn field.

    The viewer has no window, as machines that test have no OpenGL to draw one with.
    """
    pytest.importorskip("napari", reason="needs anascope[napari]")
    pytest.importorskip("qtpy", reason="needs a binding of Qt")
    assert "Research use only" in run(_WIDGET)
