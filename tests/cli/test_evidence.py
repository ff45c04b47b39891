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


def test_objectives_are_told_or_asked_for(capsys, folder) -> None:
    assert "no objectives yet; write an [[slo]] into itsq.toml" in itsq(capsys, "slo", "-w", folder).out
    settings = folder / "itsq.toml"
    rule = '[[sla]]\ncalendar = "7x24"\nresolution = "8h"\n'
    promise = '[[slo]]\nid = "promise"\nindicator = "sla_resolution_met"\nobjective = "95%"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + rule + promise, encoding="utf-8")
    open_workspace(folder).refresh()
    assert "occurrences" in itsq(capsys, "slo", "-w", folder).out
    assert "2026-10" in itsq(capsys, "slo", "--months", "-w", folder, "--format", "csv").out


def test_the_scorecard_is_written_in_four_forms(capsys, folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    options = ("--period", "2026-10", "-w", folder)
    assert "weights met" in itsq(capsys, "scorecard", *options).out
    assert len(itsq(capsys, "scorecard", *options, "--format", "csv").out.splitlines()) > 1 + 1 + 8 + 32
    assert '"level": "overall"' in itsq(capsys, "scorecard", *options, "--format", "json").out
    assert itsq(capsys, "scorecard", *options, "--format", "xlsx").out == "written: scorecard-2026-10.xlsx\n"
    assert CalamineWorkbook.from_path(folder / "scorecard-2026-10.xlsx").sheet_names == ["scorecard", "indicators"]
