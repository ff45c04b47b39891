"""Forty small faults, each put into a copy of the tree: do the tests see them? By hand, never in CI: `python tools/mutate.py`.

A fault is a small change of a formula, a judgement, a join or a moment, at a line that is found by its text. A text that is not
there exactly once is reported as moved, so that no fault is passed over in silence; `--check` looks for that alone.

    python tools/mutate.py --check
    python tools/mutate.py wilson runs        # those whose name holds one of these
    python tools/mutate.py                    # all; about an hour on one core
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT_OUT = (".git", ".venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
LONGEST = 1200  # seconds; a fault that makes tests run for ever is caught


@dataclass(frozen=True)
class Fault:
    """One small change.

    Attributes:
        name: what is wrong afterwards.
        file: below `itsq_analysis`.
        line: text that stands there exactly once.
        becomes: what stands there instead.
        tests: that should see it, below `tests`; separated by spaces.
    """

    name: str
    file: str
    line: str
    becomes: str
    tests: str


NAIVE = "indicators/test_against_naive.py indicators/test_computed_against_naive.py"
FAULTS = [
    # intervals
    Fault("wilson: level of 90 %", "indicators/intervals.py", "LEVEL = 0.95", "LEVEL = 0.90", "indicators/test_intervals.py"),
    Fault("wilson: z not squared", "indicators/intervals.py", "z**2 / (4 * n**2)", "z / (4 * n**2)",
          "indicators/test_intervals.py"),
    Fault("student: n for n − 1", "indicators/intervals.py", "/ (n * (n - 1))", "/ (n * n)", "indicators/test_intervals.py"),
    Fault("ranks: upper one too low", "indicators/intervals.py", "binomial_quantile(1 - TAIL, sizes, q) + 1",
          "binomial_quantile(1 - TAIL, sizes, q)", "indicators/test_intervals.py"),
    Fault("poisson: seen, not seen + 1", "indicators/intervals.py", "gammaincinv(seen + 1, 1 - TAIL)",
          "gammaincinv(seen, 1 - TAIL)", "indicators/test_intervals.py"),
    # values and their judgement
    Fault("ratio: turned round", "indicators/measure.py", "np.divide(numerator, denominator, out",
          "np.divide(denominator, numerator, out", f"{NAIVE} indicators/test_values.py"),
    Fault("target: met is more than the target", "indicators/judge.py", 'met = measured.value >= target if',
          'met = measured.value > target if', "indicators"),
    Fault("target: lower is better is not", "indicators/judge.py", "else measured.value <= target", "else measured.value >= target",
          "indicators/test_values.py"),
    Fault("certain: the wrong limit", "indicators/judge.py", "measured.upper <= target, measured.lower > target",
          "measured.lower <= target, measured.upper > target", "indicators"),
    Fault("few: one case more", "indicators/judge.py", "np.nan_to_num(measured.n) < indicator.judged_from",
          "np.nan_to_num(measured.n) <= indicator.judged_from", "indicators"),
    Fault("provisional: follow-up forgotten", "indicators/judge.py", "end + timedelta(days=indicator.followup_days)",
          "end", "indicators"),
    Fault("period: not started yet at its start", "indicators/evaluate.py", "start >= query.as_of", "start > query.as_of",
          "indicators"),
    Fault("data: first period before them", "indicators/evaluate.py", "first is None or end <= first",
          "first is None or end < first",
          "indicators"),
    Fault("backlog: end of the window", "indicators/compile.py", "WHERE {after} < {last}", "WHERE {after} <= {last}", NAIVE),
    # computed indicators
    Fault("downtime: overlap by a moment", "indicators/computed/downtime.py", "loss(o)) for o in outages if o.end > o.start",
          "loss(o)) for o in outages if o.end >= o.start", f"{NAIVE} indicators/computed"),
    Fault("downtime: least loss of those at once", "indicators/computed/downtime.py", "(begin, until, max(loss for",
          "(begin, until, min(loss for", f"{NAIVE} indicators/computed"),
    Fault("repeat: likeness not compared", "indicators/computed/repeat.py", "ON k.place = e.place AND", "ON",
          f"{NAIVE} indicators/computed"),
    Fault("nps: 7 is a detractor", "indicators/computed/promoters.py", "t.recommend <= 6", "t.recommend <= 7",
          f"{NAIVE} indicators/computed"),
    Fault("kaplan–meier: the later step", "indicators/computed/resolve_time.py", "survival <= 0.5 + ROUNDING",
          "survival < 0.5 - ROUNDING", f"{NAIVE} indicators/computed"),
    Fault("ping-pong: log of all tables", "indicators/computed/ping_pong.py", "WHERE ticket_table = 'incidents' AND",
          "WHERE", f"{NAIVE} indicators/computed"),
    # process behaviour
    Fault("limits: two sigmas", "process/control_chart.py", "if limits.lower <= values[-1] <= limits.upper",
          "if limits.centre - (limits.centre - limits.lower) * 2 / 3 <= values[-1] <= limits.upper", "process"),
    Fault("runs: from six on", "process/runs.py", "return self.length >= RUN and", "return self.length >= RUN - 1 and", "process"),
    Fault("process: keeps from the upper limit", "process/judgement.py", "(limits.lower >= target, limits.upper < target)",
          "(limits.upper >= target, limits.lower < target)", "process"),
    Fault("process: judged with its own value", "process/control_chart.py", "others = [*made_of[made_of != at], at]",
          "others = [*made_of, at]", "process"),
    # working time
    Fault("calendar: before its first opening", "worktime/calendar.py", "np.where(index < 0, 0, self._before[index] + inside)",
          "np.where(index <= 0, 0, self._before[index] + inside)", "worktime"),
    Fault("calendar: days to the end included", "worktime/calendar.py",
          "return int(self._worked_days[index[1]] - self._worked_days[index[0]])",
          "return int(self._worked_days[index[1] + 1] - self._worked_days[index[0]])", "worktime"),
    Fault("hours: night shift ends the same day", "worktime/hours.py", "end if end > start else end + DAY_MINUTES",
          "end if end >= start else end", "worktime"),
    Fault("pauses: also the one at the deadline", "worktime/pauses.py", "else opens - earlier < target[row]",
          "else opens - earlier <= target[row]", "worktime"),
    # what loading derives
    Fault("sla: late at its last second", "ingest/derive.py", "seconds <= allowed, MISSING)", "seconds < allowed, MISSING)",
          "ingest/test_derive.py"),
    Fault("sla: pauses shorten the time", "ingest/derive.py", "(left > allowed + paused)", "(left > allowed - paused)",
          "ingest/test_derive.py"),
    Fault("requests: on time is later", "ingest/derive.py", "(due != MISSING), closed <= due, MISSING)",
          "(due != MISSING), closed >= due, MISSING)", "ingest/test_derive.py"),
    # forecasting
    Fault("backtest: one step of the future is known", "forecasting/backtest.py", 'known["back"] >= horizon + window * stride',
          'known["back"] >= horizon + window * stride - 1', "forecasting"),
    Fault("coverage: limits are outside", "forecasting/scores.py", "((low <= y) & (y <= high)).astype",
          "((low < y) & (y < high)).astype", "forecasting/test_scores.py"),
    Fault("scores: every scale counts", "forecasting/scores.py", "counted[column].where(counted[column] > 0)",
          "counted[column].where(counted[column] >= 0)", "forecasting/test_scores.py"),
    # staffing
    Fault("erlang a: rate for arrivals", "staffing/queue.py", "x, y = rate * patience, arrivals * patience",
          "x, y = arrivals * patience, rate * patience", "staffing/test_queue.py"),
    Fault("backlog: grows with what is done", "staffing/backlog.py", "level + inflow[:, day] - worked[day] * rate",
          "level + inflow[:, day] + worked[day] * rate", "staffing/test_backlog.py"),
    Fault("backlog: below its limit only", "staffing/backlog.py", "float((last <= limit).mean())", "float((last < limit).mean())",
          "staffing"),
    Fault("roster: the night shift is lost", "staffing/roster.py", "high += DAY if high <= low else 0", "high += 0", "staffing"),
    Fault("roster: gap turned round", "staffing/need.py", '(joined["needed"] - rostered).to_numpy()',
          '(rostered - joined["needed"]).to_numpy()', "staffing"),
    Fault("shortage: from a whole person on", "staffing/shortage.py", "HALF = 0.5", "HALF = 1.01",
          "staffing pages/staffing/test_people.py"),
]  # fmt: skip


def place(fault: Fault, root: Path) -> str:
    """The file's text with the fault; "" where its line does not stand there exactly once."""
    file = root / "itsq_analysis" / fault.file
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return text.replace(fault.line, fault.becomes) if text.count(fault.line) == 1 else ""


