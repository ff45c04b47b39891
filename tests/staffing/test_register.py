"""The roster's register: the start and end of a shift under the headers that people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsq_analysis import open_workspace

SOURCE = """\
[organisation]
timezone = "Asia/Shanghai"
holidays = ""

[[source]]
glob = "roster.csv"
mapping = "register"
table = "roster"
"""


@pytest.mark.parametrize(
    "header", ["Date,Shift start,Shift end,Team,People", "date,from,to,team,people", "日期,上班,下班,团队,人数"]
)
def test_a_shift_is_read_under_any_of_its_headers(tmp_path: Path, header: str) -> None:
    (tmp_path / "itsq.toml").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(f"{header}\n2026-11-09,20:00,08:00,Service Desk,1.5\n", encoding="utf-8")
    workspace = open_workspace(tmp_path)
    workspace.load()
    shifts = workspace.sql("SELECT shift_start, shift_end, team, people FROM roster")
    assert shifts.to_numpy().tolist() == [["20:00", "08:00", "Service Desk", 1.5]]
