import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from itsq_analysis.errors import IndicatorError, ReportError, StoreError
from itsq_analysis.reports import run, source
from itsq_analysis.reports.run import prepare
from itsq_analysis.reports.source import Source, read_source
from itsq_analysis.settings import parse_settings
from itsq_analysis.store import Snapshot
from tests.reports.made import PARAMETERS

SETTINGS = parse_settings('[organisation]\ntimezone = "Asia/Shanghai"\n[period]\nmonth_starts_on = 1\n', "itsq.toml")


def snapshot(number: int = 1, horizon: datetime | None = datetime(2026, 11, 1, 2, tzinfo=UTC)) -> Snapshot:
    resolved = {"settings": SETTINGS.model_dump(mode="json")}
    entry = {"file": "exports/incident.csv", "sha256": "ab", "table": "incidents", "mapping": "servicenow", "read": 2}
    return Snapshot(number, datetime(2026, 11, 2, tzinfo=UTC), horizon, f"hash{number}", {}, [entry], resolved)


class TwoLoads:
    """A store with snapshots 1 and 2."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def snapshot(self, number: int | None = None) -> Snapshot:
        if number not in (None, 1, 2):
            raise StoreError("a snapshot must be one of 1 to 2")
        return snapshot(number or 2)


@pytest.fixture
def loaded(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(source, "Store", TwoLoads)
    return workspace


@pytest.mark.parametrize(
    ("as_of", "label"),
    [
        (None, "2026-10"),  # 1 November 10:00 in Shanghai
        (date(2026, 10, 31), "2026-10"),  # the end of the day is the end of the month
        (date(2026, 10, 30), "2026-09"),
        (date(2027, 3, 1), "2026-10"),  # never beyond the data
    ],
)
def test_the_last_month_is_counted_from_the_data(as_of: date | None, label: str) -> None:
    assert Source(snapshot(), SETTINGS, outdated=False, newest=True).period("last-month", as_of) == label


def test_a_period_is_checked_and_has_one_spelling() -> None:
    found = Source(snapshot(), SETTINGS, outdated=False, newest=True)
    assert found.period("2026-Q3") == "2026-Q3"
    with pytest.raises(IndicatorError):
        found.period("2026-13")
    with pytest.raises(ReportError, match="found none in snapshot 1"):
        Source(snapshot(horizon=None), SETTINGS, outdated=False, newest=True).period("last-month")


def test_the_newest_or_the_named_snapshot_is_read(loaded: Path) -> None:
    (loaded / "itsq.toml").write_text('[organisation]\ntimezone = "Asia/Shanghai"\n', encoding="utf-8")
    newest, older = read_source(loaded), read_source(loaded, 1)
    assert (newest.snapshot.id, newest.newest, newest.outdated) == (2, True, False)
    assert (older.snapshot.id, older.newest) == (1, False)
    (loaded / "itsq.toml").write_text('[organisation]\ntimezone = "America/Sao_Paulo"\n', encoding="utf-8")
    assert read_source(loaded).outdated
    assert read_source(loaded).settings.organisation.timezone == "Asia/Shanghai"


def test_a_run_names_its_snapshot_and_period(loaded: Path, write: Callable[..., Path]) -> None:
    write("1", parameters=PARAMETERS.replace('"2026-10"', '"last-month"') + "snapshot: int | None = None\n")
    newest = prepare("quality", loaded, {})
    assert (newest.values["snapshot"], newest.values["period"], newest.label) == (2, "2026-10", "quality-2026-10-en")
    assert prepare("quality", loaded, {}, snapshot=2).label == newest.label
    older = prepare("quality", loaded, {"as_of": "2026-10-05"}, snapshot=1)
    assert older.values["snapshot"] == 1
    assert older.label.startswith("quality-2026-09-en-snapshot1-")
    with pytest.raises(StoreError):
        prepare("quality", loaded, {"snapshot": 7})
    with pytest.raises(IndicatorError):
        prepare("quality", loaded, {"period": "2026-10'; import os"})
    assert newest.source is not None
    record = run.manifest("quality", loaded, {"cells": []}, newest.values, newest.source, b"", [])
    assert record["snapshot"] == {"id": 2, "hash": "hash2", "horizon": "2026-11-01T02:00:00+00:00"}
    assert record["inputs"] == [
        {"file": "exports/incident.csv", "table": "incidents", "mapping": "servicenow", "sha256": "ab", "read": 2}
    ]


COMPARING = PARAMETERS + "snapshot: int | None = None\nprevious: Path | None = None\n"


def test_a_run_is_compared_with_the_newest_earlier_report_in_its_folder(
    loaded: Path, write: Callable[..., Path], tmp_path: Path
) -> None:
    write("print(previous, Path(previous).read_text() if previous else '')", parameters=COMPARING)
    reports, elsewhere = loaded / "reports", tmp_path / "elsewhere"
    reports.mkdir()
    for label in ("2026-08", "2026-09", "2026-10", "2026-11"):
        (reports / f"quality-{label}-en.values.csv").write_text(label, encoding="utf-8")
    found = prepare("quality", loaded, {})
    assert found.previous == reports / "quality-2026-09-en.values.csv"
    copied = "reports/runs/quality-2026-10-en/quality-2026-09-en.values.csv"
    assert (found.values["previous"], found.label) == (copied, "quality-2026-10-en")
    assert prepare("quality", loaded, {}, out=elsewhere).previous is None
    assert prepare("quality", loaded, {}, out=reports / "other.html").previous == found.previous
    assert prepare("quality", loaded, {"services": ["Mail"]}).previous is None  # a report of one service is another kind

    page = run.run_report("quality", loaded, {})
    assert f'<pre class="text">{copied} 2026-09</pre>' in page.read_text(encoding="utf-8")
    record = json.loads((reports / "runs" / page.stem / "manifest.json").read_text(encoding="utf-8"))
    assert record["previous"] == {"quality-2026-09-en.values.csv": sha256(b"2026-09").hexdigest()}
    first = page.read_bytes()
    assert run.run_report("quality", loaded, {}).read_bytes() == first


def test_the_earlier_report_can_be_named(loaded: Path, write: Callable[..., Path], tmp_path: Path) -> None:
    write("1", parameters=COMPARING)
    named = tmp_path / "上月.values.csv"
    named.write_text("x", encoding="utf-8")
    found = prepare("quality", loaded, {"previous": named})
    assert (found.previous, found.label) == (named, "quality-2026-10-en")
    (tmp_path / "manifest.json").touch()
    for wrong in ("manifest.json", "nowhere.values.csv"):
        with pytest.raises(ReportError, match=r"previous must be the NAME\.facts\.json"):
            prepare("quality", loaded, {"previous": tmp_path / wrong})