def outcome(fault: Fault, root: Path) -> str:
    """What the tests say about a fault: caught, NOT CAUGHT, or moved."""
    changed = place(fault, root)
    if not changed:
        return "moved"
    file = root / "itsq_analysis" / fault.file
    plain = file.read_bytes()
    file.write_text(changed, encoding="utf-8", newline="")
    try:
        return "caught" if failing(fault.tests, root) else "NOT CAUGHT"
    finally:
        file.write_bytes(plain)


def failing(tests: str, root: Path) -> bool:
    """Whether these tests fail in a copy of the tree.

    Raises:
        RuntimeError: pytest could not run them at all.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests.split())]
    # PYTHONDONTWRITEBYTECODE: two changes of one length within a second would share a compiled file.
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return True
    if ended.returncode not in (0, 1, 2):  # 2: a module that does not import
        raise RuntimeError(
            f"pytest must run {tests}; it ended with {ended.returncode}: {ended.stdout.decode(errors='replace')[-800:]}"
        )
    return ended.returncode != 0


def main() -> int:
    """Put in the faults one after the other and print a table; 0 if every one was caught."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of the names of faults; none: all")
    parser.add_argument("--check", action="store_true", help="only look for lines that have moved")
    asked = parser.parse_args()
    chosen = [fault for fault in FAULTS if not asked.names or any(name in fault.name for name in asked.names)]
    if asked.check:
        moved = [fault for fault in chosen if not place(fault, ROOT)]
        print(
            *(f"moved: {fault.name}: {fault.file}: {fault.line}" for fault in moved),
            f"{len(moved)} of {len(chosen)} moved",
            sep="\n",
        )
        return bool(moved)
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / ROOT.name
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        for tests in sorted({fault.tests for fault in chosen}):
            if failing(tests, root):
                print(f"tests must pass before a fault is put in; these fail: {tests}")
                return 2
        print(f"| {'fault':45} | {'where':35} | {'outcome':10} | seconds |\n| {'-' * 45} | {'-' * 35} | {'-' * 10} | ------: |")
        for fault in chosen:
            began = time.monotonic()
            said = outcome(fault, root)
            counts[said] = counts.get(said, 0) + 1
            print(f"| {fault.name:45} | {fault.file:35} | {said:10} | {time.monotonic() - began:7.0f} |", flush=True)
    print(", ".join(f"{count} {said}" for said, count in counts.items()))
    return set(counts) != {"caught"}


if __name__ == "__main__":
    sys.exit(main())
