"""The names of the tasks that one network learns together."""

from __future__ import annotations

TASK_NAMES = ("mask", "pattern", "intensity")
"""The tasks of the published study, in the order of every tensor that has one entry a task."""
