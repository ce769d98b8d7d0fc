"""Draw the networks and the algorithm of the published study from their code.

    python -m benchmarks.study.diagrams

Its figures 2 to 5, for the documentation: Algorithm 1, the original joint network and its block,
the network and the block with a ResNet basic block. Writes docs/images/paper-*.svg.
"""

from __future__ import annotations

from anascope.presets import load_preset
from anascope.report.plots import draw_boxes
from anascope.studies.analysis import diagrams
from anascope.synthetic import laboratory_named
from anascope.words import IntensityScale, PatternSpace, Vocabulary
from benchmarks.arguments import RESULTS, benchmark_arguments

ORIGINAL = {"network.encoder": "plain"}


def main() -> None:
    """Draw and write."""
    parser = benchmark_arguments(__doc__)
    parser.set_defaults(out=RESULTS.parent / "docs" / "images")
    given = parser.parse_args()
    patterns, levels = zip(*laboratory_named("i3a").labels, strict=True)
    words = Vocabulary(PatternSpace.covering(patterns), IntensityScale.covering(levels))
    presets = [load_preset("paper", ORIGINAL), load_preset("paper")]
    for name, _, diagram in diagrams(presets, words):
        if name != "network-2":  # whose maps are those of the original
            draw_boxes(*diagram, given.out / f"paper-{name}.svg")


if __name__ == "__main__":
    main()
