"""The little markup that texts of a report may hold: ``code`` and **bold**, as Markdown has them.

Whatever has no partner is text: there is no such thing as wrong markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

Kind = Literal["text", "code", "strong"]

_SPECIAL = re.compile(r"[\\`*_]")
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
    merged: list[Span] = []
    bold = 0
    for token in _parser().parseInline(text)[0].children or ():
        if token.markup == "**":
            bold += token.nesting
            continue
        kind: Kind = "code" if token.type == "code_inline" else "strong" if bold else "text"
        # Marks that mean nothing here, such as single stars, are text.
        content = token.content or token.markup
        if content and merged and merged[-1].kind == kind != "code":
            merged[-1] = Span(kind, merged[-1].text + content)
        elif content:
            merged.append(Span(kind, content))
    return merged


def plain(markup: str) -> str:
    """Return ``markup`` without its marks."""
    return "".join(span.text for span in spans(markup))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["backticks", "emphasis", "escape"])
