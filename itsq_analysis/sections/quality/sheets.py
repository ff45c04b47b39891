"""The sheets of the workbook beside the page: its numbers and lists as cells, for readers who compute with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from itsq_analysis.charts.labels import period as period_heading
from itsq_analysis.indicators.late import KINDS
from itsq_analysis.sections.appendix import standards
from itsq_analysis.sections.cells import about_sheet, cell_rows, headings, in_unit, unit_word, yes
from itsq_analysis.sections.judgement import certainty, why
from itsq_analysis.sections.quality.changes import failed_changes
from itsq_analysis.sections.quality.data_quality import quarantined_rules, rule_name
from itsq_analysis.sections.quality.late import late_frame
from itsq_analysis.sections.quality.majors import outages
from itsq_analysis.sections.quality.majors_sheet import majors_sheet
from itsq_analysis.sections.quality.missed import scoped_title
from itsq_analysis.sections.quality.register_sheets import actions_sheet, exemptions_sheet
from itsq_analysis.sections.quality.restated import Restated
from itsq_analysis.sections.quality.targets import agreed
from itsq_analysis.sections.scene import Scene
from itsq_analysis.sections.spreadsheet import Cell, Column, Kind, Sheet
from itsq_analysis.sections.staffing.sheets import people_sheets
from itsq_analysis.tables import contract

STANDINGS = ("late", "open", "soon")
NUMBERS = ("value", "target", "lower", "upper", "previous")


def workbook_sheets(scene: Scene, values: pd.DataFrame, found: Restated | None) -> list[Sheet]:
    """All sheets in order.

    Args:
        scene: the report's subject.
        values: the report's values, as `report_values` gives them.
        found: what was restated; None without an earlier report.
    """
    return [
        _scorecard(scene, values),
        _by_period(scene, values),
        majors_sheet(scene),
        _outages(scene),
        _failed_changes(scene),
        _late(scene),
        exemptions_sheet(scene),
        actions_sheet(scene),
        *people_sheets(scene),
        _quarantine(scene),
        *([_restated(scene, found)] if found else []),
        _definitions(scene, list(dict.fromkeys(values["indicator"]))),
        about_sheet(scene),
    ]


def _texts(scene: Scene, *keys: str) -> list[Column]:
    return headings(scene, dict.fromkeys(keys, "text"))


def _amount(scene: Scene, indicator: str, value: Any) -> Cell:
    """A value in its indicator's unit."""
    return in_unit(value, scene.workspace.catalogue[indicator].unit)


def _unit(scene: Scene, indicator: str) -> str:
    return unit_word(scene, scene.workspace.catalogue[indicator].unit)


# numbers -------------------------------------------------------------------------------------------------------------


def _scorecard(scene: Scene, values: pd.DataFrame) -> Sheet:
    """The headline indicators, then every other agreed target."""
    ids = list(scene.workspace.settings.report.headline)
    whole = values[values["dimension"].isna()]
    rows = [(row, _before(scene, whole, row)) for name in ids for row in _now(scene, whole[whole["indicator"] == name])]
    rows += [(row, None) for _, row in agreed(scene).iterrows() if pd.notna(row["dimension"]) or row["indicator"] not in ids]
    kinds: dict[str, Kind] = {
        **{"indicator": "text", "unit": "text", "value": "number", "target": "number", "target_kind": "text", "status": "text"},
        **{"certainty": "text", "lower": "number", "upper": "number", "numerator": "count", "denominator": "count"},
        **{"count_n": "count", "previous": "number", "remark": "text"},
    }
    judged = [_judged(scene, row, before) for row, before in rows]
    return Sheet(scene.term("scorecard"), headings(scene, kinds), judged, fixed=1)


def _now(scene: Scene, course: pd.DataFrame) -> Iterable[pd.Series]:
    return [row for _, row in course[course["period"] == scene.period.label].iterrows()]


def _before(scene: Scene, whole: pd.DataFrame, row: pd.Series) -> Any:
    """The value of the period before."""
    found = whole[(whole["indicator"] == row["indicator"]) & (whole["period"] == scene.period.previous().label)]
    return None if found.empty else found["value"].iloc[0]


def _judged(scene: Scene, row: pd.Series, before: Any) -> list[Any]:
    name = row["indicator"]
    amounts = {key: _amount(scene, name, before if key == "previous" else row[key]) for key in NUMBERS}
    kind = row["target_kind"]
    provisional = pd.notna(row["provisional"]) and row["provisional"] and pd.notna(row["value"])
    remarks = ([scene.term("provisional")] if provisional else []) + [text for text in (why(scene, row),) if text]
    return [
        scoped_title(scene, row),
        _unit(scene, name),
        amounts["value"],
        amounts["target"],
        scene.term(kind) if pd.notna(kind) else None,
        scene.term(row["status"].replace(" ", "_")),
        certainty(scene, row["certainty"]) if pd.notna(row["certainty"]) else None,
        amounts["lower"],
        amounts["upper"],
        _counted(row["numerator"]),
        _counted(row["denominator"]),
        row["n"],
        amounts["previous"],
        scene.listed(remarks),
    ]


def _counted(value: Any) -> Cell:
    """A whole number as a count, another one with decimals."""
    return Cell(value, "count" if pd.isna(value) or float(value).is_integer() else "number")


