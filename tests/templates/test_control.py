"""The control block at the foot of a page: edition, people, distribution, and lines to sign."""

import re
from html import unescape
from typing import Any

import pytest

from itsq_analysis.reports.render import render

REPORT = {"language": "en", "title": "Report", "period": "October 2026", "data_as_of": "3 November 2026 08:00", "snapshot": 2}


def control(**facts: Any) -> str:
    header = {"application/vnd.itsq.report+json": REPORT | facts}
    output = {"output_type": "display_data", "metadata": {}, "data": header}
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "source": "", "outputs": [output]}
    page = render({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}).html.decode("utf-8")
    [found] = re.findall(r'<details class="control">.*?</details>', page, flags=re.DOTALL)
    return str(found)


def told(block: str) -> dict[str, str]:
    return {name: unescape(fact) for name, fact in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block)}


def people(block: str) -> list[tuple[str, str]]:
    return re.findall(r'<tr><th scope="row">(.*?)</th><td>(?:<span class="blank">)?(.*?)(?:</span>)?</td>', block)


@pytest.mark.parametrize(
    ("facts", "edition"),
    [
        ({}, "draft"),
        ({"status": "draft", "version": "V0.9"}, "draft V0.9"),
        ({"status": "issued", "version": "V1.0"}, "issued V1.0"),
        ({"status": "corrected", "version": "V1.1", "language": "zh"}, "\u66f4\u6b63 V1.1"),
    ],
)
def test_it_says_which_edition_it_is(facts: dict[str, str], edition: str) -> None:
    assert edition in told(control(**facts)).values()


def test_it_tells_what_is_known_and_leaves_out_what_is_not() -> None:
    corrected = {"status": "corrected", "version": "V1.1", "reason": "late tickets", "distribution": ["Board", "Desk"]}
    assert told(control(number="Q-1", classification="internal", services="all services", **corrected)) == {
        "Report no.": "Q-1",
        "Version": "corrected V1.1",
        "Reason of the correction": "late tickets",
        "Period": "October 2026",
        "Data as of": "3 November 2026 08:00",
        "Services": "all services",
        "Snapshot": "2",
        "Classification": "internal",
        "Distribution": "Board, Desk",
    }
    assert list(told(control())) == ["Version", "Period", "Data as of", "Snapshot"]


def test_a_blank_name_is_a_line_to_sign() -> None:
    block = control(prepared="A", reviewed="", approved="")
    assert people(block) == [("Prepared", "A"), ("Reviewed", "to be signed"), ("Approved", "to be signed")]
    assert block.count('class="line"') == 8  # signature and date, in the head and for each of three


def test_texts_of_the_settings_stay_texts() -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    facts = dict.fromkeys(("number", "reason", "classification", "prepared", "reviewed", "approved"), evil)
    block = control(**facts, distribution=[evil], status="corrected", version="V1.1")
    assert "<script" not in block
    assert block.count("{{7*7}}") == 7
