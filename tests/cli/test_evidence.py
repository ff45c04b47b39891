"""`itsq explain`: to the rows, and back."""

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from itsq_analysis import open_workspace
from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.indicators.evidence.recompute import recomputed
from tests.cli.running import itsq

HEAD = "number,opened_at,resolved_at,state,priority,service,reopen_count\n"
ROW = "{},2026-10-0{} 09:00:00,2026-10-0{} 10:00:00,closed,3,{},{}\n"
SOURCE = '[[source]]\nglob = "exports/*.csv"\nmapping = "register"\ntable = "incidents"\ntimezone = "Asia/Shanghai"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exports").mkdir()
    names = ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "E-mail"]
    rows = [ROW.format(f"INC{place}", place + 1, place + 1, name, place % 2) for place, name in enumerate(names)]
    (tmp_path / "exports" / "incidents.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    (tmp_path / "itsq.toml").write_text('[organisation]\nlanguage = "en"\n' + SOURCE, encoding="utf-8")
    open_workspace(tmp_path).load()
    return tmp_path


def test_rows_are_written_without_formulas_and_give_the_value(capsys, folder) -> None:
    for file in ("rows.csv", "rows.xlsx"):
        ended = itsq(capsys, "explain", "reopen_rate", "--period", "2026-10", "-w", folder, "--rows", folder / file)
        assert ended.code == 0, ended.err
        assert "50 % (2 of 4)" in ended.out
        assert "50 %, as told" in ended.out
    refused = itsq(capsys, "explain", "reopen_rate", "-w", folder, "--period", "2026-10", "--rows", folder / "rows.txt")
    assert refused.code == 2
    assert "--rows takes a file that ends in .csv or .xlsx; found 'rows.txt'" in refused.err
    frame = pd.read_csv(folder / "rows.csv", encoding="utf-8-sig")
    assert not frame["service"].str.match(r"[=+@-]").any()
    assert recomputed(load_catalogue()["reopen_rate"], frame) == 0.5
    header, *sheet = CalamineWorkbook.from_path(folder / "rows.xlsx").get_sheet_by_name("rows").to_python()
    assert sorted(row[header.index("service")] for row in sheet) == ["'+1", "'=cmd|' /C calc'!A0", "'@SUM(1)", "E-mail"]


def test_a_ticket_is_explained_and_an_unknown_name_refused(capsys, folder) -> None:
    ended = itsq(capsys, "explain", "INC1", "-w", folder, "--format", "csv")
    places = {line.split(",")[0]: line.split(",")[3] for line in ended.out.splitlines()[1:]}
    assert (places["reopen_rate"], places["incidents_opened"]) == ("numerator", "counted")
    assert "resolve_time_median" in itsq(capsys, "explain", "INC1", "-w", folder).out
    assert "neither" in itsq(capsys, "explain", "INC7", "-w", folder).err
