"""Where a cell is in its division, and what then shows of its chromatin."""

from __future__ import annotations

from anascope.errors import InputError, did_you_mean

PHASES = ("interphase", "prometaphase", "metaphase", "anaphase")
"""The phases that are distinguished, in the order of every tensor that has one entry a phase.

Prometaphase includes prophase, and anaphase includes telophase, because they look alike and differ
only in time."""

MITOSIS = "mitosis"
"""The label of a dividing cell whose phase is not stated: any of the phases but the first."""

CHROMATIN = ("unstained", "stained")
"""Whether antibodies stain the condensed chromatin of a dividing cell."""

_ALLOWED = {
    "interphase": {"interphase"},
    "prophase": {"prometaphase"},
    "prometaphase": {"prometaphase"},
    "metaphase": {"metaphase"},
    "anaphase": {"anaphase"},
    "telophase": {"anaphase"},
    MITOSIS: set(PHASES[1:]),
}


def phase_named(label: str, *, where: str = "phase") -> str:
    """Return the word for a phase that ``label`` is; case and surrounding blanks do not matter.

    Raises:
        InputError: if there is no such word; the message names the nearest one.
    """
    return _named(label, tuple(_ALLOWED), where, "phase")


def chromatin_named(label: str, *, where: str = "chromatin") -> str:
    """Return the word for chromatin that ``label`` is, as :func:`phase_named` does for phases."""
    return _named(label, CHROMATIN, where, "chromatin")


def phases_allowed(label: str | None) -> tuple[bool, ...]:
    """Return, for each of :data:`PHASES`, whether ``label`` leaves it possible; None leaves all.

    >>> phases_allowed("telophase"), phases_allowed("mitosis")
    ((False, False, False, True), (False, True, True, True))

    Raises:
        InputError: if there is no such word.
    """
    if label is None:
        return (True,) * len(PHASES)
    allowed = _ALLOWED[phase_named(label)]
    return tuple(phase in allowed for phase in PHASES)


def _named(label: str, known: tuple[str, ...], where: str, what: str) -> str:
    word = label.strip().lower()
    if word not in known:
        raise InputError(where, f"unknown {what} '{label.strip()}'", did_you_mean(label, known))
    return word
