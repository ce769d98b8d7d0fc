"""What dividing cells say of the pattern: whether their condensed chromatin is stained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import log_softmax, logsumexp

from anascope.words import PatternSpace, pattern_named

Floats = NDArray[np.floating[Any]]
_Share = Annotated[float, Field(gt=0, lt=1)]


class ChromatinVote(BaseModel):
    """How often chromatin of dividing cells is classified as stained, by what the pattern does.

    Attributes:
        stained: Share of the dividing cells classified as stained, in sera whose pattern stains
            chromatin.
        unstained: The same share, in sera whose pattern does not.
        weight: Factor of the logarithms of the shares. It is under 1 if the cells of a field tend
            to be wrong together, and 0 if they do not help.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    stained: _Share
    unstained: _Share
    weight: Annotated[float, Field(ge=0, le=1)] = 1.0

    def logarithms(self, space: PatternSpace, stained: float, unstained: float) -> Floats:
        """Return the logarithm of the factor that the cells give to the probability of each class.

        A class whose leaves differ, or stain only the surface of the chromatin, has the mean of
        both shares.

        Args:
            space: The classes.
            stained: Number of dividing cells whose chromatin is classified as stained; a mean over
                fields may be a fraction.
            unstained: Number of the others.

        Returns:
            Shape (classes,).
        """
        shares = {True: self.stained, False: self.unstained}
        middle = (self.stained + self.unstained) / 2
        kinds = [pattern_named(name).stains_chromatin for name in space.classes]
        share = np.array([middle if kind is None else shares[kind] for kind in kinds])
        votes: Floats = self.weight * (stained * np.log(share) + unstained * np.log1p(-share))
        return votes


def fit_chromatin_vote(
    logits: Floats,
    allowed: NDArray[np.bool_],
    dividing: Floats,
    patterns: Sequence[str],
    space: PatternSpace,
) -> ChromatinVote | None:
    """Return the weight of dividing cells, from sera on which the network was not trained.

    The shares are those of cells in sera of patterns that stain chromatin, or do not, with one cell
    of either kind added. The weight is the one with the smallest negative log-likelihood.

    Args:
        logits: Logits of the pattern, divided by their temperature, (N, classes).
        allowed: For each row which classes its label leaves possible, (N, classes).
        dividing: Numbers of dividing cells classified as stained, and as unstained, (N, 2).
        patterns: The true one of each row.
        space: The classes.

    Returns:
        None if no dividing cell was classified in sera of either kind.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and reading does not fit

    kinds = np.array([pattern_named(name).stains_chromatin for name in patterns], object)
    sums = {kind: dividing[kinds == kind].sum(axis=0) for kind in (True, False)}
    if not all(counts.sum() > 0 for counts in sums.values()):
        return None
    shares = [float((counts[0] + 1) / (counts.sum() + 2)) for counts in sums.values()]
    vote = ChromatinVote(stained=shares[0], unstained=shares[1])
    votes = np.stack([vote.logarithms(space, *cells) for cells in dividing])

    def loss(weight: float) -> float:
        voted = log_softmax(logits + weight * votes, axis=1)
        return -float(logsumexp(np.where(allowed, voted, -np.inf), axis=1).mean())

    best = minimize_scalar(loss, bounds=(0, 1), method="bounded")
    weight = min((0.0, float(best.x), 1.0), key=loss)  # the search does not try its ends
    return vote.model_copy(update={"weight": weight})
