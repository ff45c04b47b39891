"""A quality report made by hand, with every kind of picture and part: to look at the template without a workspace.

python tests/templates/demonstration.py FOLDER      writes demonstration.en.html and demonstration.zh.html
"""
# ruff: noqa: E501 - sentences in two languages stand side by side

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from itsq_analysis import charts
from itsq_analysis.charts.labels import Language
from itsq_analysis.page.section import Html, Part, Section, bullets, paragraph, subheading, table
from itsq_analysis.reports.render import render

HOSTILE = "<script>alert(1)</script>"
PERIODS = [str(period) for period in pd.period_range("2025-10", "2026-10", freq="M")]
ZONE = "Asia/Shanghai"


class Report:
    """The sections of a report in one language, from seeded figures."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.rng = np.random.default_rng(7)
        self.services = [
            self.say("E-mail", "邮件服务"),
            self.say("Finance applications and expense claims", "财务应用系统(核算与报销)"),
            self.say("Order database", "订单数据库"),
            self.say("Collaboration", "协同办公"),
            HOSTILE,
        ]

    def say(self, english: str, chinese: str) -> str:
        return english if self.language == "en" else chinese

    def sections(self) -> list[Section]:
        return [
            self.verdict(),
            self.scorecard(),
            self.demand(),
            self.speed(),
            self.service_levels(),
            self.availability(),
            self.users_voice(),
            self.differences(),
            self.appendix(),
        ]

    def header(self) -> dict[str, Any]:
        return {
            "title": self.say("Service quality report", "服务质量月报"),
            "language": self.language,
            "organisation": self.say("Lakeside Manufacturing", "湖畔制造"),
            "period": self.say("October 2026", "2026年10月"),
            "data_as_of": self.say("1 November 2026, 08:00", "2026年11月1日 08:00"),
            "complete": False,
            "services": self.say("all", "全部服务"),
            "classification": self.say("internal", "内部"),
            "snapshot": 12,
        }

    def verdict(self) -> Section:
        answer = self.say(
            "Seven of nine agreed targets were met in October; two were missed, one of them beyond chance.",
            "10 月九项约定目标中七项达标,两项未达标,其中一项不能以偶然波动解释。",
        )
        told = [
            self.say(
                "Resolution within SLA was 91.2% (1,551 of 1,700 incidents); 95% was agreed. Missed, and not by chance: the true level "
                "is very likely between 89.8% and 92.5%.",
                "及时解决率 91.2%(1,700 件中 1,551 件按时解决),约定目标 95%,未达标,且不能以偶然波动解释:真实水平很可能在 89.8%–92.5% 之间。",
            ),
            self.say(
                "E-mail: 122 of 130 incidents in time (93.8%), two short of the agreed 95%: missed. A service that truly keeps 95% "
                "would show such a month one time in three.",
                "邮件服务:130 件中 122 件按时解决(93.8%),距约定目标 95% 差 2 件,未达标;但即使真实水平就是 95%,约每三个月也会出现一次这样的结果。",
            ),
        ]
        return Section("verdict", self.say("Verdict", "结论"), answer, (bullets(told),))

    def scorecard(self) -> Section:
        names = [
            (
                self.say("Resolution within SLA", "及时解决率"),
                "91.2%",
                "95%",
                ("missed", self.say("missed, certain", "未达标,证据充分")),
            ),
            (
                self.say("Median time to resolve", "解决时间中位数"),
                self.say("4 h 12 min", "4 小时 12 分"),
                "–",
                ("none", self.say("no target", "未设目标")),
            ),
            (
                self.say("Change success rate", "变更成功率"),
                "97.3%",
                "95%",
                ("met", self.say("met, could be chance", "达标,可能为偶然波动")),
            ),
            (
                self.say("Availability, e-mail", "可用率(邮件)"),
                "99.94%",
                "99.9%",
                ("met", self.say("met, certain", "达标,证据充分")),
            ),
            (self.say("Users satisfied", "用户满意率"), "–", "95%", ("na", self.say("not measurable", "暂不可测"))),
        ]
        columns = dict(
            zip(
                ("name", "value", "target", "judgement", "trend"),
                (
                    ("Indicator", "Value", "Target", "Judgement", "13 months")
                    if self.language == "en"
                    else ("指标", "数值", "目标", "判定", "近 13 个月")
                ),
                strict=True,
            )
        )
        marks = {"missed": "▲", "met": "●", "none": "○", "na": "–"}
        rows = []
        for place, (name, value, target, (status, word)) in enumerate(names):
            sure = " certain" if status == "missed" else ""
            judged = Markup('<span class="status-{}{}"><span class="mark" aria-hidden="true">{}</span> {}</span>').format(
                status, sure, marks[status], word
            )
            drawn = charts.sparkline(
                pd.DataFrame({"period": PERIODS, "value": self.rng.uniform(0.9, 0.96, 13), "provisional": [False] * 12 + [place == 0]}),
                title=name, summary=name, language=self.language, target=0.95,
            )  # fmt: skip
            shown: str | Markup = Markup('<span class="provisional">{}</span>').format(value) if place == 0 else value
            trend = Markup('<span class="sparkcell">{}</span>').format(Markup(drawn.svg()))  # noqa: S704 - our own drawing
            rows.append({"name": name, "value": shown, "target": target, "judgement": judged, "trend": trend})
        part = table(columns, rows, numeric={"value", "target"}, caption=self.say("Headline indicators", "主要指标"))
        answer = self.say(
            "Three of five headline indicators are measured against an agreed target.", "五项主要指标中三项可与约定目标比较。"
        )
        return Section(
            "scorecard",
            self.say("Scorecard", "指标一览"),
            answer,
            (part, paragraph(self.say("* can still change.", "* 数值仍可能变化。"))),
        )

    def demand(self) -> Section:
        opened = self.rng.poisson(80, 13).astype(float)
        flow = pd.DataFrame(
            {
                "period": PERIODS,
                "opened": opened,
                "resolved": opened + self.rng.normal(0, 4, 13),
                "backlog": 410 + self.rng.normal(0, 25, 13).cumsum(),
            }
        )
        days = pd.date_range("2026-10-01", "2026-10-31")
        holiday = [self.say("National Day", "国庆节") if day.day <= 7 else None for day in days]
        daily = pd.DataFrame(
            {
                "ds": days,
                "y": self.rng.poisson([25 if h else 82 for h in holiday]),
                "holiday": holiday,
                "lower": 15,
                "upper": 105,
                "provisional": [day.day > 29 for day in days],
            }
        )
        first = charts.bars(
            flow, language=self.language,
            title=self.say("Incidents per working day, and the backlog", "每工作日事件数与积压"),
            summary=self.say("About 80 incidents are opened per working day; the backlog stands near 400.", "每个工作日新增约 80 件,积压约 400 件。"),
        )  # fmt: skip
        second = charts.line(
            daily, language=self.language,
            title=self.say("Incidents opened each day", "每日新增事件数"),
            summary=self.say("October's days lie in their usual range; the holiday week is quiet.", "10 月每日新增处于正常波动范围,国庆期间明显减少。"),
        )  # fmt: skip
        answer = self.say(
            "The desk kept up: 1,742 incidents came in, 1,735 were resolved.", "服务台基本跟上需求:新增 1,742 件,解决 1,735 件。"
        )
        return Section("demand", self.say("Demand and backlog", "工作量与积压"), answer, (first, second))

    def speed(self) -> Section:
        waits = pd.DataFrame(
            {
                "member": ["P1", "P2", "P3", "P4"],
                "value": [2.1, 5.3, 14.0, 31.0],
                "lower": [2.1, 5.3, 14.0, 31.0],
                "upper": [3.9, 9.8, 40.0, 70.5],
                "target": [4, 8, 16, 40],
            }
        )
        course = pd.DataFrame({"ds": pd.to_datetime(PERIODS), "y": self.rng.uniform(3.5, 5.2, 13)})
        first = charts.intervals(
            waits, language=self.language,
            title=self.say("Time to resolve by priority, working hours", "各优先级解决时间(工作时间)"),
            summary=self.say("Half of the P1 incidents are resolved within 2 h 6 min, nine in ten within 3 h 54 min.", "P1 事件半数在 2 小时 6 分内解决,九成在 3 小时 54 分内解决。"),
            value_name=self.say("median", "中位数"), interval_name=self.say("to the P90", "至 P90"),
        )  # fmt: skip
        second = charts.line(
            course, language=self.language, unit="hours", grain="M", target=4.0,
            title=self.say("Median time to resolve by month", "各月解决时间中位数"), summary=self.say("No real change over 13 months.", "13 个月内属正常波动。"),
        )  # fmt: skip
        answer = self.say("Half of all incidents were resolved within 4 h 12 min.", "半数事件在 4 小时 12 分内解决。")
        return Section("speed", self.say("Speed", "响应与解决时效"), answer, (first, second))

    def service_levels(self) -> Section:
        kinds = [
            ("waiting for assignment", "等待分派"),
            ("work", "处理"),
            ("waiting for the user", "等待用户"),
            ("waiting for the supplier", "等待供应商"),
        ]
        parts = pd.DataFrame(
            [{"member": s, "part": self.say(*k), "value": self.rng.uniform(4, 60)} for s in self.services for k in kinds]
        )
        shares = pd.DataFrame({"member": self.services, "value": self.rng.uniform(0.86, 0.96, 5), "target": 0.95})
        shares = shares.assign(lower=shares["value"] - 0.05, upper=(shares["value"] + 0.04).clip(upper=1))
        first = charts.intervals(
            shares, language=self.language, unit="share", value_name=self.say("share in time", "按时占比"), interval_name=self.say("95% interval", "95% 区间"),
            title=self.say("Resolved in time by service", "各服务及时解决率"), summary=self.say("Finance applications are furthest below the target.", "财务应用系统距目标最远。"),
        )  # fmt: skip
        second = charts.stacked_bars(
            parts, language=self.language, unit="hours",
            title=self.say("Where late incidents spent their time", "超时事件的时间去向"), summary=self.say("Waiting makes up two thirds of it.", "等待约占三分之二。"),
        )  # fmt: skip
        answer = self.say(
            "91.2% were resolved in time by our own calendar, 93.0% by the tool's flag.",
            "按日历重算及时解决率为 91.2%,按工具标记为 93.0%。",
        )
        return Section("service-levels", self.say("Service levels", "服务级别"), answer, (first, second))

    def availability(self) -> Section:
        at = lambda text: pd.Timestamp(text, tz=ZONE)  # noqa: E731
        stops = pd.DataFrame(
            [
                {
                    "service": self.services[0],
                    "start": at("2026-10-03 02:00"),
                    "end": at("2026-10-03 02:43"),
                    "kind": "outage",
                    "label": "OUT-91",
                },
                {
                    "service": self.services[0],
                    "start": at("2026-10-20 02:00"),
                    "end": at("2026-10-20 09:10"),
                    "kind": "major",
                    "label": "OUT-95",
                },
                {
                    "service": self.services[1],
                    "start": at("2026-10-10 00:00"),
                    "end": at("2026-10-12 06:00"),
                    "kind": "maintenance",
                    "label": None,
                },
                {"service": self.services[2], "start": at("2026-10-30 20:00"), "end": pd.NaT, "kind": "outage", "label": HOSTILE},
            ]
        )
        lost = pd.DataFrame(
            [
                {"member": s, "period": p, "value": float(self.rng.integers(4, 400)) * (self.rng.random() > 0.6)}
                for s in self.services
                for p in PERIODS
            ]
        )
        first = charts.timeline(
            stops, start=date(2026, 10, 1), end=date(2026, 11, 1), timezone=ZONE, language=self.language,
            title=self.say("Interruptions in October", "10 月服务中断"), summary=self.say("One major incident, two outages.", "一起重大事件,两次中断。"),
        )  # fmt: skip
        second = charts.heat_grid(
            lost, language=self.language,
            title=self.say("Minutes lost by service and month", "各服务每月中断分钟数"), summary=self.say("Losses repeat in e-mail.", "邮件服务反复中断。"),
        )  # fmt: skip
        columns = {
            "number": self.say("Number", "编号"),
            "what": self.say("What happened", "经过"),
            "time": self.say("Duration", "时长"),
        }
        rows = [
            {
                "number": "OUT-95",
                "what": self.say("Mail store full after a failed clean-up job", "清理任务失败,邮件存储写满"),
                "time": self.say("7 h 10 min", "7 小时 10 分"),
            }
        ]
        told = table(columns, rows, numeric={"time"}, caption=self.say("Major incidents", "重大事件"))
        answer = self.say(
            "E-mail was down for 7 h 53 min; every other tier-1 service kept its 99.9%.",
            "邮件服务中断 7 小时 53 分;其余一级服务均达到 99.9%。",
        )
        return Section("availability", self.say("Availability", "可用性与重大事件"), answer, (first, told, second))

    def users_voice(self) -> Section:
        answers = pd.DataFrame(
            {
                "member": self.services,
                "negative": [3, 20, 4, 0, 0],
                "neutral": [5, 10, 3, 2, 0],
                "positive": [80, 25, 31, 9, 0],
                "sent": [1200, 800, 300, 90, 12],
            }
        )
        drawn = charts.diverging_bars(
            answers, language=self.language,
            title=self.say("What users answered", "用户评价"), summary=self.say("Four in five are satisfied; 8% answered.", "约八成满意,参评率 8%。"),
        )  # fmt: skip
        answer = self.say("192 of 2,402 users answered; 76% of them are satisfied.", "2,402 份问卷收回 192 份,满意率 76%。")
        return Section("users-voice", self.say("Users' voice", "用户评价"), answer, (drawn,))

    def differences(self) -> Section:
        cases = self.rng.integers(12, 620, 14)
        groups = pd.DataFrame(
            {
                "member": [f"{self.say('Group', '组')} {n + 1}" for n in range(14)],
                "numerator": self.rng.binomial(cases, [0.93] * 13 + [0.8]),
                "denominator": cases,
            }
        )
        drawn = charts.funnel(
            groups, language=self.language,
            title=self.say("Resolved in time by group", "各支持组及时解决率"), summary=self.say("One group lies beyond chance.", "一个支持组超出偶然波动界限。"),
        )  # fmt: skip
        answer = self.say(
            "One of fourteen groups differs from the rest by more than chance.", "十四个支持组中有一个与其余存在超出偶然的差异。"
        )
        return Section("differences", self.say("Groups that stand out", "差异显著的支持组"), answer, (drawn,))

    def appendix(self) -> Section:
        columns = dict(
            zip(
                "abcde",
                (
                    ("Indicator", "Definition", "Population", "Method", "Clause")
                    if self.language == "en"
                    else ("指标", "统计口径", "统计范围", "方法", "条款")
                ),
                strict=True,
            )
        )
        row = {
            "a": self.say("Resolution within SLA", "及时解决率"),
            "b": self.say(
                "incidents resolved within the agreed working time, by our own calendar", "按工作日历在约定时间内解决的事件"
            ),
            "c": self.say("incidents resolved in the period", "统计期内解决的事件"),
            "d": self.say("proportion, Wilson interval", "占比,Wilson 区间"),
            "e": "8.3.3",
        }
        hostile = {"a": HOSTILE, "b": "{{7*7}}", "c": "=cmd()", "d": "' OR 1=1 --", "e": "–"}
        parts: tuple[Part, ...] = (subheading(self.say("Indicators", "指标定义")), table(columns, [row, hostile]))
        fold = Html(
            Markup('<details class="data"><summary>{}</summary><p>{}</p></details>').format(
                self.say("Input files", "输入文件"), "incident_2026-10.csv"
            )
        )
        return Section(
            "appendix", self.say("Appendix", "附录"), self.say("How every number is made.", "各指标如何计算。"), (*parts, fold)
        )


def notebook(language: Language) -> dict[str, Any]:
    """The executed notebook: a markdown cell, code that must not appear, its outputs in order."""
    report = Report(language)
    bundles: list[dict[str, Any]] = [{"application/vnd.itsq.report+json": report.header(), "text/plain": "header"}]
    for section in report.sections():
        bundles.append({"text/html": str(section.opening)})
        bundles += [
            part._repr_mimebundle_() if isinstance(part, charts.Chart) else {"text/html": str(part.markup)}
            for part in section.parts
        ]
    outputs: list[dict[str, Any]] = [{"output_type": "display_data", "metadata": {}, "data": bundle} for bundle in bundles]
    outputs.append({"output_type": "stream", "name": "stderr", "text": "SECRET WARNING"})
    outputs.append(
        {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": "<PLAIN RESULT at 0x7f>"}}
    )
    code = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": 3, "source": "secret_code()", "outputs": outputs}
    aside = {
        "cell_type": "markdown",
        "id": "m",
        "metadata": {"tags": ["notebook-only"]},
        "source": "For the analyst: run all cells.",
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [aside, code]}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for chosen in ("en", "zh"):
        (folder / f"demonstration.{chosen}.html").write_bytes(render(notebook(chosen)).html)
