"""Judgements of alarms: written whole or not at all, safe in a spreadsheet, and what they say of budgets."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.anomaly.labels import COLUMNS, labelled, plain, precision, read_labels, write_label
from itsq_analysis.errors import ReportError
from tests.hostile import HOSTILE

FIRST, LAST = date(2026, 10, 20), date(2026, 10, 22)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "运维 数据"
    folder.mkdir()
    return folder / "labels.csv"


def test_no_file_is_no_judgement(path: Path) -> None:
    found = read_labels(path)
    assert tuple(found.columns) == COLUMNS
    assert found.empty


def test_what_was_written_is_read_again(path: Path) -> None:
    write_label(path, "service=仓储管理 WMS", FIRST, LAST, "confirmed", "防火墙变更, 已回退")
    write_label(path, "service=E-mail", FIRST, FIRST, "false")
    found = read_labels(path)
    assert found["series"].tolist() == ["service=E-mail", "service=仓储管理 WMS"]
    assert found["label"].tolist() == ["false", "confirmed"]
    assert found["note"].tolist() == ["", "防火墙变更, 已回退"]
    assert found["end"].tolist() == [pd.Timestamp(FIRST), pd.Timestamp(LAST)]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfseries,start,end,label,note")
    assert [one.name for one in path.parent.iterdir()] == ["labels.csv"]


def test_a_second_judgement_of_the_same_days_takes_the_place_of_the_first(path: Path) -> None:
    write_label(path, "incidents", FIRST, LAST, "false", "?")
    found = write_label(path, "incidents", FIRST, LAST, "confirmed")
    assert found[["label", "note"]].values.tolist() == [["confirmed", ""]]
    assert len(read_labels(path)) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_formula_and_one_line(path: Path, text: str) -> None:
    write_label(path, text, FIRST, LAST, "confirmed", text)
    written = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(written) == 2
    found = read_labels(path)
    assert found["series"].tolist() == [plain(text)]
    assert not found["note"].iloc[0].startswith(("=", "+", "-", "@", "\t"))
    assert labelled(
        pd.DataFrame({"series": [text], "start": [pd.Timestamp(FIRST)], "end": [pd.Timestamp(LAST)]}), found
    ).tolist() == ["confirmed"]


@given(st.text(max_size=40))
def test_a_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_days_as_excel_saves_them_are_read(path: Path) -> None:
    path.write_text("series,start,end,label,note\nincidents,2026/10/20,2026/10/22,false,\n", encoding="utf-8-sig")
    assert read_labels(path)["start"].tolist() == [pd.Timestamp(FIRST)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("series,start\n", "found the columns series, start"),
        ("series,start,end,label,note\na,2026-10-20,2026-10-20,maybe,\n", "the label 'maybe' in row 2"),
        ("series,start,end,label,note\na,yesterday,2026-10-20,false,\n", "yesterday"),
    ],
    ids=["columns", "label", "day"],
)
def test_another_file_is_refused_and_left_alone(path: Path, content: str, message: str) -> None:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match=message):
        write_label(path, "incidents", FIRST, LAST, "false")
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(("label", "end"), [("perhaps", LAST), ("false", date(2026, 10, 1))])
def test_a_judgement_that_is_none_is_refused(path: Path, label: str, end: date) -> None:
    with pytest.raises(ReportError, match="confirmed or false"):
        write_label(path, "incidents", FIRST, end, label)
    assert not path.exists()


def events() -> pd.DataFrame:
    days = pd.to_datetime(["2026-10-01", "2026-10-10", "2026-10-20", "2026-10-25"])
    return pd.DataFrame({"series": ["a", "a", "b", "b"], "start": days, "end": days, "score": [0.99, 0.9, 0.7, 0.55]})


def test_a_judgement_belongs_to_the_event_of_its_series_that_its_days_meet() -> None:
    labels = pd.DataFrame(
        [["a", "2026-10-09", "2026-10-12", "confirmed", ""], ["b", "2026-10-01", "2026-10-02", "false", ""]], columns=list(COLUMNS)
    )
    labels = labels.assign(start=pd.to_datetime(labels["start"]), end=pd.to_datetime(labels["end"]))
    assert labelled(events(), labels).tolist() == ["", "confirmed", "", ""]


def test_precision_by_budget_with_a_pencil() -> None:
    judged = events().assign(label=["confirmed", "confirmed", "false", ""])
    found = precision(judged, [1.0, 0.1])
    assert found["alarms_per_month"].tolist() == [0.1, 1.0]
    assert found["score"].tolist() == pytest.approx([1 / 1.1, 0.5])
    assert found[["alarms", "confirmed", "false", "unjudged"]].values.tolist() == [[1, 1, 0, 0], [4, 2, 1, 1]]
    assert found["precision"].tolist() == pytest.approx([1, 2 / 3])
    assert found["kept"].tolist() == [0.5, 1]
    assert found["lower"].iloc[1] < 2 / 3 < found["upper"].iloc[1]


def test_without_judgements_there_is_no_precision() -> None:
    found = precision(events().assign(label=""), [1.0])
    assert found[["precision", "lower", "upper"]].isna().all(axis=None)
    assert found["unjudged"].tolist() == [4]
