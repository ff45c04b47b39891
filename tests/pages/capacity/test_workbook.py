"""The files beside the page: every figure of every resource, as text that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis.page.files import VALUES, WORKBOOK
from itsq_analysis.pages.capacity.report import CapacityReport
from itsq_analysis.text import Language
from tests.pages.capacity.estates import flat, report, resource, rising

HOSTILE = "=cmd|' /C calc'!A0"


def made(language: Language = "en") -> CapacityReport:
    rows = [resource(lead_time_days=20, name=HOSTILE), resource("safe"), resource("ghost")]
    rows.append(resource("crt", kind="certificate", metric=None, expires_on=date(2026, 12, 2)))
    option = {"resource": "disk", "option": "clean", "title": HOSTILE, "size": 10.0, "price": 500.0}
    return report(language=language, resources=rows, metrics=[*rising(), *flat("safe", 10)], capacity_options=[option])


def book(found: CapacityReport) -> dict[str, list[list[Any]]]:
    content = CalamineWorkbook.from_filelike(io.BytesIO(found.files().contents[WORKBOOK]))
    return {name: content.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in content.sheet_names}


def test_the_csv_has_one_row_a_resource_with_days_and_shares() -> None:
    text = made().files().contents[VALUES].decode("utf-8-sig")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows.keys() == {"disk", "safe", "ghost", "crt"}
    disk = rows["disk"]
    assert (disk["now"], disk["likely"], disk["order_by_day"], disk["risk_90"]) == ("0.6", "2026-12-02", "2026-11-12", "1")
    assert disk["resource"].startswith("'=")
    assert (rows["safe"]["likely"], rows["safe"]["risk_365"]) == ("", "0")
    assert rows["ghost"]["remark"] == "Its metric has no values."
    assert (rows["ghost"]["now"], rows["ghost"]["risk_30"]) == ("", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_has_every_sheet_and_no_formula(language: Language) -> None:
    sheets = book(made(language))
    assert len(sheets) == 7
    assert all(rows for rows in sheets.values())
    archive = ZipFile(io.BytesIO(made(language).files().contents[WORKBOOK]))
    parts = [archive.read(name).decode("utf-8") for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(parts) == 7
    assert [part for part in parts if "<f>" in part] == []


def test_the_forecasts_are_weekly_and_the_options_carry_their_days() -> None:
    """60 GiB and one a day: 67 after a week; ten GiB cleaned reach 90 ten days later."""
    sheets = book(made())
    disk = [row for row in sheets["Forecasts"][1:] if row[0].startswith("'=")]
    assert disk[0][1:3] == [date(2026, 11, 9), pytest.approx(67)]
    assert disk[0][5] == 0
    [option] = sheets["Options"][1:]
    assert option[3:7] == [10, "GiB", 500, 20]
    assert option[7:9] == [date(2026, 11, 12), date(2026, 12, 12)]
    assert [row[1:4:2] for row in sheets["What if"][1:]] == [
        ["As planned", date(2026, 12, 2)],
        ["Demand +30%", date(2026, 11, 26)],
        ["Limit raised to 95%", date(2026, 12, 7)],
    ]
    assert sheets["What ends in 12 months"][1][2] == date(2026, 12, 2)


def test_the_same_figures_give_the_same_bytes() -> None:
    assert made().files().contents == made().files().contents
