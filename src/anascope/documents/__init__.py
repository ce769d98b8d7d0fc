"""Templates made into documents: HTML pages in one file, and PDF by Typst.

The content of a document comes from elsewhere: :mod:`anascope.report` for studies and cohorts, and
:mod:`anascope.reading.results` for results of images. A template is in the folder ``templates`` of
the package that uses it. A document loads nothing from outside: style, script and pictures are in
the HTML file, and only the fonts that come with Typst are in the PDF.

>>> from anascope.documents import data_uri
>>> data_uri(b"GIF", "image/gif")
'data:image/gif;base64,R0lG'
"""

from anascope.documents._html import data_uri, rendered
from anascope.documents._typst import TypstFiles, typst_files, typst_folder, write_typeset

__all__ = ["TypstFiles", "data_uri", "rendered", "typst_files", "typst_folder", "write_typeset"]
