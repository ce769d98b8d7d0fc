"""Intervals by bootstrap over patients."""

from anascope.statistics._interval import Interval

__all__ = ["Interval"]
