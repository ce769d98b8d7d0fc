"""What a layout of drawn files is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from anascope.synthetic._drawing import Drawing
from anascope.synthetic._field import DrawnField
from anascope.synthetic._population import PlannedField
from anascope.synthetic.optics import Microscope


class Layout(ABC):
    """Files of a drawn set, written field by field.

    Args:
        folder: The folder to fill.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    @abstractmethod
    def check(cls, drawing: Drawing, microscope: Microscope) -> None:
        """Refuse what the layout cannot hold, before anything is drawn.

        Args:
            drawing: All that is drawn.
            microscope: The one microscope of all its fields.

        Raises:
            InputError: if it cannot.
        """

    @abstractmethod
    def add(self, planned: PlannedField, drawn: DrawnField) -> None:
        """Write the files of a field."""

    def close(self) -> None:
        """Write what is of the whole set."""
        return
