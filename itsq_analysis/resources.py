"""Where the notebooks, templates and the demo workspace that come with the package are on this machine."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from itsq_analysis.errors import ItsqError

KEEP_OPEN = "ITSQ_KEEP_OPEN"  # variable of kernels that make reports one after another; an analyst opens a workspace as it is now


def folder(name: Literal["notebooks", "templates", "data/sample"]) -> Path:
    """The folder of the shipped notebooks, of the page templates or of the demo workspace.

    In an installed wheel it lies inside the package, in a checkout (an editable install) beside it.

    Raises ItsqError if the installation has neither.

    >>> folder("templates").name
    'templates'
    """
    package = Path(str(files("itsq_analysis")))
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise ItsqError(f"itsq-analysis must come with a folder {name!r}; found none in {package} or beside it; reinstall it")
