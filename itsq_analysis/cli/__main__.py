"""`python -m itsq_analysis.cli`: the command line where `itsq` is not on the path."""

from itsq_analysis.cli import main

main()
