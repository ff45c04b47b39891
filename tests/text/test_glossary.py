"""Every text of a report against the field's glossary: the word for each thing, the words to avoid, percentage points."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from itsq_analysis.indicators.catalogue import load_catalogue
from itsq_analysis.tables import contract, contracts
from itsq_analysis.text import term

# The page's words for what the glossary names.
TERMS = {
    "scorecard": "指标一览",
    "definitions": "统计口径",
    "met": "达标",
    "missed": "未达标",
    "no_target": "未设目标",
    "not_measurable": "暂不可测",
    "certain": "证据充分",
    "could_be_chance": "可能为偶然波动",
    "too_few_to_tell": "数量过少，不作判断",
    "provisional": "暂定值",
    "reference": "参考目标",
    "agreed": "约定目标",
    "interval": "95% 置信区间",
    "emergency": "紧急变更",
    "normal": "常规变更",
    "standard": "标准变更",
    "quarantined": "未入库记录",
    "data_as_of": "数据截止时间",
    "snapshot": "数据快照",
    "provenance": "数据来源与追溯",
    "priority": "优先级",
    "outages": "服务中断",
    "maintenance": "计划维护",
    "numerator": "分子",
    "denominator": "分母",
    "count_n": "件数",
    "chart_backlog": "期末积压",
    "page_prepared": "编制",
    "page_reviewed": "审核",
    "page_approved": "批准",
    "page_classification": "密级",
    "chart_major": "重大事件",
    "chart_maintenance": "计划维护",
    "incident": "事件",
    "major_incident": "重大事件",
    "reopened": "重新打开",
    "percentage_point": "个百分点",
    "change": "变更",
    "problem": "问题",
    "restated": "追溯调整",
}
# The names of indicators, which the glossary gives by their ids.
TITLES = {
    "incidents_opened": "新增事件数",
    "incidents_resolved": "解决事件数",
    "incident_backlog": "期末未解决事件数（积压量）",
    "incident_net_flow": "积压净增量",
    "backlog_age_median": "积压时长中位数",
    "backlog_over_30d_share": "积压超过 30 天占比",
    "ack_time_mean": "平均响应时间",
    "ack_time_median": "响应时间中位数",
    "sla_response_met": "及时响应率",
    "resolve_time_mean": "平均解决时间",
    "resolve_time_median": "解决时间中位数",
    "resolve_time_p90": "解决时间 P90（自然时间）",
    "resolve_work_time_median": "解决时间中位数（工作时间）",
    "resolve_time_km_median": "解决时间中位数（计入未解决事件）",
    "sla_resolution_met": "及时解决率（按日历重算）",
    "sla_resolved_flagged": "及时解决率（工具标记）",
    "open_breached": "已超时未解决事件数",
    "reopen_rate": "重新打开率",
    "reassignments_mean": "平均转派次数",
    "no_reassignment_rate": "零转派率",
    "ping_pong_share": "往返转派率",
    "first_contact_resolution_rate": "首次解决率",
    "first_level_resolution_rate": "一线解决率",
    "repeat_incidents": "重复事件占比",
    "requests_on_time": "服务请求按时完成率",
    "request_lead_time_p50": "服务请求交付时长中位数",
    "change_success_rate": "变更成功率",
    "emergency_change_share": "紧急变更占比",
    "failed_changes": "失败变更数",
    "incidents_per_100_changes": "每百次变更引发事件数",
    "problem_linked_share": "问题关联率",
    "availability": "可用率",
    "availability_with_maintenance": "可用率（含计划维护）",
    "availability_user_weighted": "可用率（按用户数加权）",
    "longest_outage": "最长中断时长",
    "restore_time_mean": "平均恢复时间",
    "mtbf": "平均故障间隔时间",
    "csat": "用户满意率",
    "csat_score": "满意度得分",
    "survey_response_rate": "参评率",
    "nps": "净推荐值（NPS）",
    "major_incidents": "重大事件数",
}
# Failure is said of equipment and of changes alone: an incident is no failure, and a target is missed.
FAILURE = {"mtbf", "no_failures", "restore_time_mean"}
UNSUCCESSFUL = re.compile("变更|^失败$")


@cache
def toml(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))


def texts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text that a report can print, by a name that says where it stands."""
    for name in ("terms", "sentences"):
        yield from toml("itsq_analysis.text", f"{name}.toml").items()
    for group in toml("itsq_analysis.indicators", "words.toml").values():
        yield from group.items()
    for name, indicator in load_catalogue().items():
        for part in (indicator.title, indicator.population, indicator.meaning):
            yield name, dict(part)
    for name in contracts():
        yield name, dict(contract(name).title)
        yield from ((f"{name}.{key}", dict(column.title)) for key, column in contract(name).columns.items())


ALL = list(texts())
AVOIDED = [word for _, text in ALL for word in text.get("avoid", [])]


def test_the_words_to_avoid_are_those_of_the_glossary() -> None:
    assert {"事故", "更改", "确认时间", "重启", "打开事件", "隔离", "乒乓", "违约", "样本量", "记分卡"} <= set(AVOIDED)


@pytest.mark.parametrize("word", AVOIDED)
def test_no_text_says_what_is_to_be_avoided(word: str) -> None:
    language = "en" if word.isascii() else "zh"
    found = re.compile(rf"\b{word}" if language == "en" else word, re.IGNORECASE)
    assert [name for name, text in ALL if found.search(text[language])] == []


def test_failure_is_said_of_equipment_and_changes_alone() -> None:
    assert [name for name, text in ALL if "故障" in text["zh"] and name not in FAILURE] == []
    assert [name for name, text in ALL if "失败" in text["zh"] and not UNSUCCESSFUL.search(text["zh"])] == []


def test_the_page_calls_things_by_the_words_of_the_glossary() -> None:
    assert {name: term(name, "zh") for name in TERMS} == TERMS


def test_indicators_have_the_names_of_the_glossary() -> None:
    assert {name: load_catalogue()[name].title["zh"] for name in TITLES} == TITLES


def test_a_difference_of_percentages_is_in_percentage_points() -> None:
    sentences = toml("itsq_analysis.text", "sentences.toml")
    points = [name for name, text in sentences.items() if re.search(r"\{points\}|percentage point|[}0-9] points", text["en"])]
    assert len(points) >= 3
    assert [name for name in points if not re.search("[}0-9] 个百分点", sentences[name]["zh"])] == []
    moved = re.compile(r"(?:上升|下降|升高|降低|高出) ?(?:\{\w+\}|\d[\d.]*) ?%")
    assert [name for name, text in ALL if moved.search(text["zh"])] == []
