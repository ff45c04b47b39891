"""What every section works from: the workspace, the period, the language, and the values it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from itsq_analysis.charts.labels import Unit
from itsq_analysis.narrative import Language, formats, say, term
from itsq_analysis.periods import Period
from itsq_analysis.workspace import Workspace

PERIODS = 13  # the named one and twelve before it
ALPHA = 0.05


@dataclass(frozen=True)
class Scene:
    """A report's subject.

    Attributes:
        workspace: narrowed to the services of the report.
        period: the reporting period.
        language: of every word.
        moment: numbers are told as of this moment (workspace's zone).
    """

    workspace: Workspace
    period: Period
    language: Language
    moment: datetime

    # words -----------------------------------------------------------------------------------------------------------

    def term(self, id: str) -> str:  # noqa: A002 - the key's name in terms.toml
        """A word of the page."""
        return term(id, self.language)

    def say(self, id: str, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
        """A sentence of the page."""
        return say(id, self.language, **facts)

    def title(self, indicator: str) -> str:
        """An indicator's name."""
        return self.workspace.catalogue[indicator].title[self.language]

    @cached_property
    def period_name(self) -> str:
        """The reporting period as a title names it."""
        return formats.period_name(self.period, self.language)

    def number(self, amount: float, decimals: int = 0) -> str:
        """A plain number."""
        return formats.number(amount, decimals)

    def shown(self, row: pd.Series, column: str = "value") -> str:
        """A number of a value frame's row in its indicator's unit; a small population as "2 of 3"."""
        amount = row[column]
        if pd.isna(amount):
            return formats.MISSING
        indicator = self.workspace.catalogue[row["indicator"]]
        if column == "target" and indicator.unit == "%":
            return formats.share(float(amount))
        if column == "value" and indicator.kind == "proportion" and row["certainty_n"] < 20:
            return self.of(row)
        return formats.value(float(amount), indicator.unit, self.language)

    def of(self, row: pd.Series) -> str:
        """The count behind a value: "1,551 of 1,700", "4 h of 744 hours lost", or "n = 130"."""
        if row["indicator"].startswith("availability") and pd.notna(row["denominator"]):
            lost = formats.duration(row["denominator"] - row["numerator"], self.language)
            return self.say("of_hours", lost=lost, total=self.number(row["denominator"]))
        if pd.notna(row["numerator"]) and pd.notna(row["denominator"]) and float(row["denominator"]).is_integer():
            return self.say("of_count", numerator=self.number(row["numerator"]), denominator=self.number(row["denominator"]))
        return self.say("of_n", n=self.number(row["n"]))

    def member(self, dimension: str, member: Any) -> str:
        """A member's name as it is read: priority 1 is P1, a group or service is said to be one."""
        if pd.isna(member):
            return self.term("unknown")
        return f"P{member}" if dimension == "priority" else str(member)

    def named(self, dimension: str, member: Any) -> str:
        """A member's name with what it is, for a sentence."""
        if pd.isna(member) or dimension not in ("group", "service"):
            return self.member(dimension, member)
        return self.term(f"{dimension}_named").format(name=member)

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        return (", " if self.language == "en" else "、").join(names)

    # numbers ---------------------------------------------------------------------------------------------------------

    def values(self, ids: Iterable[str], by: str | Sequence[str] | None = None, history: int = 1) -> pd.DataFrame:
        """The value frame for the reporting period, with a column `certainty_n`: the population that judges its size."""
        frame = self.workspace.indicators(list(ids), self.period.label, by=by, history=history, as_of=self.moment)
        population = frame["denominator"].where(frame["denominator"].notna(), frame["n"])
        return frame.assign(certainty_n=population.fillna(0))

    def now(self, ids: Iterable[str]) -> dict[str, pd.Series]:
        """The reporting period's row of each indicator."""
        frame = self.values(ids)
        return {row["indicator"]: row for _, row in frame.iterrows()}

    def has(self, table: str) -> bool:
        """Whether a table holds any row."""
        return bool(self.query(f'SELECT EXISTS (SELECT 1 FROM "{table}") AS found')["found"].iloc[0])

    def query(self, sql: str, **values: Any) -> pd.DataFrame:
        """Rows of a SELECT with named parameters; `$start` and `$end` are the period's bounds, cut at the moment of the report."""
        start, end = self.period.bounds(self.workspace.settings.organisation.zone)
        bounds = {"start": start, "end": min(end, self.moment)} | values
        used = {name: value for name, value in bounds.items() if f"${name}" in sql}
        return self.workspace.rows(sql, used)

    def working_days(self, period: Period) -> int:
        """Working days of a period in the first calendar of itsq.toml, up to the moment of the report."""
        settings = self.workspace.settings
        calendar = self.workspace.calendar(settings.calendars[0].id)
        end = min(period.end, self.moment.astimezone(settings.organisation.zone).date())
        return int(calendar.working_days(period.start, end)) if end > period.start else 0


def chart_unit(unit: str) -> Unit:
    """The charts' word for an indicator's unit."""
    units: dict[str, Unit] = {"%": "share", "h": "hours", "count": "count"}
    return units.get(unit, "score")
