"""Numbers that hold in several packages, unless somebody says otherwise."""

SEED = 12357
"""Seed of the draw of folds and of trainings (published study)."""

FOLD_COUNT = 5
"""Into how many folds patients are divided (published study)."""

VALIDATION_SHARE = 0.2
"""Part of the training patients that validates (published study)."""

SMALLEST_UM, LARGEST_UM = 0.02, 4.0
"""What can be the pixel of a light microscope's camera, in micrometres.

A 100× objective on pixels of 2 µm gives 0.02; a 4× objective on pixels of 16 µm gives 4. Anything
else comes from a program that had to write some number: 72, 96, 300 and 1200 dots per inch are 353,
265, 85 and 21 µm.
"""

COVERAGE = 0.8
"""How often sets are to hold the right pattern. For 0.9 the limit of 14 held-out specimens is the
lowest of their scores, which one odd specimen decides."""
SINGLES_CALLED_MIXED = 0.05
"""Share of the sera of one pattern that may be said to show two."""

POSITIVES_CALLED_NEGATIVE = 0.02
"""Share of the sera of any pattern that may be said to be negative: a sensitivity of 0.98."""

NO_CELL = 1e-3
"""Weight of a place without cells, beside 1 of one that is all cell, in what a field is called."""
