"""A page speaks one language: services, groups, resources and people's words under their names in it, where they have one."""

import re
from html import unescape
from pathlib import Path

import pytest

from itsq_analysis import capacity_report, open_workspace, quality_report
from itsq_analysis.indicators.names import names
from itsq_analysis.text import Language

FOREIGN = {"en": r"[\u4e00-\u9fff]", "zh": r"Order portal|Finance\b|Service Desk|E-mail|Network Operations|Business Applications"}


def test_registers_give_the_names(demo: Path) -> None:
    scope = open_workspace(demo).scope("2026-10")
    english, chinese = names(scope, "en"), names(scope, "zh")
    assert english["仓储管理 WMS"] == "Warehouse management (WMS)"
    assert (chinese["仓储管理 WMS"], chinese["Service Desk"], "Service Desk" in english) == ("仓储管理", "服务台", False)
    assert english["增加两名外包应用支持人员，期限六个月"] == "Hire two contractors for application support, for six months"
    assert (english["申浦物流 Shenpu Logistics"], chinese["申浦物流 Shenpu Logistics"]) == ("Shenpu Logistics", "申浦物流")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_name_of_the_other_language_is_printed(demo: Path, language: Language) -> None:
    report = quality_report(demo, period="2026-10", language=language)
    sections = (report.verdict(), report.scorecard(), report.missed_targets(), report.availability(), report.demand())
    page = "".join(bundle.get("text/html", "") for section in sections for bundle in section.bundles())
    printed = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert len(printed) > 5_000
    assert re.findall(f".{{20}}(?:{FOREIGN[language]}).{{20}}", printed) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_resources_and_drivers_go_by_their_names(demo: Path, language: Language) -> None:
    report = capacity_report(demo, period="2026-10", language=language)
    sections = (report.decisions(), report.risk_map(), report.sheets(), report.demand(), report.load(), report.expiry())
    page = "".join(bundle.get("text/html", "") for section in sections for bundle in section.bundles())
    printed = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert len(printed) > 2_000
    both = r"[\u4e00-\u9fff] [A-Z]\w+ [a-z]+"  # such as the name of a register, which is in two languages at once
    assert re.findall(f".{{20}}(?:{both}).{{20}}", printed) == []
