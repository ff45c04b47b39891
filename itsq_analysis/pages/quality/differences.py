"""Services and groups that are worse than all others together, by more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from scipy.stats import fisher_exact

from itsq_analysis.charts import funnel
from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.page.context import ALPHA, FEW, ReportContext
from itsq_analysis.page.section import Part, Section, bullets, paragraph
from itsq_analysis.text import formats

REOPENED = "reopen_rate"
DIMENSIONS = ("group", "service")
TOLD = 8


@dataclass(frozen=True)
class Difference:
    """A member against all others together: its row, their share, and the chance of such a distance without a real difference."""

    row: pd.Series
    rest: float
    chance: float

    @property
    def cases(self) -> float:
        """How many cases fewer or more than at the others' rate."""
        return float(abs(self.row["value"] - self.rest) * self.row["denominator"])


@dataclass(frozen=True)
class Comparison:
    """All members that were compared, and those that are worse, the weightiest first."""

    ids: list[str]
    compared: int
    worse: list[Difference]


def asked(context: ReportContext) -> tuple[str, str]:
    """The indicators by which members are compared."""
    return attainment(context.scope), REOPENED


def differences(context: ReportContext) -> Section:
    """The worst members first; inside the limits of chance nobody is ranked."""
    found = worse_members(context)
    title = context.term("differences")
    if not found.compared:
        return Section("differences", title, context.say("differences_few" if found.ids else "differences_unmeasured", fewest=FEW))
    listed = [bullets([*_sentences(context, found.worse)])] if found.worse else []
    method = paragraph(context.say("differences_method", tests=found.compared, fewest=FEW))
    picture = group_funnel(context, found.ids[0]) if found.ids else []
    return Section("differences", title, _answer(context, found), (*picture, *listed, method))


def worse_members(context: ReportContext) -> Comparison:
    """Groups and services whose attainment or reopen rate is worse than that of all others together; worked out once."""
    if "worse members" not in context.kept:
        context.kept["worse members"] = _compared(context)
    found: Comparison = context.kept["worse members"]
    return found


def _compared(context: ReportContext) -> Comparison:
    ids = _measured(context)
    compared = [one for name in ids for dimension in DIMENSIONS for one in compare(context.values([name], by=dimension))]
    worse = [one for one in holm(compared) if _is_worse(context, one)]
    return Comparison(ids, len(compared), sorted(worse, key=lambda one: one.cases, reverse=True))


def compare(values: pd.DataFrame) -> list[Difference]:
    """Each member of one indicator against the others together (Fisher's exact test, two-sided); small members are left out."""
    known = values[values["denominator"].notna() & values["member"].notna()]
    hits, total = known["numerator"].sum(), known["denominator"].sum()
    found = []
    for _, row in known.iterrows():
        other_hits, other_total = hits - row["numerator"], total - row["denominator"]
        if row["denominator"] < FEW or not other_total:
            continue
        counts = [[row["numerator"], row["denominator"] - row["numerator"]], [other_hits, other_total - other_hits]]
        found.append(Difference(row, other_hits / other_total, float(fisher_exact(counts).pvalue)))
    return found


def holm(compared: list[Difference]) -> list[Difference]:
    """Those that remain when the chance of even one false alarm among all comparisons is 5 % (Holm 1979)."""
    kept = []
    for place, one in enumerate(sorted(compared, key=lambda one: one.chance)):
        if one.chance > ALPHA / (len(compared) - place):
            break
        kept.append(one)
    return kept


def _measured(context: ReportContext) -> list[str]:
    """Recomputed attainment where there are rules, else the tool's flag; and reopened tickets."""
    now = context.now(asked(context))
    return [name for name, row in now.items() if pd.notna(row["value"])]


def _is_worse(context: ReportContext, one: Difference) -> bool:
    higher_is_better = context.workspace.catalogue[one.row["indicator"]].better == "higher"
    return bool((one.row["value"] < one.rest) == higher_is_better)


def _answer(context: ReportContext, found: Comparison) -> str:
    if not found.worse:
        return context.say("differences_none")
    first = found.worse[0]
    return context.say(
        "differences",
        n=len(found.worse),
        member=context.named(first.row["dimension"], first.row["member"]),
        value=context.shown(first.row),
        rest=formats.percent(first.rest),
    )


def _sentences(context: ReportContext, worse: list[Difference]) -> Iterator[str]:
    """The weightiest one by one, the others by name."""
    yield from (_sentence(context, one) for one in worse[:TOLD])
    names = dict.fromkeys(context.named(one.row["dimension"], one.row["member"]) for one in worse[TOLD:])
    if names:
        yield context.say("differences_more", list=context.listed(names))


def _sentence(context: ReportContext, one: Difference) -> str:
    return context.say(
        "difference",
        member=context.named(one.row["dimension"], one.row["member"]),
        title=context.title(one.row["indicator"]),
        measured=context.measured(one.row),
        rest=formats.percent(one.rest),
    )


def group_funnel(context: ReportContext, indicator: str) -> list[Part]:
    """A share of the groups against the limits of chance; nothing where no group has a case."""
    values = context.values([indicator], by="group")
    known = values[values["denominator"].fillna(0) > 0]
    if known.empty:
        return []
    frame = pd.DataFrame(
        {
            "member": [context.member("group", member) for member in known["member"]],
            "numerator": known["numerator"].to_numpy(),
            "denominator": known["denominator"].to_numpy(),
        }
    )
    title = context.say("funnel_chart", title=context.title(indicator))
    return [funnel(frame, title=title, summary=context.say("funnel_picture"), language=context.language)]
