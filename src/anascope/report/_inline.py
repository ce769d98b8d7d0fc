"""The little markup that texts of a report may hold: ``code`` and **bold**."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "strong"]

_SPECIAL = re.compile(r"[\\`*]")
# An escaped character, a run of backticks with its equal on the right, or two stars with theirs.
# Whatever has no partner is text: there is no such thing as wrong markup.
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\`*])"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\*\*(?=\S)(?P<strong>(?:\\[\\`*]|[^\\*]|\\(?![\\`*])|\*(?!\*))+?)(?<=\S)\*\*",
    re.DOTALL,
)
# What neither HTML nor a font can show: control characters, and halves of surrogate pairs, which
# stand for undecodable bytes in names of files.
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one kind of type."""

    kind: Kind
    text: str


def showable(text: str) -> str:
    """Return ``text`` with what cannot be shown as replacement characters."""
    return _UNSHOWABLE.sub("\ufffd", text)


def escape(text: str) -> str:
    """Return markup that shows ``text`` as it is, whatever it holds.

    >>> escape("data/**/a.csv")
    'data/\\\\*\\\\*/a.csv'
    """
    return _SPECIAL.sub(r"\\\g<0>", text)


def code(text: str) -> str:
    """Return markup that shows ``text`` as code, whatever it holds.

    >>> code("a ` b")
    '`` a ` b ``'
    """
    if not text.strip():
        return escape(text)
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    # A blank on both sides is dropped again, so ticks at an end do not join the fence.
    inner = f" {text} " if "`" in text or text[0] == text[-1] == " " else text
    return f"{fence}{inner}{fence}"


def spans(markup: str) -> list[Span]:
    """Return ``markup`` as spans; white space becomes single blanks.

    >>> [(span.kind, span.text) for span in spans("**Dice** by `eval`")]
    [('strong', 'Dice'), ('text', ' by '), ('code', 'eval')]
    """
    text = re.sub(r"\s+", " ", showable(markup))
    made: list[Span] = []
    end = 0
    for match in _TOKEN.finditer(text):
        _add(made, "text", text[end : match.start()])
        if match["escaped"]:
            _add(made, "text", match["escaped"])
        elif match["code"]:
            _add(made, "code", _unpadded(match["code"]))
        else:
            _add(made, "strong", re.sub(r"\\([\\`*])", r"\1", match["strong"]))
        end = match.end()
    _add(made, "text", text[end:])
    return made


def plain(markup: str) -> str:
    """Return ``markup`` without its marks."""
    return "".join(span.text for span in spans(markup))


def _add(made: list[Span], kind: Kind, text: str) -> None:
    if not text:
        return
    if made and made[-1].kind == kind == "text":
        made[-1] = Span("text", made[-1].text + text)
    else:
        made.append(Span(kind, text))


def _unpadded(text: str) -> str:
    padded = len(text) > 2 and text[0] == text[-1] == " " and bool(text.strip())
    return text[1:-1] if padded else text
