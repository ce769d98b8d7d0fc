"""Templates made into documents: HTML pages in one file, and PDF by Typst.

What a document tells is not decided here: see :mod:`anascope.report` for studies and cohorts,
and :mod:`anascope.reading.results` for what was read of images. A template lies in the folder
``templates`` of the package that uses it. Nothing in a document is asked from outside: style,
script and pictures are in the HTML file, and only the fonts that come with Typst are in the PDF.

>>> from anascope.documents import data_uri
>>> data_uri(b"GIF", "image/gif")
'data:image/gif;base64,R0lG'
"""

from anascope.documents._html import data_uri, rendered
from anascope.documents._typst import TypstFiles, typst_files, typst_folder, write_typeset

__all__ = ["TypstFiles", "data_uri", "rendered", "typst_files", "typst_folder", "write_typeset"]
