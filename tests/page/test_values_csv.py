import csv
import io
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsq_analysis.errors import ReportError
from itsq_analysis.indicators.values import COLUMNS
from itsq_analysis.page.values_csv import from_csv, to_csv
from itsq_analysis.tables.plain_text import FORMULA

OCTOBER = {"period": "2026-10", "start": date(2026, 10, 1), "end": date(2026, 11, 1)}


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    blank = dict.fromkeys(COLUMNS) | {"indicator": "csat", "provisional": False} | OCTOBER
    return pd.DataFrame([blank | row for row in rows], columns=[*COLUMNS])


def test_the_file_is_what_excel_and_pandas_read() -> None:
    rows = frame(
        {"value": 2 / 3, "numerator": 2.0, "denominator": 3.0, "n": 3, "target": 0.95, "status": "missed", "provisional": True},
        {"dimension": "service", "member": '订单门户 Order portal, "A"', "value": float("nan"), "reason": "too_few"},
    )
    assert to_csv(rows) == (
        b"\xef\xbb\xbfindicator,period,start,end,dimension,member,value,numerator,denominator,n,lower,upper,"
        b"target,target_kind,status,certainty,provisional,reason\r\n"
        b"csat,2026-10,2026-10-01,2026-11-01,,,0.666666666667,2,3,3,,,0.95,,missed,,true,\r\n"
        + 'csat,2026-10,2026-10-01,2026-11-01,service,"订单门户 Order portal, ""A""",,,,,,,,,,,false,too_few\r\n'.encode()
    )


def test_it_is_read_back() -> None:
    found = from_csv(to_csv(frame({"member": "NA", "dimension": "service", "n": 3, "provisional": True}, {"value": -0.0})), "x")
    assert [*found.columns] == [*COLUMNS]
    assert found["member"].tolist() == ["NA", ""]  # the letters NA are a name
    assert found["n"].tolist()[0] == 3.0
    assert found["provisional"].tolist() == [True, False]
    assert str(found["value"].iloc[1]) == "0.0"


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12), min_size=1, max_size=5))
def test_numbers_keep_twelve_digits(numbers: list[float]) -> None:
    found = from_csv(to_csv(frame(*({"value": number} for number in numbers))), "x")["value"]
    assert found.tolist() == pytest.approx(numbers, rel=1e-11, abs=1e-300)


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "x;=cmd|' /C calc'!A0;y",
    'x",=1+1',
    "x\t=1+1",
    "x|@SUM(A1)",
    "x\r\n+1",
    ", -1",
    "\uff1d1",
    "'=1",
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_a_formula_whatever_a_country_s_excel_takes_for_a_separator(name: str, delimiter: str) -> None:
    text = to_csv(frame({"dimension": "service", "member": name, "reason": name, "indicator": name})).decode("utf-8-sig")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, quoting=quoting):
            assert [cell for cell in row if FORMULA.match(cell.lstrip(' "'))] == []


def test_a_name_is_the_same_name_in_the_next_report() -> None:
    rows = frame(*({"dimension": "service", "member": name} for name in HOSTILE))
    assert from_csv(to_csv(rows), "x")["member"].is_unique
    assert to_csv(rows) == to_csv(rows)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "No columns"),
        (b"\xff\xfe\x00", "utf-8"),
        (b"indicator,value\r\ncsat,1\r\n", "columns indicator, value"),
        (to_csv(frame({"value": 0.5})).replace(b"0.5", b"half"), "half"),
        (to_csv(frame({})).replace(b"2026-10-01", b"1.10.2026"), "1.10.2026"),
        (to_csv(frame({})) + b'csat,"unfinished', "."),
    ],
)
def test_another_file_is_refused_with_what_it_should_be(content: bytes, found: str) -> None:
    with pytest.raises(ReportError, match=rf"must be the NAME\.values\.csv that itsq run wrote.*{found}.* in old\.csv"):
        from_csv(content, "old.csv")
