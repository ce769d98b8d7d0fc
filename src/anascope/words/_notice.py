"""What the output is not."""

from __future__ import annotations

RESEARCH_USE = "Research use only. Not a medical device, not a diagnosis."
"""Stands on every result, report and model."""
