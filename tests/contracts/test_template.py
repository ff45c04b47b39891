import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis.errors import IngestError
from itsq_analysis.tables import Column, contracts
from itsq_analysis.tables.template import Format, Language, kind, template

FORMATS: tuple[Format, ...] = ("csv", "xlsx")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", contracts())
def test_a_csv_has_the_titles_and_one_example_and_nothing_derived(tmp_path: Path, table: str, language: Language) -> None:
    path = template(table, language, "csv", tmp_path / "t.csv")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    header, example = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    columns = contracts()[table].columns.values()
    assert header == [column.title[language] for column in columns]
    assert [bool(text) for text in example] == [column.example is not None for column in columns]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", contracts())
def test_no_two_headers_of_a_table_are_the_same(table: str, language: Language) -> None:
    titles = [column.title[language] for column in contracts()[table].columns.values()]
    assert len(set(titles)) == len(titles)


def test_every_required_column_has_an_example() -> None:
    assert [
        (table.name, column.name)
        for table in contracts().values()
        for column in table.columns.values()
        if column.required and column.example is None
    ] == []


def test_an_xlsx_holds_typed_cells(tmp_path: Path) -> None:
    path = template("outages", "en", "xlsx", tmp_path / "服务 中断.xlsx")
    header, example = CalamineWorkbook.from_path(path).get_sheet_by_name("outages").to_python()
    assert header == [column.title["en"] for column in contracts()["outages"].columns.values()]
    row = dict(zip(header, example, strict=True))
    assert row["Started"] == datetime(2026, 10, 5, 9)
    assert (row["Number"], row["Service"], row["Kind"]) == ("OUT0001", "E-mail", "unplanned")
    assert (row["Users affected"], row["Degradation"], row["Action"]) == (800, 1, "")


def test_headers_of_an_xlsx_explain_themselves_in_the_language(tmp_path: Path) -> None:
    path = template("outages", "zh", "xlsx", tmp_path / "t.xlsx")
    with zipfile.ZipFile(path) as book:
        comments = book.read("xl/comments1.xml").decode("utf-8")
        sheet = book.read("xl/worksheets/sheet1.xml").decode("utf-8")
    meaning = contracts()["outages"].columns["service"].meaning["zh"]
    assert meaning in comments
    assert "必填" in comments
    assert '"unplanned,maintenance"' in sheet


def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {"a": "=cmd()", "b": "+1", "c": "@SUM(A1)", "d": "https://example.org", "e": "{=1}"}
    columns = {
        name: Column(name, "text", {"en": text, "zh": text}, {"en": text, "zh": text}, example=text)
        for name, text in hostile.items()
    }
    hostile_contract = replace(contracts()["groups"], columns=columns)
    monkeypatch.setattr("itsq_analysis.tables.template.contract", lambda _: hostile_contract)
    path = template("groups", "en", "xlsx", tmp_path / "t.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode("utf-8")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [[*hostile.values()], [*hostile.values()]]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_template_has_the_same_bytes(tmp_path: Path, format: Format) -> None:  # noqa: A002
    one, two = (template("services", "zh", format, tmp_path / name).read_bytes() for name in ("one", "two"))
    assert one == two


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "registers" / "services.csv"
    template("services", "en", "csv", path)
    before = path.read_bytes()
    with pytest.raises(IngestError, match="must not overwrite"):
        template("services", "zh", "xlsx", path)
    assert path.read_bytes() == before


def test_an_unknown_table_and_an_impossible_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="a table must be one of"):
        template("service", "en", "csv", tmp_path / "t.csv")
    (tmp_path / "file").touch()
    with pytest.raises(IngestError, match="must be writable"):
        template("services", "en", "csv", tmp_path / "file" / "t.csv")


@pytest.mark.parametrize(
    ("column", "en", "zh"),
    [
        (("int", (), 1, 5), "whole number, 1-5", "整数(1-5)"),
        (("int", (), 0, None), "whole number, ≥ 0", "整数(≥ 0)"),
        (("number", (), 0, 1), "number, 0-1", "数字(0-1)"),
        (("choice", ("a", "b"), None, None), "one of a, b", "取值:a、b"),
        (("text", (), None, None), "text", "文本"),
    ],
)
def test_what_a_cell_holds_is_said_in_words(column: tuple[object, ...], en: str, zh: str) -> None:
    type_, values, low, high = column
    made = Column("x", type_, {}, {}, values=values, min=low, max=high)  # type: ignore[arg-type]
    assert (kind(made, "en"), kind(made, "zh")) == (en, zh)
