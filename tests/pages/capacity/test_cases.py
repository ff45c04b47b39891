"""Small inputs that were once told wrong, and the right values."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from itsq_analysis import IndicatorError, capacity_report, open_workspace
from itsq_analysis.capacity.outlook import capacity_outlooks
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.pages.capacity.report import CapacityReport
from tests.page.loaded import incident, workspace
from tests.page.made import context as made
from tests.page.made import rows_of
from tests.pages.capacity.estates import daily, flat, html, report, resource, rising, scope


def plain(text: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", text).split())


def test_case_a8_one_today_and_one_distance_of_days() -> None:
    """3 November, seven in the morning: 30 October is four days ago, 31 October three."""
    rows = [
        resource(lead_time_days=33),
        resource("crt", kind="certificate", metric=None, expires_on=date(2026, 10, 31)),
    ]
    found = CapacityReport(made(as_of="2026-11-03 07:00", resources=rows, metrics=rising()), {})
    assert "Order now: 4 days overdue" in plain(html(found.decisions()))
    assert "was 30 October, 4 days ago" in html(found.sheets())
    assert rows_of(found.expiry())[1][3] == "ended 3 days ago"


@pytest.mark.parametrize(
    ("price", "toml", "told"),
    [
        (None, "", "no price"),
        (0.0, "", "free of charge"),
        (8600.0, "", "CNY 8,600"),
        (8600.0, '[organisation]\ncurrency = "EUR"\n', "EUR 8,600"),
    ],
)
def test_case_a9_a_price_is_said_in_the_same_words_everywhere(price: float | None, toml: str, told: str) -> None:
    option = {"resource": "disk", "option": "clean", "title": "Clean", "size": 10.0, "price": price}
    found = report(toml, resources=[resource(lead_time_days=20)], metrics=rising(), capacity_options=[option])
    assert f"Clean ({told}, 0.3 months gained)" in plain(html(found.decisions()))
    assert rows_of(found.sheets())[1][2] == told
    assert "yuan" not in html(found.decisions()) + html(found.sheets())


def test_case_a9_in_chinese() -> None:
    option = {"resource": "disk", "option": "clean", "title": "Clean", "size": 10.0, "price": 86000.0}
    rows = {"resources": [resource(lead_time_days=20)], "metrics": rising(), "capacity_options": [option]}
    yuan, euro = (report(f'[organisation]\ncurrency = "{code}"\n', language="zh", **rows) for code in ("CNY", "SEK"))
    assert "8.6 \u4e07\u5143" in html(yuan.sheets())
    assert "8.6 \u4e07 SEK" in html(euro.sheets())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two services with a resource each, one that is measured for half as long; the incidents name a third service."""
    columns = ("resource", "name", "kind", "unit", "capacity", "metric", "lead_time_days", "service")
    rows = [resource("disk", service="Orders"), resource("mail", service="E-mail")]
    metrics = [*rising("disk", days=90), *daily("mail", [40.0] * 20 + [60.0 + n % 3 for n in range(25)])]
    return workspace(
        tmp_path_factory.mktemp("cases"),
        incidents=[incident(n, service="Wiki") for n in range(3)],
        resources=[{key: row[key] for key in columns} for row in rows],
        metrics=[{**row, "time": row["time"].replace(tzinfo=None)} for row in metrics],
    )


@pytest.mark.parametrize(("name", "near"), [("E-mial", "did you mean E-mail"), ("nope", "use one of E-mail, Orders, Wiki")])
def test_case_c4_an_unknown_service_is_refused_with_the_nearest_names(folder: Path, name: str, near: str) -> None:
    for ask in (capacity_report, lambda path, services: open_workspace(path, services=services).capacity()):
        with pytest.raises(IndicatorError, match=f"a service must be known; found '{name}'; {near}"):
            ask(folder, services=[name])


def test_case_c5_an_open_workspace_is_used_as_it_is(folder: Path) -> None:
    narrowed = open_workspace(folder, services=["E-mail"])
    found = capacity_report(narrowed, period="2026-10")
    assert found.context.workspace is narrowed
    assert [one.key for one in resource_register(found.context.scope)] == ["mail"]
    assert found.parameters["services"] == ["E-mail"]


def test_a_service_is_the_slice_of_the_whole(folder: Path) -> None:
    workspaces = [open_workspace(folder, services=services) for services in ((), ["E-mail"])]
    for one in workspaces:
        one.__dict__["cache"] = None  # each is computed
    whole, sliced = (one.capacity() for one in workspaces)
    assert whole["key"].tolist() == ["mail", "disk"]
    pd.testing.assert_frame_equal(sliced, whole[whole["service"] == "E-mail"].reset_index(drop=True), check_dtype=False)


def test_case_d5_a_metric_in_per_cent_without_a_capacity_is_judged_as_per_cent() -> None:
    subject = scope(resources=[resource(kind="cpu", unit="%", capacity=None)], metrics=flat("disk", 55.34))
    [outlook] = capacity_outlooks(subject)
    assert (outlook.share, outlook.crossed, outlook.forecast.probability) == (pytest.approx(0.5534), False, 0.0)


@pytest.mark.parametrize("kind", ["disk", "cpu"])
def test_case_d6_what_is_beyond_its_capacity_is_full(kind: str) -> None:
    found = report(resources=[resource(kind=kind, lead_time_days=20)], metrics=flat("disk", 605.0))
    told = plain(html(found.decisions()))
    assert "The disk is already beyond its 90% limit" in told or kind == "cpu"
    assert "It is already full: 605% of its capacity." in told
    assert "most likely full" not in told
