"""A workspace says what it is: its organisation, data, tables, targets, and what to try next."""

from pathlib import Path

from itsq_analysis import open_workspace, quality_report


def test_a_workspace_introduces_itself(demo: Path) -> None:
    workspace = open_workspace(demo)
    told = repr(workspace)
    for words in (
        "申浦物流 Shenpu Logistics",
        "data: 2024-11-01 to 2026-11-03 08:00, Asia/Shanghai",
        "incidents 43,341",
        "agreed targets: 12: sla_response_met",
        "ws.values()",
    ):
        assert words in told
    html = workspace._repr_html_()
    assert ">申浦物流 Shenpu Logistics</td>" in html
    assert "<code>ws.values()</code>" in html
    assert repr(quality_report(workspace, period="2026-10")) == f"QualityReport 2026-10 of {demo.name}, en"


def test_what_it_suggests_works(demo: Path) -> None:
    ws = open_workspace(demo)
    assert {"sla_resolution_met", "csat"} <= set(ws.catalogue.index)
    assert ws.catalogue.loc["csat", "unit"] == "%"
    assert len(ws.values(["csat"])) == 1
    assert len(ws.table("services")) == 12


def test_one_that_was_never_loaded_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "itsq.toml").write_text('[organisation]\nname = "<b>"\n', encoding="utf-8")
    workspace = open_workspace(tmp_path)
    assert "run: itsq load" in repr(workspace)
    assert "&lt;b&gt;" in workspace._repr_html_()


def test_completion_offers_what_an_analyst_uses(demo: Path) -> None:
    offered = [name for name in dir(open_workspace(demo)) if not name.startswith("_")]
    assert offered == [
        *("at_risk", "capacity", "catalogue", "changes", "compare", "define", "detect", "explain_event", "explain_ticket"),
        *("explain_value", "forecast", "impact", "improvements", "load", "map", "path", "period", "plot", "pull", "quarantine"),
        *("recurring", "scope", "scorecard", "series", "services", "settings", "slos", "snapshot", "snapshots"),
        *("sql", "staffing", "staffing_plan", "table", "tickets", "tree", "values"),
    ]
