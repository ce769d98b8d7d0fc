"""The tasks that presets name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points

from anascope.errors import InputError, did_you_mean
from anascope.tasks._cells import CELLS
from anascope.tasks._intensity import INTENSITY
from anascope.tasks._mask import MASK
from anascope.tasks._mixture import MIXTURE
from anascope.tasks._pattern import PATTERN
from anascope.tasks._task import Task

TASKS: tuple[Task, ...] = (MASK, PATTERN, INTENSITY)
"""The tasks of the published study, in the order of every tensor that has one entry a task."""

_GROUP = "anascope.tasks"
_registered: dict[str, Task] = {task.name: task for task in (*TASKS, CELLS, MIXTURE)}


def register(task: Task) -> None:
    """Let presets name ``task``, in this process.

    A package that is installed needs no call: it states its tasks as entry points of the group
    ``anascope.tasks``, and every process finds them.

    Raises:
        InputError: if another task has that name.
    """
    if _registered.setdefault(task.name, task) is not task:
        raise InputError("task", f"a second one named '{task.name}'", "a name of its own")


def tasks_named(names: Sequence[str]) -> tuple[Task, ...]:
    """Return the tasks of a preset, in its order.

    Only tasks that are registered or installed can be named: a preset or a card is data, and
    chooses no code.

    Raises:
        InputError: if there is no such task.
    """
    if not set(names) <= set(_registered):
        for point in entry_points(group=_GROUP):
            _registered.setdefault(point.name, point.load())
    unknown = next((name for name in names if name not in _registered), None)
    if unknown is not None:
        raise InputError("tasks", f"'{unknown}'", did_you_mean(unknown, tuple(_registered)))
    return tuple(_registered[name] for name in names)
