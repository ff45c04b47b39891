"""The command line: `itsq …`. Bad input ends with a message on stderr and code 2, never with a traceback."""

from itsq_analysis.cli import at_risk, catalogue, evidence, jobs, mapping, pulling, recurring, starting
from itsq_analysis.cli.commands import app, main

__all__ = ["app", "at_risk", "catalogue", "evidence", "jobs", "main", "mapping", "pulling", "recurring", "starting"]
