"""ONNX Runtime: no PyTorch needed, and about twice as fast on a CPU."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from anascope.environment import checked_threads, takes_gpu
from anascope.errors import InputError
from anascope.models._card import FIELD_HEAD, HALO, ONNX, STRIDE, read_card
from anascope.models._vouched import read_vouched
from anascope.models.engines._checked import check_numbers, check_outputs, check_tasks
from anascope.models.engines._engine import Engine, FieldMaps, FieldOutput, Floats
from anascope.models.engines._small_network import SmallNetwork

INPUTS = {"signal": 4, "ranges": 2}
OUTPUTS = {
    "mask": 4,
    "pattern": 2,
    "intensity": 2,
    "places": 4,
    "intensity_places": 4,
    "interior": 4,
    "phases": 4,
    "mixture": 2,
    "mixture_places": 4,
    "field_inputs": 2,
    "field_places": 4,
}
"""Of an exported network, by name, how many axes they have."""
_OF_CELLS = ("interior", "phases")  # only of one that tells single cells
_OF_MIXTURE = ("mixture", "mixture_places")  # only of one that tells sera of several patterns
_OF_FIELD = ("field_inputs", "field_places")  # only of one with a field head
_PLACED = ("places", "intensity_places", "mixture_places")  # only of one with a dense head
# Of a field:
_FIELD_OUTPUTS = ("mask", "pattern", "intensity", "places", *_OF_CELLS, "mixture", "field_inputs")
_MAPS = ("mask", "places", "intensity_places")  # of a part of one

_MOST_BYTES = 2**31  # what the format of the file can hold
_STRIDES, _HALOS = (1, 64), (0, 10_000)
_OTHER_FILES = "session.model_external_initializers_file_folder_path"
_EXPORTED = "a network that anascope exported"


class OnnxEngine(Engine):
    """An exported network in ONNX Runtime, on the CPU.

    Args:
        folder: With ``card.json`` and ``network.onnx``.
        accelerator: ``cpu``, or ``auto``, which is the CPU here.
        threads: All usable if None.

    Raises:
        InputError: if ONNX Runtime is not installed, another accelerator or too many threads are
            wanted, the file is damaged or not the one that the card was written for, or an older
            anascope exported it.
    """

    name = "onnxruntime"
    accelerator = "cpu"

    def __init__(self, folder: Path, accelerator: str = "cpu", threads: int | None = None) -> None:
        takes_gpu(accelerator, runtime="ONNX Runtime", has_gpu=False)
        threads = checked_threads(threads)
        try:
            import onnxruntime
        except ImportError:
            found = "onnxruntime, which is not installed"
            raise InputError("engine", found, "pip install onnxruntime") from None
        self.card = read_card(folder)
        check_tasks(self.card, folder)
        options: Any = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # nothing: what goes wrong is raised as well
        if threads:
            options.intra_op_num_threads = threads
        self._path = folder / ONNX
        # Numbers that the network would take from other files are not vouched for: below a file
        # there are none.
        options.add_session_config_entry(_OTHER_FILES, str(self._path / "none"))
        content = read_vouched(folder, self.card, ONNX, most=_MOST_BYTES)
        try:
            self._session: Any = onnxruntime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime has a family of errors of its own
            raise InputError(self._path, f"not a network ({error})", "an exported one") from None
        self._check_names()
        metadata = self._session.get_modelmeta().custom_metadata_map
        if STRIDE not in metadata:
            found = f"no '{STRIDE}' in its metadata"
            raise InputError(self._path, found, "a network that is exported again")
        self.stride = self._number(STRIDE, metadata[STRIDE], _STRIDES)
        self._options: Any = onnxruntime.RunOptions
        self._outputs = {output.name for output in self._session.get_outputs()}
        maps = {*_MAPS} | ({"mixture_places"} if "mixture" in self._outputs else set())
        placed = HALO in metadata and self._outputs >= maps
        self.halo = self._number(HALO, metadata[HALO], _HALOS) if placed else None
        self._field_head: SmallNetwork | None = None
        if self.card.preset.network.field_hidden:
            if FIELD_HEAD not in metadata:
                found = f"no '{FIELD_HEAD}' in its metadata"
                raise InputError(self._path, found, _EXPORTED)
            self._field_head = self._small(metadata[FIELD_HEAD])
        self._check_run()

    def _small(self, text: str) -> SmallNetwork:
        """Return the network that lies in the metadata."""
        try:
            return SmallNetwork(b64decode(text, validate=True))
        except Exception as error:  # as above
            found = f"'{FIELD_HEAD}' is not a network ({error})"
            raise InputError(self._path, found, _EXPORTED) from None

    def _check_names(self) -> None:
        """Refuse a network that takes or gives anything else than one of ours."""
        found = {tensor.name: len(tensor.shape) for tensor in self._session.get_inputs()}
        if found != INPUTS:
            raise InputError(self._path, f"inputs {_listed(found)}", _listed(INPUTS))
        found = {tensor.name: len(tensor.shape) for tensor in self._session.get_outputs()}
        may_lack = {*_PLACED} - found.keys()
        for task, of_task in (("cells", _OF_CELLS), ("mixture", _OF_MIXTURE)):
            if task not in self.card.preset.tasks:
                may_lack |= {*of_task}
        if not self.card.preset.network.field_hidden:
            may_lack |= {*_OF_FIELD}
        wanted = {name: axes for name, axes in OUTPUTS.items() if name not in may_lack}
        if any(found.get(name) != axes for name, axes in wanted.items()):
            raise InputError(self._path, f"outputs {_listed(found)}", _listed(wanted))

    def _number(self, key: str, text: str, bounds: tuple[int, int]) -> int:
        """Return a number of the network's metadata."""
        least, most = bounds
        if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
            raise InputError(self._path, f"{key} '{text[:20]}'", f"{least} to {most}")
        return int(text)

    def _check_run(self) -> None:
        """Run the network once, over the smallest field: it must give what its card promises."""
        side = self.smallest
        try:
            output = self.run(np.full((side, side), 0.5, np.float32), (0.1, 0.9))
            answer = None if output.field_inputs is None else self.answer(output.field_inputs)
        except InputError:
            raise
        except Exception as error:  # as above
            raise InputError(self._path, f"does not run ({error})", _EXPORTED) from None
        check_outputs(output, self.card, self._path)
        places = side // self.stride
        if output.mask.shape != (side, side):
            raise InputError(self._path, f"a mask of shape {output.mask.shape}", f"{(side, side)}")
        if output.places is not None and output.places.shape[1:] != (places, places):
            found = f"places of shape {output.places.shape[1:]} with {STRIDE} {self.stride}"
            raise InputError(self._path, found, f"{(places, places)}")
        if answer is not None:
            check_numbers({FIELD_HEAD: answer}, self._path)
            mixture = np.zeros(0) if output.mixture is None else output.mixture
            expected = np.concatenate([output.pattern, mixture])
            if answer.shape != expected.shape or not np.allclose(
                answer, expected, rtol=1e-3, atol=1e-3
            ):
                found = f"another answer of '{FIELD_HEAD}' than of the network"
                raise InputError(self._path, found, _EXPORTED)

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        outputs = self._named_outputs(
            [name for name in _FIELD_OUTPUTS if name in self._outputs], signal, ranges
        )
        return FieldOutput(
            mask=outputs["mask"][0],
            pattern=outputs["pattern"],
            intensity=outputs["intensity"],
            places=outputs.get("places"),
            stride=self.stride,
            **self._of_cells(outputs),
            mixture=outputs.get("mixture"),
            field_inputs=outputs.get("field_inputs"),
        )

    def maps(self, signal: Floats, ranges: tuple[float, float]) -> FieldMaps:
        """Return what is said at each pixel and place of a part of a field."""
        # Tiles at an edge have sizes of their own: what each needs would pile up.
        options: Any = self._options()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        wanted = (*_MAPS, *_OF_CELLS, "mixture_places", "field_places")
        names = [name for name in wanted if name in self._outputs]
        outputs = self._named_outputs(names, signal, ranges, options)
        mask, places, intensity = (outputs[name] for name in _MAPS)
        return FieldMaps(
            mask[0],
            places,
            intensity,
            **self._of_cells(outputs),
            mixture=outputs.get("mixture_places"),
            field_places=outputs.get("field_places"),
        )

    def answer(self, field_inputs: Floats) -> Floats:
        """Return what the field head says."""
        assert self._field_head is not None  # else there is no such field
        logits: Floats = self._field_head(field_inputs[np.newaxis])[0]
        return logits

    def _of_cells(self, outputs: dict[str, Floats]) -> dict[str, Floats]:
        """Return what is said of single cells, if the network tells them."""
        if "interior" not in outputs:
            return {}
        return {"interior": outputs["interior"][0], "phases": outputs["phases"]}

    def _named_outputs(
        self,
        names: Sequence[str],
        signal: Floats,
        ranges: tuple[float, float],
        options: Any = None,
    ) -> dict[str, Floats]:
        """Return some of the network's outputs by name, in that order."""
        values = self._session.run(
            names,
            {
                "signal": np.ascontiguousarray(signal[np.newaxis, np.newaxis], np.float32),
                "ranges": np.array([ranges], np.float32),
            },
            options,
        )
        outputs = {name: value[0] for name, value in zip(names, values, strict=True)}
        check_numbers(outputs, self._path)
        return outputs


def _listed(axes: dict[str, int]) -> str:
    return ", ".join(f"{name} of {count} axes" for name, count in axes.items()) or "none"
