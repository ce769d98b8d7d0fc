"""Colours that colour-blind readers tell apart: Okabe & Ito, "Color Universal Design" (2008).

As CSS and Matplotlib write them. Style sheets and Typst templates have :data:`BLUE` for what
stands out.
"""

BLACK = "#000000"
ORANGE = "#e69f00"
SKY_BLUE = "#56b4e9"
GREEN = "#009e73"
YELLOW = "#f0e442"
BLUE = "#0072b2"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

ON_WHITE = (BLUE, VERMILION, GREEN, PURPLE, BLACK, ORANGE, SKY_BLUE)
"""Those for lines on white paper, which swallows the yellow; those most unlike come first."""
