"""Kept forecasts: what is written, under which name, what is read back, and what is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.facts import Scope
from itsq_analysis.facts.record import record_name, to_record, told_before
from tests.page.made import context

HOSTILE = '=cmd|"/../../x'


def at(folder: Path, horizon: str = "2026-11-03 08:00", mark: str = "a", *, only: tuple[str, ...] = ()) -> Scope:
    made = context(as_of=horizon, only=only)
    made.workspace.path = folder
    made.workspace.__dict__["snapshot"] = replace(made.workspace.snapshot, hash=mark * 64)
    return made.scope


def rows(made: date = date(2026, 11, 1), median: float = 42.0, name: str = "incidents") -> pd.DataFrame:
    ends = [date(2026, 12, 1), date(2027, 1, 1)]
    frame = pd.DataFrame({"unique_id": name, "made": made, "span": ["1", "2"], "start": [date(2026, 11, 1), ends[0]], "end": ends})
    return frame.assign(
        mean=0.1 + 0.2, median=median, **{"lo-80": 30.0, "hi-80": 50.0, "lo-95": 20.0, "hi-95": 60.0}, y=None, errors=3
    )


def store(folder: Path, files: dict[str, bytes]) -> list[str]:
    for name, content in files.items():
        (folder / "forecasts" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "forecasts" / name).write_bytes(content)
    return [*files]


def test_what_is_kept_comes_back_with_its_hash_in_a_later_report(tmp_path: Path) -> None:
    now, place = at(tmp_path), record_name(at(tmp_path), "incidents", "", "month")
    files = to_record(now, place, pd.concat([rows(), rows(name=HOSTILE)]))
    assert store(tmp_path, files) == ["incidents-all-month/2026-11-01-aaaaaaaaaaaa.csv"]
    later = at(tmp_path, "2026-12-03 08:00", "b")
    told = told_before(later, place, date(2026, 12, 1), ["1"])
    assert told.rows.to_dict("records") == [
        {"unique_id": "incidents", "made": date(2026, 11, 1), "span": "1", "start": date(2026, 11, 1), "end": date(2026, 12, 1)}
        | {"mean": 0.3, "median": 42.0, "lo-80": 30.0, "hi-80": 50.0, "lo-95": 20.0, "hi-95": 60.0}
    ]
    content = (tmp_path / "forecasts" / place / "2026-11-01-aaaaaaaaaaaa.csv").read_bytes()
    assert told.files == (("incidents-all-month/2026-11-01-aaaaaaaaaaaa.csv", sha256(content).hexdigest()),)
    head, first, *_ = content.decode("utf-8").splitlines()
    assert head.startswith("snapshot,hash,known_until,model,made,unique_id,span,start,end,mean,median,lo-80")
    assert first.startswith(f"1,{'a' * 64},2026-11-03T08:00:00+08:00,itsq ")


def test_the_report_that_made_a_forecast_does_not_read_it(tmp_path: Path) -> None:
    now = at(tmp_path)
    store(tmp_path, to_record(now, "incidents-all-month", rows()))
    told = told_before(at(tmp_path), "incidents-all-month", date(2026, 11, 1), ["1"])
    assert told.rows.empty
    assert told.files == ()


def test_what_could_be_known_already_is_not_kept(tmp_path: Path) -> None:
    """On 1 December the November of the forecast is over."""
    for horizon, kept in (("2026-11-30 23:59", 1), ("2026-12-01 00:00", 0)):
        now = at(tmp_path, horizon)
        assert len(to_record(now, "incidents-all-month", rows())) == kept


def test_of_two_forecasts_of_one_day_the_one_that_was_told_first_counts(tmp_path: Path) -> None:
    for horizon, mark, median in (("2026-11-05 08:00", "a", 99.0), ("2026-11-03 08:00", "b", 42.0)):
        now = at(tmp_path, horizon, mark)
        store(tmp_path, to_record(now, "incidents-all-month", rows(median=median)))
    later = at(tmp_path, "2026-12-03 08:00", "c")
    told = told_before(later, "incidents-all-month", date(2026, 12, 1), ["1"])
    assert told.rows["median"].tolist() == [42.0]
    assert [name[-16:] for name, _ in told.files] == ["bbbbbbbbbbbb.csv"]


def test_no_name_of_an_export_is_in_a_file_name(tmp_path: Path) -> None:
    now = at(tmp_path, only=(HOSTILE, "E-mail"))
    name = record_name(now, "incidents", "service", "days28")
    assert re.fullmatch(r"incidents-service-days28-[0-9a-f]{8}", name)
    assert name == record_name(at(tmp_path, only=("E-mail", HOSTILE)), "incidents", "service", "days28")
    for table, dimension in (("../x", ""), ("incidents", "a/b"), ("", "")):
        with pytest.raises(ReportError, match="named after plain names"):
            record_name(now, table, dimension, "month")
    (content,) = to_record(now, name, rows(name=HOSTILE)).values()
    assert b"'=cmd" in content


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", "snapshot,hash\n1,x\n".encode("utf-16")])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "forecasts" / "incidents-all-month" / "2026-11-01-aaaaaaaaaaaa.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(ReportError, match=r"as itsq run wrote it; found .* in forecasts/incidents-all-month/2026-11-01-a{12}\.csv"):
        told_before(at(tmp_path, "2026-12-03 08:00"), "incidents-all-month", date(2026, 12, 1), ["1"])


def test_other_files_in_the_folder_are_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "forecasts" / "incidents-all-month"
    folder.mkdir(parents=True)
    for name in ("notes.csv", ".2026-11-01-aaaaaaaaaaaa.csv.1.tmp", "2026-11-01-AAAA.csv"):
        (folder / name).write_bytes(b"x")
    assert told_before(at(tmp_path, "2026-12-03 08:00"), "incidents-all-month", date(2026, 12, 1), ["1"]).rows.empty


def test_without_a_horizon_nothing_is_kept(tmp_path: Path) -> None:
    now = at(tmp_path)
    now.workspace.__dict__["snapshot"] = replace(
        now.workspace.snapshot, horizon=None, committed_at=datetime(2026, 11, 3, tzinfo=UTC)
    )
    assert to_record(now, "incidents-all-month", rows()) == {}
