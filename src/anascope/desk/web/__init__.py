"""The desk's pages: a web application for one machine or a laboratory's network.

Nothing is decided here: who may do what is said by :mod:`anascope.desk.accounts`, and what a result
is by :mod:`anascope.desk.review`. Pages are made on the server and need no build; the script on
them adds the viewer and keys. Nothing is asked from outside.

>>> from anascope.desk.web import is_loopback
>>> is_loopback("::1")
True
"""

from anascope.desk.web._app import make_app
from anascope.desk.web._serve import LOOPBACK, PORT, is_loopback, serve
from anascope.desk.web._serving import Serving, Watched

__all__ = ["LOOPBACK", "PORT", "Serving", "Watched", "is_loopback", "make_app", "serve"]
