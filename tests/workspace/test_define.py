"""An indicator tried in a notebook: checked, computed, changed, written into the catalogue."""

import shutil
from pathlib import Path

import pytest

from itsq_analysis import open_workspace
from itsq_analysis.errors import IndicatorError

PORTAL = """
[[indicator]]
id = "portal_share"
section = "8.1"
title = { en = "Reported through the portal", zh = "门户提交占比" }
population = { en = "incidents opened in the period whose channel is known", zh = "统计期内新增且渠道已知的事件" }
meaning = { en = "Share of incidents that users reported through the portal.", zh = "用户通过门户提交的事件占比。" }
table = "incidents"
time = "opened_at"
kind = "proportion"
where = "channel IS NOT NULL"
of = "channel = 'portal'"
unit = "%"
better = "higher"
"""


def test_a_definition_is_tried_changed_and_written(demo: Path, tmp_path: Path) -> None:
    own = tmp_path / "ours"
    shutil.copytree(demo, own, ignore=shutil.ignore_patterns("reports", "cache"))
    ws = open_workspace(own)
    assert ws.define(PORTAL) == "portal_share"
    value = ws.values("portal_share", "2026-10").iloc[0]
    tickets = ws.table("incidents")
    opened = tickets[tickets["opened_at"].dt.strftime("%Y-%m") == "2026-10"].dropna(subset="channel")  # the oracle, by pandas
    assert value["value"] == (opened["channel"] == "portal").mean()
    assert len(ws.tickets("portal_share", "2026-10", met=True)) == (opened["channel"] == "portal").sum()
    assert not (own / "catalogue").exists()

    # The value of the first definition is in the cache; another definition of the same id is another value.
    ws.define(PORTAL.replace("'portal'", "'phone'"), write=True)
    changed = ws.values("portal_share", "2026-10").iloc[0]
    assert changed["value"] == (opened["channel"] == "phone").mean() != value["value"]
    again = open_workspace(own)
    assert again.values("portal_share", "2026-10").iloc[0]["value"] == changed["value"]
    assert again.catalogue.loc["portal_share", "title"] == "门户提交占比"


def test_what_is_no_definition_is_refused(demo: Path) -> None:
    ws = open_workspace(demo)
    for text, words in {
        "[[indicator]": "must be TOML",
        PORTAL + PORTAL.replace("portal_share", "other"): r"must hold one \[\[indicator\]\]; found 2",
        PORTAL.replace("portal_share", "csat"): "an id must stand once",
        PORTAL.replace("channel = 'portal'", "chanel = 'portal'"): "chanel",
    }.items():
        with pytest.raises(IndicatorError, match=words):
            ws.define(text)
    assert "portal_share" not in ws.definitions
    with pytest.raises(IndicatorError, match="open it without snapshot"):
        open_workspace(demo, snapshot=1).define(PORTAL)
