"""How large a nucleus of a HEp-2 cell is."""

from __future__ import annotations

NUCLEUS_UM = 13.0
"""Diameter of a typical HEp-2 nucleus, in micrometres."""
