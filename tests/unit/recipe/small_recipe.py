"""A recipe that is done in seconds, and the sets that it learns from."""

from __future__ import annotations

from pathlib import Path

from tests.source_layouts import write_fields, write_mivia

RECIPE = """\
description: A recipe for tests
preset: tiny
drawn:
  like: any
  field_um: [60, 70]
  border_level: 48
  rounds: [{patients: 3, seed: 1}, {patients: 2, seed: 1}]  # the first has all patterns
  held_out: {patients: 2, seed: 1}
first: &step
  tasks: [mask, pattern, intensity, cells, mixture]
  network.width: 4
  network.head: dense
  image.patch_size: 64
  image.scale: 1
  training.epochs: 1
  training.select: last
  sampling.patches: 16
then: *step
trained_share: 0.5
field_head: {hidden: 4, members: 2, epochs: 2}
even: [mivia]
shares: {mivia: 0.5, i3a-fields: 0.2, drawn: 0.3}
"""


def write_recipe(folder: Path) -> Path:
    """Write the recipe."""
    path = folder / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def write_sets(folder: Path) -> Path:
    """Write six fields of each of two real sets, in the folders of their distributions."""
    write_mivia(folder / "mivia-hep2", 6)
    write_fields(folder / "i3a-task2-fields", 6)
    return folder
