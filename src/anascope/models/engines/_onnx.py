"""ONNX Runtime: no PyTorch needed, and about twice as fast on a CPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from anascope.environment import checked_threads, takes_gpu
from anascope.errors import InputError
from anascope.models._card import ONNX, STRIDE, read_card
from anascope.models._vouched import read_vouched
from anascope.models.engines._checked import check_numbers, check_outputs, check_tasks
from anascope.models.engines._engine import Engine, FieldOutput, Floats

INPUTS = {"signal": 4, "ranges": 2}
OUTPUTS = {"mask": 4, "pattern": 2, "intensity": 2, "places": 4}
"""Of an exported network, by name, how many axes they have; ``places`` only if it has that map."""

_MOST_BYTES = 2**31  # what the format of the file can hold
_STRIDES = (1, 64)
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
            raise InputError("engine", found, "pip install anascope[onnx]") from None
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
        self.stride = self._stride()
        self._outputs = [
            output.name for output in self._session.get_outputs() if output.name in OUTPUTS
        ]
        self._check_run()

    def _check_names(self) -> None:
        """Refuse a network that takes or gives anything else than one of ours."""
        found = {one.name: len(one.shape) for one in self._session.get_inputs()}
        if found != INPUTS:
            raise InputError(self._path, f"inputs {_listed(found)}", _listed(INPUTS))
        found = {one.name: len(one.shape) for one in self._session.get_outputs()}
        wanted = {name: OUTPUTS[name] for name in OUTPUTS if name != "places" or name in found}
        if any(found.get(name) != axes for name, axes in wanted.items()):
            raise InputError(self._path, f"outputs {_listed(found)}", _listed(wanted))

    def _stride(self) -> int:
        metadata = self._session.get_modelmeta().custom_metadata_map
        if STRIDE not in metadata:
            found = f"no '{STRIDE}' in its metadata"
            raise InputError(self._path, found, "a network exported anew")
        text, (least, most) = metadata[STRIDE], _STRIDES
        if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
            raise InputError(self._path, f"{STRIDE} '{text[:20]}'", f"{least} to {most}")
        return int(text)

    def _check_run(self) -> None:
        """Run the network once, over the smallest field: it must give what its card promises."""
        side = self.smallest
        try:
            output = self.run(np.full((side, side), 0.5, np.float32), (0.1, 0.9))
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

    def run(self, signal: Floats, ranges: tuple[float, float]) -> FieldOutput:
        """Read one field."""
        values = self._session.run(
            self._outputs,
            {
                "signal": np.ascontiguousarray(signal[np.newaxis, np.newaxis], np.float32),
                "ranges": np.array([ranges], np.float32),
            },
        )
        outputs = {name: value[0] for name, value in zip(self._outputs, values, strict=True)}
        output = FieldOutput(
            mask=outputs["mask"][0],
            pattern=outputs["pattern"],
            intensity=outputs["intensity"],
            places=outputs.get("places"),
            stride=self.stride,
        )
        check_numbers(output, self._path)
        return output


def _listed(axes: dict[str, int]) -> str:
    return ", ".join(f"{name} of {count} axes" for name, count in axes.items()) or "none"