def _by_period(scene: Scene, values: pd.DataFrame) -> Sheet:
    """One row an indicator, one column a period."""
    whole = values[values["dimension"].isna()]
    periods = list(dict.fromkeys(whole["period"]))
    columns = [*_texts(scene, "indicator", "unit"), *(Column(period_heading(label, scene.language), "number") for label in periods)]
    rows = []
    for name, course in whole.groupby("indicator", sort=False):
        amounts = dict(zip(course["period"], course["value"], strict=True))
        cells = [_amount(scene, str(name), amounts.get(label)) for label in periods]
        rows.append([scene.title(str(name)), _unit(scene, str(name)), *cells])
    return Sheet(scene.term("by_period"), columns, rows, fixed=1)


def _restated(scene: Scene, found: Restated) -> Sheet:
    kinds: dict[str, Kind] = {"indicator": "text", "month": "text", "before": "number", "now": "number", "remark": "text"}
    rows = [
        [
            row["title"],
            row["when"],
            _amount(scene, row["indicator"], row["value_before"]),
            _amount(scene, row["indicator"], row["value"]),
            scene.term("provisional") if row["provisional_before"] else None,
        ]
        for _, row in found.changed.iterrows()
    ]
    empty = scene.say("restated_none", n=scene.number(len(found.shared)))
    return Sheet(scene.term("restated"), headings(scene, kinds), rows, empty, fixed=1)


# lists ---------------------------------------------------------------------------------------------------------------


def _outages(scene: Scene) -> Sheet:
    """Unplanned outages that touch the period."""
    kinds: dict[str, Kind] = {
        **{
            "number": "text",
            "service": "text",
            "major": "text",
            "started_at": "time",
            "detected_at": "time",
            "restored_at": "time",
        },
        **{"hours": "hours", "users_affected": "count", "user_hours": "number"},
        **{"incident": "text", "change": "text", "problem": "text", "cause": "text", "action": "text", "reviewed_on": "date"},
    }
    columns = headings(scene, kinds, "outages")
    empty = scene.say("outages_none" if scene.has("outages") else "availability_no_data", period=scene.period_name)
    return Sheet(scene.term("outages"), columns, cell_rows(outages(scene), kinds, major=yes(scene)), empty, fixed=1)


def _failed_changes(scene: Scene) -> Sheet:
    kinds: dict[str, Kind] = {"number": "text", "type": "text", "service": "text", "short_description": "text", "closed_at": "time"}
    columns = headings(scene, kinds, "changes")
    empty = scene.say("failed_none" if scene.has("changes") else "changes_no_data", period=scene.period_name)
    return Sheet(scene.term("failed"), columns, cell_rows(failed_changes(scene), kinds, type=scene.term), empty, fixed=1)


def _late(scene: Scene) -> Sheet:
    """Every late incident of the period, those open and late, and those that soon will be, with what their working time went on."""
    kinds: dict[str, Kind] = {
        **{
            "number": "text",
            "standing": "text",
            "service": "text",
            "priority": "text",
            "assignment_group": "text",
            "supplier": "text",
        },
        **{"opened_at": "time", "due_at": "time", "over": "hours", "whole": "hours"},
        **dict.fromkeys(KINDS, "hours"),
    }
    rules = any(rule.resolution for rule in scene.workspace.settings.sla)
    frame = late_frame(scene).rename(columns={"group": "assignment_group"}) if rules else pd.DataFrame(columns=[*kinds])
    place = frame["standing"].map({standing: place for place, standing in enumerate(STANDINGS)})
    worst = frame.assign(place=place).sort_values(["place", "over", "number"], ascending=[True, False, True], kind="stable")
    say = {"standing": lambda one: scene.term(f"standing_{one}"), "priority": lambda one: scene.member("priority", one)}
    empty = scene.term("none") if rules else scene.say("late_unmeasured")
    return Sheet(scene.term("late"), headings(scene, kinds, "incidents"), cell_rows(worst, kinds, **say), empty, fixed=1)


def _quarantine(scene: Scene) -> Sheet:
    """Rows that were refused, counted by rule, with the first one of each."""
    kinds: dict[str, Kind] = {
        "table": "text",
        "rule": "text",
        "rows": "count",
        "file": "text",
        "line": "count",
        "offending": "text",
    }
    rows = [
        [
            contract(row["table_name"]).title[scene.language],
            rule_name(scene, row["table_name"], row["rule"]),
            *row[["n", "file", "line", "value"]],
        ]
        for _, row in quarantined_rules(scene).iterrows()
    ]
    return Sheet(scene.term("quarantined"), headings(scene, kinds), rows, empty=scene.term("none"))


# words ---------------------------------------------------------------------------------------------------------------


def _definitions(scene: Scene, used: list[str]) -> Sheet:
    columns = _texts(scene, "indicator", "unit", "definition", "population", "method", "standard_ref")
    rows = []
    for name in used:
        indicator = scene.workspace.catalogue[name]
        rows.append(
            [
                indicator.title[scene.language],
                _unit(scene, name),
                indicator.meaning[scene.language],
                indicator.population[scene.language],
                indicator.interval[scene.language],
                standards(scene, indicator),
            ]
        )
    return Sheet(scene.term("definitions"), columns, rows, fixed=1)
