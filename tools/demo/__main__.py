"""`python -m tools.demo DIR` writes the demo workspace into DIR."""

import sys
from pathlib import Path

from tools.demo import write_demo

if len(sys.argv) != 2:
    sys.exit("usage: python -m tools.demo DIR")
write_demo(Path(sys.argv[1]))
