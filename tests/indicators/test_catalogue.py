"""The catalogue: complete, consistent, extensible, and strict about what an entry may say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators import Indicator, describe, load_catalogue, sections, words
from itsq_analysis.indicators.computed import COMPUTED
from itsq_analysis.indicators.document import FILES, Language, document
from itsq_analysis.tables import contract

PROMISED = """
incidents_opened incidents_resolved incident_backlog incident_net_flow backlog_age_median backlog_over_30d_share ack_time_mean
ack_time_median sla_response_met resolve_time_mean resolve_time_median resolve_time_p90 resolve_work_time_median
resolve_work_time_p90 resolve_time_km_median sla_resolution_flagged sla_resolved_flagged sla_resolution_met open_breached
restore_time_mean
restore_time_median reopen_rate reassignments_mean no_reassignment_rate ping_pong_share first_contact_resolution_rate
first_level_resolution_rate major_incidents repeat_incidents requests_on_time request_lead_time_p50 request_lead_time_p90
change_success_rate emergency_change_share failed_changes incidents_per_100_changes problem_linked_share availability
availability_with_maintenance availability_user_weighted longest_outage mtbf csat csat_score survey_response_rate nps
"""
ENTRY = """
[[indicator]]
id = "p1_opened"
section = "3.2"
title = { en = "P1 incidents", zh = "P1 事件数" }
population = "incidents opened in the period"
table = "incidents"
time = "opened_at"
kind = "count"
where = "priority = 1"
unit = "count"
better = "lower"
"""


def own(folder: Path, text: str, name: str = "own.toml") -> Path:
    (folder / "catalogue").mkdir(exist_ok=True)
    (folder / "catalogue" / name).write_text(text, encoding="utf-8")
    return folder / "catalogue"


def refused(folder: Path, text: str) -> str:
    with pytest.raises(IndicatorError) as error:
        load_catalogue(own(folder, text))
    return str(error.value)


def test_all_promised_indicators_are_there() -> None:
    assert set(PROMISED.split()) <= load_catalogue().keys()


@pytest.mark.parametrize("indicator", load_catalogue().values(), ids=lambda indicator: indicator.id)
class TestShipped:
    def test_says_everything_in_both_languages(self, indicator: Indicator) -> None:
        for text in (indicator.title, indicator.population, indicator.meaning, indicator.interval, indicator.counted):
            assert text is not None
            assert text["en"] != text["zh"]

    def test_stands_in_its_chapter(self, indicator: Indicator) -> None:
        assert indicator.file == f"ch{indicator.section[0]}.toml"
        assert indicator.section in sections()[indicator.section[0]]

    def test_words_exist(self, indicator: Indicator) -> None:
        assert indicator.unit in words()["unit"]
        assert indicator.kind in words()["kind"]
        assert indicator.function is None or indicator.function in COMPUTED

    def test_is_json(self, indicator: Indicator) -> None:
        assert json.loads(json.dumps(describe(indicator)))["id"] == indicator.id

    def test_durations_are_hours(self, indicator: Indicator) -> None:
        seconds = indicator.of is not None and indicator.unit == "h"
        assert indicator.divisor == (3600 if seconds else 1)

    def test_canceled_incidents_are_not_resolved(self, indicator: Indicator) -> None:
        state = indicator.table is not None and "state" in contract(indicator.table).columns
        if state and indicator.time in ("resolved_at", "acknowledged_at"):
            assert indicator.kind == "computed" or (indicator.where and "canceled" in indicator.where.text)


def test_every_computed_function_is_used() -> None:
    assert {indicator.function for indicator in load_catalogue().values()} - {None} == COMPUTED.keys()


def test_own_indicator(tmp_path: Path) -> None:
    catalogue = load_catalogue(own(tmp_path, ENTRY))
    found = catalogue["p1_opened"]
    assert [*catalogue][-1] == "p1_opened"
    assert (found.file, found.title["zh"], found.population["zh"]) == (
        "catalogue/own.toml",
        "P1 事件数",
        "incidents opened in the period",
    )
    assert "p1_opened" not in load_catalogue()


def test_own_ratio_of_a_shipped_count(tmp_path: Path) -> None:
    ratio = ENTRY.split("table")[0] + 'kind = "ratio"\nnumerator = "p1_opened"\ndenominator = "incidents_opened"\nper = 1000\n'
    ratio = ratio.replace("p1_opened", "p1_rate", 1) + 'unit = "per 1000"\nbetter = "lower"\n'
    assert load_catalogue(own(tmp_path, ENTRY + ratio))["p1_rate"].parts == ("p1_opened", "incidents_opened")


def test_no_folder_is_no_own_indicators(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path / "catalogue") == load_catalogue()


def test_clash_names_both_files(tmp_path: Path) -> None:
    own(tmp_path, ENTRY, "a.toml")
    assert "catalogue/a.toml and in catalogue/own.toml" in refused(tmp_path, ENTRY)
    (tmp_path / "catalogue" / "a.toml").unlink()
    assert "ch2.toml and in catalogue/own.toml" in refused(tmp_path, ENTRY.replace("p1_opened", "reopen_rate"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "p1_opened"', 'id = "P1 opened"', "small Latin letters"),
        ('id = "p1_opened"', 'id = "<script>"', "small Latin letters"),
        ('section = "3.2"', 'section = "9.1"', "1.1 to 8.4"),
        ('kind = "count"', 'kind = "cuont"', "found 'cuont'; write 'count'"),
        ('kind = "count"', 'kind = "mean"', "kind 'mean' must have of"),
        ('table = "incidents"', 'table = "incident"', "write 'incidents'"),
        ('time = "opened_at"', 'time = "opened"', "write 'opened_at'"),
        ('time = "opened_at"', 'time = "priority"', "priority"),
        ('unit = "count"', "", "must have unit"),
        ('better = "lower"', 'better = "less"', "higher, lower, none"),
        ('better = "lower"', 'better = "lower"\ntarget = 3', "reference_target"),
        ('better = "lower"', 'better = "lower"\nreference_target = "3"', "must be a number"),
        ('better = "lower"', 'better = "lower"\nfollowup_days = -1', "from 0 to 366"),
        ('better = "lower"', 'better = "lower"\ncharacteristic = "beauty"', "security, reliability"),
        ('better = "lower"', 'better = "lower"\nrequires = ["majr"]', "write 'major'"),
        ('where = "priority = 1"', 'where = "priority"', "must be boolean; found 'priority', which is whole"),
        ('where = "priority = 1"', 'where = "1 = (SELECT 1)"', "own.toml, p1_opened, where: an expression may hold"),
        ('where = "priority = 1"', "where = 1", "must be text"),
        ("[[indicator]]", "[indicator]", "write \\[\\[indicator\\]\\]"),
        ("[[indicator]]", "[[indicators]]", "found indicators"),
        ("[[indicator]]", "[[indicator]", "must be TOML"),
        ('title = { en = "P1 incidents", zh = "P1 事件数" }', 'title = { fr = "P1" }', "title"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(IndicatorError, match=message) as error:
        load_catalogue(own(tmp_path, ENTRY.replace(old, new)))
    assert "catalogue/own.toml" in str(error.value)


def test_a_ratio_needs_counts(tmp_path: Path) -> None:
    entry = ENTRY.split("table")[0] + 'kind = "ratio"\nnumerator = "csat"\ndenominator = "incidents_opened"\n'
    assert "found 'csat'" in refused(tmp_path, entry + 'unit = "%"\nbetter = "lower"\n')


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "own.toml").write_bytes(ENTRY.encode("gbk"))
    with pytest.raises(IndicatorError, match="must be TOML in UTF-8"):
        load_catalogue(tmp_path / "catalogue")


@pytest.mark.parametrize("language", FILES)
def test_list_of_indicators_is_up_to_date(language: Language) -> None:
    page = (Path(__file__).parents[2] / "docs" / FILES[language]).read_text(encoding="utf-8")
    assert page == document(language), "run: python -m itsq_analysis.indicators.document docs"


@pytest.mark.parametrize("language", FILES)
def test_list_of_indicators_is_whole(language: Language) -> None:
    page = document(language)
    for indicator in load_catalogue().values():
        assert f"| `{indicator.id}` | {indicator.title[language]} |" in page
    for block in page.split("\n\n"):
        rows = [line.count("|") for line in block.splitlines() if line.startswith("|")]
        assert len(set(rows)) <= 1


def test_list_of_indicators_command(tmp_path: Path) -> None:
    folder = tmp_path / "文档"
    subprocess.run([sys.executable, "-m", "itsq_analysis.indicators.document", str(folder)], check=True)
    assert {path.name for path in folder.iterdir()} == set(FILES.values())
