"""A simulated year: two schedulers, sleeps, crashes, clocks that jump. Each due run is made exactly once."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsq_analysis.jobs.asked import canonical
from itsq_analysis.jobs.ledger import Ledger, RunRow
from itsq_analysis.jobs.occurrences import Timetable
from itsq_analysis.jobs.planning import Fate, enter_due, failed, recover
from itsq_analysis.settings import Settings
from itsq_analysis.settings.jobs import JobSettings
from tests.jobs.test_occurrences import naive

ZONES = [
    ("Europe/Berlin", "30 2 * * *", 2, 30),
    ("America/New_York", "15 1 * * *", 1, 15),
    ("Australia/Lord_Howe", "10 2 * * *", 2, 10),
]
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SWEEP = ({"language": "en"}, {"language": "zh"})
ORACLE = {zone: naive(zone, hour, minute, 2026) for zone, _, hour, minute in ZONES}


class Simulation:
    """Two schedulers on one ledger; time is a number, a run a counter."""

    def __init__(self, folder: Path, catch_up: str) -> None:
        self.ledgers = [Ledger(folder), Ledger(folder)]
        for ledger in self.ledgers:  # the disk's own speed is not what is tried
            ledger.query("PRAGMA synchronous = OFF")
            ledger.query("PRAGMA journal_mode = MEMORY")
        self.tables = [
            Timetable(
                JobSettings(
                    id=f"job{place}", report="quality", cron=cron, timezone=zone, catch_up=catch_up, retries=20, back_off="1m"
                ),
                Settings(),
            )
            for place, (zone, cron, _, _) in enumerate(ZONES)
        ]
        self.now, self.wrong_by = START, timedelta(0)
        self.dead: set[int] = set()
        self.made: Counter[tuple[str, datetime, str]] = Counter()

    @property
    def shown(self) -> datetime:
        """What the clock shows."""
        return self.now + self.wrong_by

    def tick(self, who: int, fate: str) -> None:
        """One tick of a scheduler; the first run that it takes meets a fate."""
        ledger = self.ledgers[who]
        recover(ledger, lambda row: row.id not in self.dead, lambda _: Fate(20), self.shown)
        self.dead.clear()
        for table in self.tables:
            enter_due(ledger, table, lambda _: SWEEP, self.shown)
        for row in ledger.rows("state = 'queued' AND not_before <= ?", [self.shown.isoformat(timespec="microseconds")]):
            if fate == "late":  # the other scheduler takes it between the look and the claim
                assert self.ledgers[1 - who].claim(row.id, self.shown)
                self._done(self.ledgers[1 - who], row)
            if not ledger.claim(row.id, self.shown):
                continue
            if fate == "crash":
                self.dead.add(row.id)
                return
            if fate == "fail":
                assert failed(ledger, row, Fate(20, 60.0), "a cell failed", self.shown)
                fate = ""
                continue
            self._done(ledger, row)

    def _done(self, ledger: Ledger, row: RunRow) -> None:
        assert ledger.update(row.id, "running", state="done", finished_at=self.shown)
        self.made[row.job, row.scheduled_for, row.parameters] += 1


@contextmanager
def simulation(catch_up: str) -> Iterator[Simulation]:
    with tempfile.TemporaryDirectory() as folder:
        simulated = Simulation(Path(folder), catch_up)
        try:
            yield simulated
        finally:
            for ledger in simulated.ledgers:
                ledger.close()


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([0.2, 5.0, 11.0, 30.0, 24.0 * 9]),  # hours that pass
        st.sampled_from([0, 1]),  # which scheduler wakes
        st.sampled_from(["", "", "", "late", "crash", "fail"]),
        st.sampled_from([0, 0, 0, 0, 24 * 3, -24 * 2, 40 * 24, -1]),  # hours by which the clock is wrong during this tick
    ),
    min_size=20,
    max_size=80,
)


def expected(until: datetime) -> set[tuple[str, datetime, str]]:
    return {
        (f"job{place}", due, canonical(parameters))
        for place, (zone, *_) in enumerate(ZONES)
        for due in ORACLE[zone]
        if START < due <= until
        for parameters in SWEEP
    }


def run(simulated: Simulation, events: list[tuple[float, int, str, int]]) -> datetime:
    """Let the events happen, then let both schedulers come to rest; returns how far the year has come."""
    simulated.tick(0, "")
    for hours, who, fate, wrong in events:
        if simulated.now + timedelta(hours=hours) > datetime(2026, 12, 30, tzinfo=UTC):
            break
        simulated.now += timedelta(hours=hours)
        simulated.wrong_by = timedelta(hours=wrong)
        simulated.tick(who, fate)
        simulated.wrong_by = timedelta(0)
    for _ in range(4):
        simulated.now += timedelta(minutes=30)
        for who in (0, 1):
            simulated.tick(who, "")
    return simulated.now


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_each_due_run_is_made_exactly_once(events: list[tuple[float, int, str, int]]) -> None:
    with simulation("all") as simulated:
        until = run(simulated, events)
        assert set(simulated.made.values()) <= {1}
        due = expected(until)
        # Runs of before the start are those that a new job is due for; runs of later days were made while the clock was wrong.
        assert due <= simulated.made.keys()
        early = {key for key in simulated.made if key[1] > until}
        assert not early or any(wrong > 0 for *_, wrong in events)
        assert {row.state for row in simulated.ledgers[0].rows("scheduled_for <= ?", [until.isoformat()])} == {"done"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EVENTS)
def test_of_missed_runs_the_last_is_made_and_the_others_are_recorded(events: list[tuple[float, int, str, int]]) -> None:
    with simulation("last") as simulated:
        until = run(simulated, [(hours, who, fate, 0) for hours, who, fate, _ in events])
        assert set(simulated.made.values()) <= {1}
        rows = simulated.ledgers[0].rows()
        assert {(row.job, row.scheduled_for, row.parameters) for row in rows if row.scheduled_for > START} == expected(until)
        assert {row.state for row in rows} <= {"done", "skipped"}
        for place in range(len(ZONES)):
            own = [row for row in rows if row.job == f"job{place}"]
            assert {row.state for row in own if row.scheduled_for == own[-1].scheduled_for} == {"done"}


def test_a_job_that_catches_up_none_makes_only_what_is_due_now() -> None:
    with simulation("none") as simulated:
        simulated.tick(0, "")
        assert not simulated.made
        for due in ORACLE["Europe/Berlin"][5:8]:
            simulated.now = due + timedelta(minutes=20)
            simulated.tick(1, "")
        simulated.now += timedelta(days=7, hours=3)
        simulated.tick(0, "")
        berlin = {key for key in simulated.made if key[0] == "job0"}
        assert berlin == {("job0", due, canonical(part)) for due in ORACLE["Europe/Berlin"][5:8] for part in SWEEP}


def test_a_wrong_year_does_not_stop_the_right_one() -> None:
    """The clock shows 2027 for one tick; back in 2026 nothing waits for a year."""
    with simulation("last") as simulated:
        simulated.tick(0, "")
        simulated.wrong_by = timedelta(days=400)
        simulated.tick(0, "fail")
        simulated.wrong_by = timedelta(0)
        for _ in range(10):
            simulated.now += timedelta(days=1)
            simulated.tick(1, "")
        assert expected(simulated.now) <= simulated.made.keys()
        assert set(simulated.made.values()) == {1}
