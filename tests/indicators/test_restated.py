"""Values told otherwise by the earlier report, on October 2026 with a report of September before it."""

from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.restated import Restated, restated
from itsq_analysis.page.appendix import provenance
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import read_earlier
from itsq_analysis.page.section import Section
from itsq_analysis.page.values_csv import from_csv, to_csv
from itsq_analysis.pages.quality.restated import LISTED, printed_otherwise, restated_parts
from tests.page.made import RULES, context, incidents, rows_of, told

OPENED, IN_TIME = "incidents_opened", "sla_resolution_met"
ROWS = [*incidents(20, "2026-09-07 09:00", late=2, service="ERP"), *incidents(40, service="ERP")]
FILE = "quality-2026-09-en.values.csv"


def october(language: str = "en") -> ReportContext:
    return context(RULES, language=language, incidents=ROWS)  # type: ignore[arg-type]


def values(subject: ReportContext) -> pd.DataFrame:
    """August to October of two indicators, whole and by service."""
    parts = [subject.values([OPENED, IN_TIME], by=by, history=3) for by in (None, "service")]
    return pd.concat(parts, ignore_index=True)


def compared(folder: Path, earlier: pd.DataFrame, now: pd.DataFrame | None = None) -> Restated:
    (folder / FILE).write_bytes(to_csv(earlier))
    before = read_earlier(folder / FILE)
    return restated(from_csv(to_csv(values(october()) if now is None else now), "now"), before.values, before.label)


def changed(found: Restated) -> list[list[str]]:
    """Period, before and now of the values that a reader sees changed."""
    shown = october().plain.shown
    return [[now.period, shown(before), shown(now)] for now, before in printed_otherwise(october(), found)]


def said(found: Restated | None, subject: ReportContext) -> Section:
    return Section("data_quality", "Data quality", "", tuple(restated_parts(subject, found)))


@pytest.fixture
def september() -> pd.DataFrame:
    """What the report of September said, had nothing changed since."""
    frame = values(october())
    return frame[frame["period"] != "2026-10"].reset_index(drop=True)


def set_row(frame: pd.DataFrame, indicator: str, period: str, service: str | None = None, **cells: object) -> None:
    of_part = frame["member"].isna() if service is None else frame["member"] == service
    place = frame.index[(frame["indicator"] == indicator) & (frame["period"] == period) & of_part]
    assert len(place) == 1
    for name, value in cells.items():
        frame.loc[place, name] = value


def test_without_an_earlier_report_the_section_says_so() -> None:
    assert told(said(None, october())) == [
        "", "No earlier report was given for comparison, so restated values are not known.",
    ]  # fmt: skip


def test_nothing_changed(tmp_path: Path, september: pd.DataFrame) -> None:
    found = compared(tmp_path, september)
    assert found.shared == 8  # two indicators, August and September, whole and of one service
    assert told(said(found, october()))[1:] == ["All 8 values that both reports contain are unchanged."]
    assert "Restated since the report of September 2026" in str(restated_parts(october(), found)[0].markup)


def test_a_changed_value_is_told_before_and_now(tmp_path: Path, september: pd.DataFrame) -> None:
    set_row(september, OPENED, "2026-09", value=18.0, provisional=True)
    set_row(september, IN_TIME, "2026-09", value=17 / 18, numerator=17.0, denominator=18.0, n=18)
    set_row(september, OPENED, "2026-09", "ERP", value=18.0)
    found = compared(tmp_path, september)
    section = said(found, october())
    assert told(section)[1] == "3 of the 8 values that both reports contain have changed."
    assert rows_of(section) == [
        ["Indicator", "Period", "Before", "Now"],
        ["Incidents opened", "September 2026", "18 (provisional)", "20"],
        ["Resolution in time (recomputed)", "September 2026", "17 of 18", "90.0%"],
        ["Incidents opened, ERP", "September 2026", "18", "20"],
    ]


def test_in_chinese(tmp_path: Path, september: pd.DataFrame) -> None:
    set_row(september, OPENED, "2026-09", value=18.0, provisional=True)
    found = compared(tmp_path, september)
    section = said(found, october("zh"))
    assert told(section)[1] == "两份报告共有的 8 个数值中有 1 个发生变化。"
    assert rows_of(section) == [["指标", "统计期", "此前", "现在"], ["新增事件数", "2026年9月", "18（暂定值）", "20"]]
    assert "自2026年9月报告以来的追溯调整" in str(section.parts[0])


@pytest.mark.parametrize(("share", "count"), [(0.9 + 1e-13, 0), (0.90004, 0), (0.901, 1), (0.0, 1)])
def test_what_is_printed_alike_has_not_changed(tmp_path: Path, september: pd.DataFrame, share: float, count: int) -> None:
    set_row(september, IN_TIME, "2026-09", value=share)
    assert len(changed(compared(tmp_path, september))) == count


def test_a_value_that_appears_or_goes_has_changed(tmp_path: Path, september: pd.DataFrame) -> None:
    set_row(september, IN_TIME, "2026-09", value=float("nan"))  # was not measurable
    set_row(september, IN_TIME, "2026-08", value=0.8, numerator=80.0, denominator=100.0, n=100)  # is not any more
    found = compared(tmp_path, september)
    assert changed(found) == [["2026-09", "–", "90.0%"], ["2026-08", "80.0%", "–"]]


def test_only_what_both_contain_is_compared(tmp_path: Path, september: pd.DataFrame) -> None:
    other = september[september["indicator"] == OPENED].assign(indicator="of_another_catalogue", value=1.0)
    found = compared(tmp_path, pd.concat([september[september["indicator"] == IN_TIME], other], ignore_index=True))
    assert (found.shared, len(found.changed)) == (4, 0)
    nothing = compared(tmp_path, other)
    assert told(said(nothing, october()))[1] == "The two reports have no value in common."


def test_a_long_list_is_cut_and_the_newest_whole_values_come_first(tmp_path: Path) -> None:
    subject = october()
    past = pd.concat([subject.values([OPENED], by=by, history=12) for by in (None, "service")], ignore_index=True)
    found = compared(tmp_path, past.assign(value=past["value"].fillna(0) + 1), past)
    section = said(found, subject)
    rows = rows_of(section)
    assert [row[1] for row in rows[1:3]] == ["October 2026", "September 2026"]
    assert {row[0] for row in rows[1:]} == {"Incidents opened"}
    assert len(rows) == 1 + LISTED
    assert told(section)[-1] == f"The first {LISTED} are listed here; the workbook beside this page lists all."
    assert len(found.changed) == 24


def test_the_earlier_file_is_named_with_its_hash(tmp_path: Path, september: pd.DataFrame) -> None:
    (tmp_path / FILE).write_bytes(to_csv(september))
    content = (tmp_path / FILE).read_bytes()
    assert [FILE, sha256(content).hexdigest()] in rows_of(provenance(october(), {}, read_earlier(tmp_path / FILE)), 1)


def test_another_file_is_refused(tmp_path: Path, september: pd.DataFrame) -> None:
    with pytest.raises(ReportError, match="must be a file; found none"):
        read_earlier(tmp_path / "nowhere.values.csv")
    (tmp_path / FILE).write_bytes(to_csv(september.iloc[:0]))
    with pytest.raises(ReportError, match="must have rows; found none in quality-2026-09-en"):
        read_earlier(tmp_path / FILE)
