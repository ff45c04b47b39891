"""Workbooks: typed dates, titles above the header, totals below the records, sheets, damage."""

from datetime import date, datetime

import pytest
import xlsxwriter

from itsq_analysis.errors import IngestError

HEADER = ["Number", "Service", "Started", "Restored", "Kind", "Users affected", "Review held on"]
ROW = ["OUT1", "E-mail", "2026-10-05 09:00", "", "unplanned", 800, ""]


@pytest.fixture
def book(tmp_path):
    """Write sheets (name -> rows) as a workbook; datetimes become date cells."""

    def written(sheets, hidden=(), name="运维 登记.xlsx"):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy/m/d hh:mm", "strings_to_formulas": False}) as made:
            for title, rows in sheets.items():
                page = made.add_worksheet(title)
                for number, row in enumerate(rows):
                    page.write_row(number, 0, row)
                if title in hidden:
                    page.hide()
        return path

    return written


def test_cells_of_dates_numbers_and_texts(book, stage):
    row = ["OUT1", " E-mail ", datetime(2026, 10, 5, 9, 20), datetime(2026, 10, 5, 10, 0, 30), "unplanned", 1200, date(2026, 10, 6)]
    found = stage(book({"Sheet1": [HEADER, row]}), zone="Asia/Shanghai")
    [one] = found.rows
    assert one["started_at"] == "2026-10-05 01:20:00"
    assert one["restored_at"] == "2026-10-05 02:00:30"
    assert (one["service"], one["users_affected"], one["reviewed_on"]) == ("E-mail", 1200, date(2026, 10, 6))
    assert (found.facts.encoding, found.facts.delimiter, one["_line"]) == ("workbook", "", 2)


def test_serial_numbers_are_dates_in_a_workbook_alone(book, stage):
    row = ["OUT1", "E-mail", 46300.4027777778, "", "unplanned", 1, 46301]
    found = stage(book({"Sheet1": [HEADER, row]}))
    assert (found.rows[0]["started_at"], found.rows[0]["reviewed_on"]) == ("2026-10-05 09:40:00", date(2026, 10, 6))
    text = stage("Number,Service,Started,Kind\nOUT1,E-mail,46300.4027777778,unplanned\n")
    assert text.rules == [(2, "unreadable_time", "started_at", "46300.4027777778")]


def test_titles_empty_rows_and_totals(book, stage):
    found = stage(
        book({"Sheet1": [["服务中断登记"], [], HEADER, ROW, [], ["OUT2", *ROW[1:]], ["合计", "", "", "", "", 1600, ""]]}),
    )
    assert [(row["number"], row["_line"]) for row in found.rows] == [("OUT1", 4), ("OUT2", 6)]
    assert found.rules == [(7, "not_a_record", None, None)]
    assert '"Number":"合计"' in found.refused[0]["record"]
    assert found.facts.read == 3


def test_a_total_that_is_a_sound_row_is_a_record(book, stage):
    """Only a row that fails a check is taken for a total: "Total" can be the name of a service."""
    found = stage(book({"Sheet1": [["Service", "Owner"], ["Total", "Sales"]]}), "services")
    assert found.rows[0]["service"] == "Total"


def test_the_sheet_with_the_columns_is_read(book, stage):
    found = stage(book({"说明": [["How to fill this in"]], "Outages": [HEADER, ROW], "Old": [HEADER, ROW]}, hidden=["Old"]))
    assert found.facts.read == 1


def test_sheets_with_one_header_are_one_table(book, stage):
    found = stage(book({"2025": [["title"], HEADER, ROW], "2026": [HEADER, ["OUT2", *ROW[1:]]]}))
    assert found.column("number") == ["OUT1", "OUT2"]


def test_two_sheets_that_could_be_meant_are_an_error(book, stage):
    with pytest.raises(IngestError, match=r"one sheet with the records; found '2025', '2026' in 运维 登记\.xlsx"):
        stage(book({"2025": [HEADER, ROW], "2026": [[*HEADER[::-1]], ROW[::-1]]}))


def test_an_empty_workbook_is_an_error(book, stage):
    with pytest.raises(IngestError, match="must have a header"):
        stage(book({"Sheet1": []}))


def test_an_export_that_says_it_was_cut_off_is_an_error(book, stage):
    stopped = ["Export stopped due to excessive size. Use export to file instead."]
    with pytest.raises(IngestError, match=r"complete; found 'Export stopped.* in line 3 of"):
        stage(book({"Sheet1": [HEADER, ROW, stopped]}))


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04" + b"\0" * 40, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_a_damaged_workbook_is_an_error(stage, content):
    with pytest.raises(IngestError, match=r"found x\.xlsx damaged"):
        stage(content, name="x.xlsx")


def test_a_workbook_under_another_name_is_read_as_one(book, stage):
    assert stage(book({"Sheet1": [HEADER, ROW]}, name="outages.csv")).facts.encoding == "workbook"


def test_formulas_and_markup_are_text(book, stage):
    texts = ["<script>alert(1)</script>", "=cmd()", "{{7*7}}", "' OR 1=1 --"]
    found = stage(book({"Sheet1": [HEADER, *(["OUT" + text, text, *ROW[2:]] for text in texts)]}))
    assert found.column("service") == texts
