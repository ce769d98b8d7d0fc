"""The tasks that one network learns together."""

from __future__ import annotations

TASKS = ("mask", "pattern", "intensity")
"""The tasks, in the order of every tensor that has one entry a task."""
