"""What a process does when nothing changes: limits from its past, and signs that it has changed.

- `limits`: the range that a value keeps to by chance alone (individuals, proportions and rates that know n).
- `runs`: so many values in a row on one side of the centre.
- `control_chart`: all periods against their limits, and which of them are signals.
- `judge_process`: both, and whether the process keeps a target, keeps missing it, or hits and misses it.

Pure statistics: numbers and labels in, numbers out; no table, no language, no clock.
"""

from itsq_analysis.process.control_chart import ControlChart, control_chart
from itsq_analysis.process.judgement import FEWEST, MOST, Process, judge_process
from itsq_analysis.process.limits import Kind, Limits, limits_of
from itsq_analysis.process.runs import RUN, Run, run_of

__all__ = [
    "FEWEST",
    "MOST",
    "RUN",
    "ControlChart",
    "Kind",
    "Limits",
    "Process",
    "Run",
    "control_chart",
    "judge_process",
    "limits_of",
    "run_of",
]
