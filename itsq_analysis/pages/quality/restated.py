"""What the earlier report said otherwise: values of periods that both contain, before and now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.earlier import Earlier
from itsq_analysis.page.section import Html, paragraph, subheading, table
from itsq_analysis.page.values_csv import KEY, from_csv, to_csv
from itsq_analysis.periods import parse_period
from itsq_analysis.text import formats

LISTED = 12
SAME = 1e-9  # relative; the files hold 12 digits


@dataclass(frozen=True)
class Restated:
    """This report's values beside those of an earlier one.

    Attributes:
        context: this report's subject.
        earlier: the earlier values.
        values: this report's, as its values file will hold them.
    """

    context: ReportContext
    earlier: Earlier
    values: pd.DataFrame

    @cached_property
    def shared(self) -> pd.DataFrame:
        """The values that both contain: this report's columns, and the earlier one's with the suffix _before."""
        now = from_csv(to_csv(self.values), "this report")
        return now.merge(self.earlier.values.drop_duplicates(KEY), on=KEY, suffixes=("", "_before"))

    @cached_property
    def changed(self) -> pd.DataFrame:
        """Those that are printed otherwise: the whole organisation first, newest periods first.

        The columns of `shared`, with title, when, before and now: words as the page prints them.
        """
        both = self.shared
        moved = both[~np.isclose(both["value"], both["value_before"], rtol=SAME, atol=0, equal_nan=True)]
        moved = moved.assign(part=moved["dimension"] != "").sort_values(["part", "start"], ascending=[True, False], kind="stable")
        told = pd.DataFrame(
            [self._told(row) for _, row in moved.iterrows()], columns=["title", "when", "before", "now"], index=moved.index
        )
        return moved.join(told)[told["before"] != told["now"]].reset_index(drop=True)

    def _told(self, row: pd.Series) -> tuple[str, str, str, str]:
        """One row; both values are printed beside today's target, so that they have the same decimals."""
        names = row[["indicator", "dimension", "member"]].replace("", None)
        before, now = self._shown(row, "_before"), self._shown(row, "")
        return self.context.wording.scoped(names), self.period_of(row["period"]), before, now

    def _shown(self, row: pd.Series, suffix: str) -> str:
        counts = {name: row[name + suffix] for name in ("value", "numerator", "denominator", "n")}
        size = counts["n"] if pd.isna(counts["denominator"]) else counts["denominator"]
        names = {"indicator": row["indicator"], "target": row["target"], "certainty_n": 0 if pd.isna(size) else size}
        return self.context.shown(pd.Series(names | counts))

    def period_of(self, label: str) -> str:
        """A period's name."""
        starts_on = self.context.workspace.settings.period.month_starts_on
        return formats.period_label(parse_period(label, starts_on), self.context.language)


def restated_parts(context: ReportContext, found: Restated | None) -> list[Html]:
    """The end of the section on data quality; None stands for no earlier report."""
    if found is None:
        return [subheading(context.term("restated")), paragraph(context.say("restated_unknown"))]
    heading = subheading(context.say("restated_since", period=found.period_of(found.earlier.label)))
    changed, total = found.changed, len(found.shared)
    if changed.empty:
        sentence = context.say("restated_none" if total else "restated_nothing_shared", n=context.number(total))
        return [heading, paragraph(sentence)]
    keys = ("indicator", "month", "before", "now")
    columns = {key: context.term(key) for key in keys}
    listed = table(columns, [_cells(context, row) for _, row in changed.head(LISTED).iterrows()], numeric={"before", "now"})
    more = [paragraph(context.say("restated_more", n=LISTED))] if len(changed) > LISTED else []
    return [heading, paragraph(context.say("restated", n=context.number(len(changed)), total=context.number(total))), listed, *more]


def _cells(context: ReportContext, row: pd.Series) -> dict[str, str]:
    """One changed value; what the earlier report called provisional says so."""
    note = context.aside(context.term("provisional")) if row["provisional_before"] else ""
    return {"indicator": row["title"], "month": row["when"], "before": row["before"] + note, "now": row["now"]}
