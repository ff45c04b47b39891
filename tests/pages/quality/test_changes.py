"""Outcomes of changes: what is not known is neither success nor failure."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.pages.quality.changes import changes
from tests.page.made import answer, context, incidents, rows_of


def change(number: str, outcome: str | None, closed: str | None = "2026-10-14 17:32", **facts: Any) -> dict[str, Any]:
    return {
        "number": number,
        "outcome": outcome,
        "closed_at": closed,
        "opened_at": "2026-09-01",
        "type": "normal",
        "state": "closed",
    } | facts


OCTOBER = [
    change("C1", "successful"),
    change("C2", "successful", type="emergency"),
    change("C3", "successful_issues"),
    change("C4", "unsuccessful", type="standard", service="Mail", short_description="<b>Patch</b>"),
    change("C5", None),
    change("C6", None, state="canceled"),
    change("C7", "unsuccessful", "2026-11-01 00:00"),
]


def test_without_changes_nothing_is_said_of_them() -> None:
    section = changes(context(incidents=incidents(3)))
    assert (answer(section), section.parts) == ("The data contain no changes, so nothing can be said about them.", ())


def test_outcomes_are_counted_and_failures_listed() -> None:
    section = changes(context(changes=OCTOBER))
    assert answer(section) == (
        "1 of 5 changes closed in October 2026 failed, 1 had issues; emergency changes: 1. The outcome of one of them is not known."
    )
    assert rows_of(section, 1)[1:] == [["C4 standard", "Mail", "<b>Patch</b>", "14 October 2026 17:32"]]
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.summary == "Changes failed or had issues on 14 Oct. 0 of 5 changes were made on days off."
    assert picture.data.iloc[13].tolist() == ["14 Oct", "5", "1", "1", "1", ""]
    assert picture.data.iloc[9].tolist()[-1] == "adjusted working day"


def test_chinese_names_the_kinds_by_the_glossary() -> None:
    section = changes(context(changes=OCTOBER, language="zh"))
    assert answer(section) == "2026年10月关闭变更 5 项：失败 1 项，成功但有问题 1 项；其中紧急变更 1 项。其中 1 项结果未知。"
    assert rows_of(section, 1)[1][0] == "C4 标准变更"


def test_one_change_and_none() -> None:
    assert changes(context(changes=OCTOBER[:1])).answer == (
        "One change was closed in October 2026 (failed: 0, with issues: 0, emergency: 0)."
    )
    assert (
        changes(context(changes=[change("C7", "unsuccessful", "2026-11-01 00:00")])).answer
        == "No change was closed in October 2026."
    )


def test_what_was_closed_after_the_moment_of_the_report_is_not_known() -> None:
    section = changes(context(changes=[change("C1", "successful"), change("C2", "unsuccessful", "2026-10-20")], as_of="2026-10-15"))
    assert answer(section).startswith("One change was closed")
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.summary.startswith("Most changes took effect on 14 October 2026: 1.")


def test_incidents_that_a_change_caused_are_counted() -> None:
    caused = incidents(2, caused_by_change="C1") + incidents(3, "2026-10-13 09:00")
    section = changes(context(changes=OCTOBER, incidents=caused))
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.summary.startswith("2 incidents name a change of 14 October 2026 as their cause.")
    both = answer(section)
    assert both.endswith("2 incidents opened in the period are linked to a change as their cause.")
    assert "One incident opened in the period is linked" in answer(changes(context(changes=OCTOBER, incidents=caused[1:])))
