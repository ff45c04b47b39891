"""Which supplier keeps what was agreed? Every supplier against its targets, over the last twelve periods."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import pandas as pd
from markupsafe import Markup

from itsq_analysis.charts import heat_grid
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.judgement import judgement
from itsq_analysis.page.section import Part, paragraph, subheading, table
from itsq_analysis.pages.quality.majors_table import lines
from itsq_analysis.settings import Target

PERIODS, LATELY = 12, 6
SHOWN = 15  # rows of the table and the picture, those that missed most often
EXACT = 1e-9


@dataclass(frozen=True)
class Course:
    """One supplier and one target over the last complete periods, the oldest first.

    Attributes:
        supplier: its name in the data.
        own: agreed with this supplier; else the whole organisation's target, which is no promise of the supplier.
        rows: of the value frame.
        short: by how much the share fell short of the target, in percentage points; 0 where it was kept; None without a case.
    """

    supplier: str
    indicator: str
    target: float
    own: bool
    rows: pd.DataFrame
    short: tuple[float | None, ...]

    def missed(self, periods: int) -> tuple[int, int]:
        """In how many of the last periods it was missed, of how many with a case."""
        known = [value for value in self.short[-periods:] if value is not None]
        return sum(value > 0 for value in known), len(known)


def suppliers(context: ReportContext) -> list[Course]:
    """Suppliers with a case in twelve periods against shares agreed with them, else against the whole's attainment.

    Those that missed most often first, own targets before the whole's. A period that is not over is left out. A report of some
    services knows what was agreed with suppliers alone.
    """
    if "suppliers" not in context.kept:
        context.kept["suppliers"] = _courses(context)
    return list(context.kept["suppliers"])


def _courses(context: ReportContext) -> list[Course]:
    targets = _targets(context)
    if not targets:
        return []
    ids = list(dict.fromkeys(one.indicator for one in targets))
    frame = context.values(ids, by="supplier", history=PERIODS + 1)
    ends = frame["end"].map(lambda day: pd.Timestamp(day).tz_localize(None) if pd.Timestamp(day).tzinfo else pd.Timestamp(day))
    frame = frame[(ends <= pd.Timestamp(context.moment).tz_localize(None)) & frame["member"].notna()]
    labels = list(dict.fromkeys(frame["period"]))[-PERIODS:]
    frame = frame[frame["period"].isin(labels)]
    found = [
        one for name, rows in frame.groupby("member", sort=True) for one in _of_supplier(context, str(name), rows, targets, labels)
    ]
    return sorted(found, key=lambda one: (not one.own, -one.missed(PERIODS)[0], one.supplier))


def _targets(context: ReportContext) -> list[Target]:
    """Agreed shares in force: those of suppliers, and the whole's attainment."""
    settings = context.workspace.settings
    found = [
        one for one in settings.targets if one.kind == "agreed" and context.workspace.catalogue[one.indicator].kind == "proportion"
    ]
    own = [one for one in found if "supplier" in one.scope]
    whole = [
        one for one in found if not one.scope and one.indicator == attainment(context.scope) and not context.workspace.services
    ]
    return [one for one in (*own, *whole) if _in_force(context, one)]


def _in_force(context: ReportContext, target: Target) -> bool:
    """Whether no later target of the same place has replaced it by the period's start."""
    dimension, member = next(iter(target.scope.items()), (None, None))
    name = None if member is None else str(member)
    return target == context.workspace.settings.target_for(target.indicator, dimension, name, context.period.start)


def _of_supplier(context: ReportContext, name: str, rows: pd.DataFrame, targets: list[Target], labels: list[str]) -> list[Course]:
    own = [one for one in targets if one.scope.get("supplier") == name]
    chosen = own or [one for one in targets if not one.scope]
    return [course for one in chosen if (course := _course(context, name, rows, one, labels)) is not None]


def _course(context: ReportContext, name: str, rows: pd.DataFrame, target: Target, labels: list[str]) -> Course | None:
    found = rows[rows["indicator"] == target.indicator].set_index("period").reindex(labels)
    if not (found["denominator"] > 0).any():
        return None
    sign = 1 if context.workspace.catalogue[target.indicator].better == "higher" else -1
    gaps = [sign * (float(target.value) - float(value)) if pd.notna(value) else None for value in found["value"]]
    short = tuple(None if gap is None else max(0.0, gap * 100) if gap > EXACT else 0.0 for gap in gaps)
    return Course(name, target.indicator, float(target.value), bool(target.scope), found, short)


# words ---------------------------------------------------------------------------------------------------------------


def supplier_answer(context: ReportContext) -> list[str]:
    """Who missed what was agreed most often, or that nothing has been agreed; nothing where no supplier can be judged."""
    found = suppliers(context)
    if not found:
        return []
    first = found[0]
    missed, of = first.missed(PERIODS)
    if not first.own:
        return [context.say("supplier_none", n=len({one.supplier for one in found}))]
    facts = {"supplier": first.supplier, "title": context.title(first.indicator), "n": missed, "of": of}
    return [context.say("supplier_missed" if missed else "supplier_kept", **facts)]


def supplier_parts(context: ReportContext) -> list[Part]:
    """The grid of periods, and one row per supplier and target."""
    found = suppliers(context)
    if not found:
        return []
    columns = {key: context.term(key) for key in ("supplier", "target", "value", "judgement", "missed_of_6", "missed_of_12")}
    listed = table(columns, [_row(context, one) for one in found[:SHOWN]], numeric={"missed_of_6", "missed_of_12"})
    more = [paragraph(context.say("supplier_more", n=len(found) - SHOWN))] if len(found) > SHOWN else []
    notes = [paragraph(context.say("supplier_whole"))]
    return [_picture(context, found[:SHOWN]), subheading(context.say("supplier_list")), listed, *more, *notes]


def _row(context: ReportContext, one: Course) -> dict[str, str | Markup]:
    row = one.rows.iloc[-1]
    known = row.notna()["indicator"]
    target = row.copy() if known else pd.Series({"indicator": one.indicator})
    target["target"] = one.target
    of = {key: one.missed(periods) for key, periods in (("missed_of_6", LATELY), ("missed_of_12", PERIODS))}
    return {
        "supplier": lines(one.supplier, *([] if one.own else [context.term("not_agreed_with")])),
        "target": lines(context.title(one.indicator), context.shown(target, "target")),
        "value": context.measured(row) if known else context.term("no_cases"),
        "judgement": judgement(context, row) if known and one.own else context.term("no_target"),
        **{key: context.say("missed_of", n=missed, of=count) for key, (missed, count) in of.items()},
    }


def _picture(context: ReportContext, found: list[Course]) -> Part:
    """Percentage points below the target, rounded up, supplier × period."""
    twice = {one.supplier for one in found if sum(other.supplier == one.supplier for other in found) > 1}
    rows = [
        {
            "member": context.say("labelled", label=one.supplier, text=context.title(one.indicator))
            if one.supplier in twice
            else one.supplier,
            "period": str(label),
            "value": None if short is None else ceil(short - EXACT),
        }
        for one in found
        for label, short in zip(one.rows.index, one.short, strict=True)
    ]
    frame = pd.DataFrame(rows).astype({"value": float})
    summary = context.say(
        "supplier_picture", n=sum(one.missed(PERIODS)[0] for one in found), of=sum(one.missed(PERIODS)[1] for one in found)
    )
    return heat_grid(frame, title=context.say("supplier_chart"), summary=summary, language=context.language, unit="count")
