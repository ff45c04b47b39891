"""Missed targets in words that go as far as the numbers do."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import pandas as pd
from scipy.stats import binom

from itsq_analysis.page.context import URGENT, ReportContext
from itsq_analysis.text import clauses, paragraph

TOLD = 5  # targets missed for certain that are told one by one
TOGETHER = 12  # periods that are added up for a small population


def missed_targets(context: ReportContext, missed: pd.DataFrame) -> Iterator[str]:
    """Those of P1 and P2 first, then the certain ones one by one, then small populations, then what could be chance together."""
    size = (missed["value"] - missed["target"]).abs() * missed["certainty_n"]
    missed = missed.assign(size=size.astype(float)).sort_values("size", ascending=False, kind="stable")
    urgent = (missed["dimension"] == "priority") & missed["member"].isin(URGENT)
    for _, row in missed[urgent].sort_values("member", kind="stable").iterrows():
        yield _alone(context, row)
    rest = missed[~urgent]
    certain = rest[rest["certainty"] == "certain"]
    for _, row in certain.head(TOLD).iterrows():
        yield _alone(context, row)
    yield from _together_told(context, "missed_more", certain.iloc[TOLD:])
    for _, row in rest[rest["certainty"] == "too few to tell"].iterrows():
        yield _alone(context, row)
    yield from _together_told(context, "missed_chance", rest[rest["certainty"] == "could be chance"])


def scoped_title(context: ReportContext, row: pd.Series) -> str:
    """An indicator's name, with the member that it is told of."""
    title = context.title(row["indicator"])
    if pd.isna(row["dimension"]):
        return title
    name = context.member if row["dimension"] in ("service", "group") else context.named
    return context.say("scoped", title=title, member=name(row["dimension"], row["member"]))


def _together_told(context: ReportContext, sentence: str, rows: pd.DataFrame) -> Iterator[str]:
    """Several missed targets in one sentence; none for none."""
    items = [context.say("missed_item", **_facts(context, row)) for _, row in rows.iterrows()]
    if items:
        yield context.say(sentence, list=clauses(items, context.language))


def _facts(context: ReportContext, row: pd.Series) -> dict[str, str]:
    return {"title": scoped_title(context, row), "measured": context.measured(row), "target": context.shown(row, "target")}


def _alone(context: ReportContext, row: pd.Series) -> str:
    """One missed target."""
    facts = _facts(context, row)
    if row["certainty"] == "certain":
        return context.say("missed_certain", **facts, lower=context.shown(row, "lower"), upper=context.shown(row, "upper"))
    if row["certainty"] == "too few to tell":
        return paragraph([context.say("missed_few", **facts), *_together(context, row)], context.language)
    indicator = context.workspace.catalogue[row["indicator"]]
    if indicator.kind == "proportion" and indicator.better == "higher":
        return context.say("missed_short", **facts, n=_short(row), times=_once_in(row))
    return context.say("missed_chance", list=context.say("missed_item", **facts))


def _short(row: pd.Series) -> int:
    """Cases by which a share falls short of its target."""
    return ceil(float(row["target"]) * float(row["denominator"]) - 1e-9) - int(row["numerator"])


def _once_in(row: pd.Series) -> int:
    """A share that truly keeps its target shows this number of cases or fewer once in so many periods (binomial)."""
    return max(1, round(1 / float(binom.cdf(row["numerator"], row["denominator"], row["target"]))))


def _together(context: ReportContext, row: pd.Series) -> Iterator[str]:
    """The last 12 periods of a small population as one count."""
    by = None if pd.isna(row["dimension"]) else row["dimension"]
    past = context.values([row["indicator"]], by=by, history=TOGETHER)
    if by is not None:
        past = past[past["member"] == row["member"]]
    counted = past[past["denominator"] > 0]
    if len(counted) > 1:
        sums = counted[["numerator", "denominator", "n"]].sum()
        yield context.say("missed_together", n=len(counted), together=context.of(pd.concat([row[["indicator"]], sums])))
