"""When an overall rate moves: how much comes from other cases, and how much from other work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact

from itsq_analysis.indicators.attainment import attainment
from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.quality.processes import process
from itsq_analysis.text import formats

DIMENSION = "priority"
CHANCE = 0.01  # a difference that comes more often by chance alone is not taken apart


@dataclass(frozen=True)
class CaseMix:
    """An overall share in two periods, taken apart by priority.

    Attributes:
        indicator: the share.
        before, now: the overall shares.
        mix, performance: what other weights and what other shares within the priorities contribute;
            together now − before, exactly.
        parts: one row per priority, the most urgent first: member, weight_before, weight_now, rate_before, rate_now (missing
            where it had no case), mix, performance.
        most: place in `parts` of the member that moved most, and `moved`: by its "performance" or its "mix".
    """

    indicator: str
    before: float
    now: float
    mix: float
    performance: float
    parts: pd.DataFrame
    most: int
    moved: str

    @property
    def points(self) -> float:
        """The whole difference, as a share."""
        return self.now - self.before


def decompose(cases: pd.DataFrame) -> pd.DataFrame:
    """Take a difference of two overall shares apart: each member's share of it through its weight and through its rate.

    Symmetric: weights at mean rates, rates at mean weights (Kitagawa 1955, JASA 50:1168-1194). A member without cases in one
    period has no rate there; all that it changes is mix. The contributions add up to the difference exactly.

    Args:
        cases: columns member, hits_before, n_before, hits_now, n_now.

    >>> names = ("member", "hits_before", "n_before", "hits_now", "n_now")
    >>> cases = pd.DataFrame([("1", 5, 10, 10, 20), ("2", 45, 50, 36, 40)], columns=names)
    >>> parts = decompose(cases)
    >>> float(parts["performance"].sum()), round(float(parts["mix"].sum()), 4)
    (0.0, -0.0667)
    """
    before, now = cases["n_before"] / cases["n_before"].sum(), cases["n_now"] / cases["n_now"].sum()
    first = (cases["hits_before"] / cases["n_before"].where(cases["n_before"] > 0)).astype(float)
    second = (cases["hits_now"] / cases["n_now"].where(cases["n_now"] > 0)).astype(float)
    old, new = first.fillna(second).fillna(0.0), second.fillna(first).fillna(0.0)
    # The overall share is taken from every rate, so that a member's own weight says whether it draws the whole up or down.
    overall = (cases["hits_before"].sum() / cases["n_before"].sum() + cases["hits_now"].sum() / cases["n_now"].sum()) / 2
    return pd.DataFrame(
        {
            "member": cases["member"],
            "weight_before": before,
            "weight_now": now,
            "rate_before": first,
            "rate_now": second,
            "mix": (now - before) * ((old + new) / 2 - overall),
            "performance": (new - old) * (before + now) / 2,
        }
    )


def case_mix(context: ReportContext) -> CaseMix | None:
    """How attainment moved since the period before, by priority; None where it did not move by more than chance.

    The difference must be rarer than one in a hundred (Fisher's exact test); where there are twelve complete periods before, the
    process must signal too. Neither period may be incomplete.
    """
    if "case mix" not in context.kept:
        context.kept["case mix"] = _taken_apart(context)
    found: CaseMix | None = context.kept["case mix"]
    return found


def case_mix_sentence(context: ReportContext, found: CaseMix | None = None) -> str:
    """One sentence: from what to what, of which mix, of which performance, and the part that moved most; empty for none."""
    told = found or case_mix(context)
    if told is None:
        return ""
    part = told.parts.iloc[told.most]
    ends = ("rate_before", "rate_now") if told.moved == "performance" else ("weight_before", "weight_now")
    most = context.say(
        f"case_mix_{told.moved}",
        member=context.member(DIMENSION, part["member"]),
        first=formats.percent(float(part[ends[0]])),
        last=formats.percent(float(part[ends[1]])),
    )
    return context.say(
        "case_mix_up" if told.points > 0 else "case_mix_down",
        title=context.title(told.indicator),
        before=formats.percent(told.before),
        now=formats.percent(told.now),
        points=context.number(abs(told.points) * 100, 1),
        shares=_shares(context, told),
        most=most,
    )


def _shares(context: ReportContext, told: CaseMix) -> str:
    """What work and mix contribute, in points that add up as printed; one that went the other way is told so."""
    up = 1 if told.points > 0 else -1
    mix = round(up * told.mix * 100, 1)
    performance = round(up * told.points * 100, 1) - mix
    sentence = "case_mix_against_mix" if mix < 0 else "case_mix_against_work" if performance < 0 else "case_mix_both"
    return context.say(sentence, mix=context.number(abs(mix), 1), performance=context.number(abs(performance), 1))


def _taken_apart(context: ReportContext) -> CaseMix | None:
    name = attainment(context.scope)
    frame = context.values([name], history=2)
    before, now = frame.iloc[0], frame.iloc[1]
    if frame["value"].isna().any() or not _more_than_chance(context, before, now):
        return None
    parts = decompose(_cases(context.values([name], by=DIMENSION, history=2), before["period"]))
    moved = parts[["mix", "performance"]].abs().to_numpy()
    most, what = np.unravel_index(int(moved.argmax()), moved.shape)
    total = parts[["mix", "performance"]].sum()
    values = (float(before["value"]), float(now["value"]), float(total["mix"]), float(total["performance"]))
    return CaseMix(name, *values, parts, int(most), ("mix", "performance")[int(what)])


def _more_than_chance(context: ReportContext, before: pd.Series, now: pd.Series) -> bool:
    """Whether two overall shares differ by more than chance, and more than this process usually does."""
    found = process(context, now)
    if found.reason in ("period_incomplete", "thin", "provisional"):
        return False
    counts = [[row["numerator"], row["denominator"] - row["numerator"]] for row in (before, now)]
    rare = float(fisher_exact(counts).pvalue) < CHANCE
    return rare and (found.reason == "few_periods" or found.signal)


def _cases(values: pd.DataFrame, first: str) -> pd.DataFrame:
    """Hits and cases of every member in both periods; a member that one of them lacks has none there."""
    wide = {}
    for when, part in (("before", values[values["period"] == first]), ("now", values[values["period"] != first])):
        keyed = part.set_index(part["member"].fillna(""))
        wide[f"hits_{when}"], wide[f"n_{when}"] = keyed["numerator"], keyed["denominator"]
    cases = pd.DataFrame(wide).fillna(0.0).sort_index().rename_axis("member").reset_index()
    cases["member"] = cases["member"].replace({"": None})
    return cases[(cases["n_before"] > 0) | (cases["n_now"] > 0)].reset_index(drop=True)
