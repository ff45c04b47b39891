"""Build the site.

    python -m tools.site build/site [reports]

reads the checkout it stands in; the second word is a folder of reports to show in the gallery.
"""

import sys
from pathlib import Path

from tools.site.build import build

build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
