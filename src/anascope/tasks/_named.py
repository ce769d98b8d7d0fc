"""The tasks that presets name."""

from __future__ import annotations

from collections.abc import Sequence
from pkgutil import resolve_name

from anascope.errors import InputError, did_you_mean
from anascope.tasks._intensity import INTENSITY
from anascope.tasks._mask import MASK
from anascope.tasks._pattern import PATTERN
from anascope.tasks._task import Task

TASKS: tuple[Task, ...] = (MASK, PATTERN, INTENSITY)
"""The tasks of the published study, in the order of every tensor that has one entry a task."""


def tasks_named(names: Sequence[str]) -> tuple[Task, ...]:
    """Return the tasks of a preset, in its order.

    Args:
        names: Of tasks in :data:`TASKS`, or ``package.module:OBJECT`` of others.

    Raises:
        InputError: if there is no such task.
    """
    known = {task.name: task for task in TASKS}
    return tuple(known.get(name) or _elsewhere(name, tuple(known)) for name in names)


def _elsewhere(name: str, known: Sequence[str]) -> Task:
    if ":" not in name:
        raise InputError("tasks", f"'{name}'", did_you_mean(name, known))
    try:
        task = resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError("tasks", f"'{name}' ({error})", "package.module:OBJECT") from None
    if not isinstance(task, Task):
        raise InputError("tasks", f"'{name}', {type(task).__name__}", "an object of class Task")
    return task
