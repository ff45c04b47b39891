"""`itsq schedule`: ticks in the foreground, until the process is asked to end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

from itsq_analysis.errors import ItsqError
from itsq_analysis.jobs.clock import present
from itsq_analysis.jobs.tick import tick

HEALTH = 3600.0  # seconds between two lines of health
SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one on Windows


def schedule(folder: Path, say: Callable[[str], None], warn: Callable[[str], None], every: float, at_once: int = 1) -> None:
    """Tick until a signal asks to end; a tick that fails is told, and the next one tries again.

    Args:
        folder: of the workspace.
        say: told what is made, and every hour that all is well.
        warn: told what is wrong.
        every: seconds between two ticks.
        at_once: so many runs are made at the same time.
    """
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for name in SIGNALS
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        say(f"started: {folder}")
        told, count, failures = monotonic(), 0, 0
        while not stop.is_set():
            try:
                ticked = tick(folder, say, stop=stop, at_once=at_once)
                lines = [f"{row.state}: {row.job} {row.page or row.error}" for row in ticked.runs]
                for line in (*lines, *ticked.sent):
                    say(line)
                for problem in ticked.problems:
                    warn(problem)
                count, failures = count + len(ticked.runs), failures + len(ticked.problems) + ticked.failed
            except (ItsqError, OSError) as error:  # a file that is being edited, a full disk: the next tick may find it right
                failures += 1
                warn(str(error))
            if monotonic() - told > HEALTH:
                say(f"{present():%Y-%m-%d %H:%M} UTC: {count} runs and {failures} problems in the last hour")
                told, count, failures = monotonic(), 0, 0
            stop.wait(every)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        say("ended")
