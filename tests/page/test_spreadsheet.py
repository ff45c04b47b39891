import re
import unicodedata
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from itsq_analysis.page.spreadsheet import LONGEST, Cell, Column, Sheet, cell_text, width, workbook
from itsq_analysis.tables.plain_text import FORMULA, inert

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "  =1",
    "\x00=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "\u3000=1",
]


def read(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def part(content: bytes, name: str) -> str:
    return ZipFile(BytesIO(content)).read(name).decode("utf-8")


def one(*cells: object, columns: tuple[Column, ...] = (Column("A"), Column("B"))) -> bytes:
    return workbook([Sheet("one", columns, [cells])], "Title", "en")


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_cell_never_begins_as_a_formula(text: str) -> None:
    assert cell_text(text).startswith("'")


@pytest.mark.parametrize("text", ["a=1", "1-2", "'quoted", "E-mail", "订单门户 Order portal", "–", "−1 is a minus sign"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell_text(text) == text


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_no_text_at_all_begins_as_a_formula_and_none_is_lost(text: str) -> None:
    made = inert(text)
    assert not FORMULA.match(made.lstrip())
    assert made.removeprefix("'") == text.removeprefix("'")


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=40))
def test_a_cell_holds_one_line_that_xml_can_hold(text: str) -> None:
    made = cell_text(text)
    assert not {unicodedata.category(letter) for letter in made} & {"Cc", "Cs"}
    assert read(one(text, "end"))["one"][1] == [made, "end"]


@pytest.mark.parametrize(
    "text", [*DANGEROUS, "https://example.org", "mailto:a@b.c", "123", "2026-10-05", "TRUE", "{=1+1}", "_x0041_"]
)
def test_texts_are_strings_and_nothing_in_the_file_is_a_formula_or_link(text: str) -> None:
    content = one(text, None)
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert re.findall(r'<c r="A2"[^>]*>', sheet) == ['<c r="A2" s="2" t="s">']
    assert "<f" not in sheet
    assert "hyperlink" not in sheet
    assert read(content)["one"][1] == [cell_text(text), ""]


def test_values_are_numbers_and_dates_and_the_missing_ones_blank() -> None:
    columns = (Column("n", "count"), Column("share", "share"), Column("day", "date"), Column("at", "time"), Column("x", "hours"))
    at = datetime(2026, 10, 5, 9, 30, 1, 999, ZoneInfo("Asia/Shanghai"))
    rows = [[3, 0.9123, date(2026, 10, 5), pd.Timestamp(at), Cell(1.5, "number")], [pd.NA, float("nan"), pd.NaT, None, None]]
    content = workbook([Sheet("数值", columns, rows)], "Title", "zh")
    assert read(content) == {
        "数值": [
            ["n", "share", "day", "at", "x"],
            [3.0, 0.9123, date(2026, 10, 5), datetime(2026, 10, 5, 9, 30, 1), 1.5],
        ]
    }
    formats = re.findall(r'formatCode="([^"]*)"', part(content, "xl/styles.xml"))
    assert set(formats) >= {"0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"}


def test_heads_stay_in_sight_and_are_printed_on_every_page() -> None:
    content = workbook([Sheet("a", (Column("A"), Column("B")), [["x", "y"]], fixed=1)], "Title", "en")
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert '<pane xSplit="1" ySplit="1" topLeftCell="B2"' in sheet
    assert '<autoFilter ref="A1:B2"/>' in sheet
    assert "a!$1:$1" in part(content, "xl/workbook.xml")


@pytest.mark.parametrize(("text", "digits"), [("E-mail", 6), ("服务台", 6), ("\uff21", 2), ("IT 服务", 7), ("", 0)])
def test_east_asian_letters_are_two_digits_wide(text: str, digits: int) -> None:
    assert width(text) == digits


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    columns = (Column("A"), Column("Much longer heading"), Column("C"), Column("D", "hours"))
    content = workbook([Sheet("a", columns, [["服务台服务台", "x", "y" * 500, 1234.5]])], "Title", "en")
    widths = [
        float(found) for found in re.findall(r'<col min="\d" max="\d" width="([\d.]+)"', part(content, "xl/worksheets/sheet1.xml"))
    ]
    assert [int(found) for found in widths] == [14, 9, 60, 12]
    assert 'wrapText="1"' in part(content, "xl/styles.xml")


def test_an_empty_sheet_says_why() -> None:
    content = workbook([Sheet("a", (Column("A"),), [], empty="Nothing failed."), Sheet("b", (Column("B"),), [])], "Title", "en")
    assert read(content) == {"a": [["A"], ["Nothing failed."]], "b": [["B"]]}


def test_an_endless_text_is_cut_where_excel_would_refuse_it() -> None:
    assert len(cell_text("=" + "x" * 100_000)) == LONGEST + 1


def test_the_same_cells_are_the_same_bytes() -> None:
    assert one("a", "b") == one("a", "b")
    assert "2026-01-01T00:00:00Z" in part(one("a", "b"), "docProps/core.xml")
