"""Templates of registers kept by hand: a table's headers in one language and one example row, as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from itsq_analysis.errors import IngestError
from itsq_analysis.tables import Column, contract

Language = Literal["en", "zh"]
Format = Literal["csv", "xlsx"]

ROWS = 5000  # rows of the sheet that offer the choices of a column
CREATED = datetime(2026, 1, 1)  # written into every XLSX, so that the same template has the same bytes
NUMBER_FORMATS = {
    "text": "@",
    "choice": "@",
    "clock": "@",
    "period": "@",
    "time": "yyyy-mm-dd hh:mm:ss",
    "date": "yyyy-mm-dd",
    "int": "0",
    "number": "General",
    "bool": "General",
}
KINDS = {
    "en": {"text": "text", "choice": "one of", "time": "date and time", "date": "date", "int": "whole number", "number": "number",
           "clock": "time such as 09:00", "period": "period such as 2026-10", "bool": "TRUE or FALSE", "required": "required"},
    "zh": {"text": "文本", "choice": "取值", "time": "日期时间", "date": "日期", "int": "整数", "number": "数字",
           "clock": "时刻，如 09:00", "period": "统计期，如 2026-10", "bool": "TRUE 或 FALSE", "required": "必填"},
}  # fmt: skip


def template(table: str, language: Language, format: Format, path: Path) -> Path:  # noqa: A002 - the option's name
    """Write the template of a table: a header row in `language`, one example row, no derived columns.

    Args:
        table: name of a canonical table.
        language: of the headers; both languages are understood when the file is loaded.
        format: "csv" (UTF-8 with a byte order mark, which Excel needs) or "xlsx" (with comments and choices).
        path: the file to write; its folder is made.

    Returns:
        `path`.

    Raises:
        IngestError: there is no such table, the file is there already (nothing is overwritten), or it cannot be written.

    >>> import tempfile
    >>> path = template("groups", "zh", "csv", Path(tempfile.mkdtemp()) / "支持组.csv")
    >>> path.read_text(encoding="utf-8-sig").splitlines()
    ['支持组,英文名称,中文名称,团队,支持级别,供应商,人数,更新时间', 'Service Desk,Service Desk,服务台,Operations,1,,8.0,']
    """
    columns = [*contract(table).columns.values()]
    content = _xlsx(table, columns, language) if format == "xlsx" else _csv(columns, language)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        if path.exists():
            raise IngestError(f"a template must not overwrite a file; found {path}; choose another name") from error
        raise IngestError(f"a template's folder must be writable; found {error.strerror} for {path}; choose another") from error
    return path


def kind(column: Column, language: Language) -> str:
    """What a cell of the column holds, in words: "one of caller, supplier"; "whole number, 1-5".

    >>> kind(contract("groups").columns["level"], "en")
    'whole number, 1-3'
    """
    words = KINDS[language]
    if column.values:
        offered = choices(column, language)
        return f"{words['choice']} {', '.join(offered)}" if language == "en" else f"{words['choice']}:{'、'.join(offered)}"
    bounds = f"{'' if column.min is None else f'{column.min:g}'}-{'' if column.max is None else f'{column.max:g}'}"
    bounds = f"≥ {column.min:g}" if column.max is None and column.min is not None else bounds
    return (
        words[column.type]
        if bounds == "-"
        else f"{words[column.type]}, {bounds}"
        if language == "en"
        else f"{words[column.type]}({bounds})"
    )


def choices(column: Column, language: Language) -> tuple[str, ...]:
    """The texts that a template offers for a column of choices.

    >>> choices(Column("a", "choice", {}, {}, values=("open", "closed"), choices=("未关闭", "已关闭")), "zh")
    ('未关闭', '已关闭')
    """
    return column.choices if language == "zh" and column.choices else column.values


def _csv(columns: list[Column], language: Language) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.title[language] for column in columns])
    writer.writerow([_text(_example_of(column, language)) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def _example_of(column: Column, language: Language) -> Any:
    """The example in the template's language."""
    if column.example in column.values:
        return choices(column, language)[column.values.index(column.example)]
    return column.example


def _text(example: Any) -> str:
    return "" if example is None else str(example).upper() if isinstance(example, bool) else str(example)


def _xlsx(table: str, columns: list[Column], language: Language) -> bytes:
    buffer = io.BytesIO()
    # Whatever looks like a formula or an address is written as the text it is.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": contract(table).title[language], "created": CREATED})
        sheet = book.add_worksheet(table)
        header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for position, column in enumerate(columns):
            title = column.title[language]
            sheet.write_string(0, position, title, header)
            sheet.write_comment(0, position, _comment(column, language), {"x_scale": 2, "author": ""})
            width = max(2 * len(title) if language == "zh" else len(title), len(_text(column.example)), 8) + 2
            sheet.set_column(position, position, width, book.add_format({"num_format": NUMBER_FORMATS[column.type]}))
            _example(sheet, position, column, language)
            if column.values or column.type == "bool":
                offered = choices(column, language) or ("TRUE", "FALSE")
                sheet.data_validation(1, position, ROWS, position, {"validate": "list", "source": [*offered]})
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _comment(column: Column, language: Language) -> str:
    facts = [kind(column, language)] + [KINDS[language]["required"]] * column.required
    return f"{column.meaning[language]}\n{'; '.join(facts)}"


def _example(sheet: Any, position: int, column: Column, language: Language) -> None:
    """The example as the type that Excel gives to what is typed in its place."""
    example = _example_of(column, language)
    if example is None:
        return
    if isinstance(example, bool):
        sheet.write_boolean(1, position, example)
    elif isinstance(example, int | float):
        sheet.write_number(1, position, example)
    elif column.type == "time":
        sheet.write_datetime(1, position, datetime.fromisoformat(example))
    elif column.type == "date":
        sheet.write_datetime(1, position, date.fromisoformat(example))
    else:
        sheet.write_string(1, position, str(example))
