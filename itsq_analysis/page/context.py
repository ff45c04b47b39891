"""What every section works from: the workspace, the period, the language, and the values it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from itsq_analysis.charts.labels import Unit
from itsq_analysis.facts import Scope
from itsq_analysis.periods import Period
from itsq_analysis.text import Language, aside, listed, say, term
from itsq_analysis.text import formats as write
from itsq_analysis.workspace import Workspace

PERIODS = 13  # the named one and twelve before it
ALPHA = 0.05
FEW = 20  # a smaller population is told as "2 of 3", without a percentage
LEAST = 0.01  # what a simulation can tell from 0 and 1
URGENT = ("1", "2")  # priorities that are never drowned in a total
NAMED = ("group", "service", "tier", "level", "channel")  # dimensions whose members do not say what they are


@dataclass(frozen=True)
class ReportContext:
    """A report's subject.

    Attributes:
        workspace: narrowed to the services of the report.
        period: the reporting period.
        language: of every word.
        moment: numbers are told as of this moment (workspace's zone).
        titled: the report's title, a term.
    """

    workspace: Workspace
    period: Period
    language: Language
    moment: datetime
    titled: str = "report_title"

    @cached_property
    def scope(self) -> Scope:
        """What the facts of the report are about."""
        return self.workspace.scope_at(self.period, self.moment)

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What a section has worked out and another needs too, by a name of its own."""
        return {}

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

    @property
    def title_of_report(self) -> str:
        """The report's title."""
        return self.term(self.titled)

    @cached_property
    def period_name(self) -> str:
        """The reporting period as a title names it."""
        return write.period_name(self.period, self.language)

    def number(self, amount: float, decimals: int = 0) -> str:
        """A plain number; a missing one is a dash."""
        return write.MISSING if pd.isna(amount) else write.number(amount, decimals)

    def shown(self, row: pd.Series, column: str = "value") -> str:
        """A number of a value frame's row in its indicator's unit; a small population as "2 of 3"."""
        amount = row[column]
        if pd.isna(amount):
            return write.MISSING
        indicator = self.workspace.catalogue[row["indicator"]]
        if column == "target" and indicator.unit == "%":
            return write.share(float(amount))
        if column == "value" and indicator.kind == "proportion" and row["certainty_n"] < FEW:
            return self.of(row)
        target = float(row["target"]) if column == "value" else float("nan")
        return write.value(float(amount), indicator.unit, self.language, target)

    def measured(self, row: pd.Series) -> str:
        """A value with the count behind it: "92.3% (1,649 of 1,787)"; of P1 and P2 the count first: "81 of 95 (85.3%)"."""
        value = self.shown(row)
        unit, counted = self.workspace.catalogue[row["indicator"]].unit, pd.notna(row["denominator"])
        if pd.isna(row["value"]) or unit != "%" or not counted or value == self.of(row):
            return value
        urgent = row["dimension"] == "priority" and row["member"] in URGENT
        first, second = (self.of(row), value) if urgent else (value, self.of(row))
        return first + self.aside(second)

    def of(self, row: pd.Series) -> str:
        """The count behind a value: "1,551 of 1,700", "4 h of 744 hours lost", or "n = 130"."""
        if row["indicator"].startswith("availability") and pd.notna(row["denominator"]):
            lost, total = row["denominator"] - row["numerator"], self.number(row["denominator"])
            if row["indicator"] == "availability_user_weighted":
                return self.say("of_user_hours", lost=self.number(lost), total=total)
            return self.say("of_hours", lost=write.duration(lost, self.language), total=total)
        if pd.isna(row["numerator"]) or pd.isna(row["denominator"]) or not float(row["denominator"]).is_integer():
            return self.say("of_n", n=self.number(row["n"]))
        counts = {"numerator": self.number(row["numerator"]), "denominator": self.number(row["denominator"])}
        table = self.workspace.catalogue[row["indicator"]].table
        return self.say(f"of_{table}" if table in ("changes", "surveys", "contacts") else "of_count", **counts)

    def member(self, dimension: str, member: Any) -> str:
        """A member's name as a table's row or column says it: priority 1 is P1."""
        if pd.isna(member):
            return self.term("unknown")
        return f"P{member}" if dimension == "priority" else str(member)

    def named(self, dimension: str, member: Any) -> str:
        """A member's name with what it is, for a sentence."""
        if pd.isna(member) or dimension not in NAMED or str(member).lower().startswith(dimension):
            return self.member(dimension, member)
        name = self.term(f"channel_{member}") if dimension == "channel" else str(member)
        return self.term(f"{dimension}_named").format(name=name)

    def chance(self, probability: float) -> str:
        """A simulated probability in a sentence, in whole per cent: never 0 or 100 %, but "less than 1%"."""
        if probability < LEAST:
            return self.say("chance_below", share=f"{LEAST:.0%}")
        return self.say("chance_above", share=f"{1 - LEAST:.0%}") if probability > 1 - LEAST else f"{probability:.0%}"

    def listed(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        return listed(names, self.language)

    def aside(self, text: str) -> str:
        """What stands in brackets after a word."""
        return aside(text, self.language)

    # numbers ---------------------------------------------------------------------------------------------------------

    def values(self, ids: Iterable[str], by: str | Sequence[str] | None = None, history: int = 1) -> pd.DataFrame:
        """The value frame for the reporting period, with a column `certainty_n`: the population that judges its size.

        A report of some services is judged by targets of services only: what was agreed for the whole is no promise about a part.
        Several sections ask for the same values; they are worked out once.
        """
        key = ("values", tuple(ids), by if by is None or isinstance(by, str) else tuple(by), history)
        if key not in self.kept:
            self.kept[key] = self._values(key[1], by, history)
        found: pd.DataFrame = self.kept[key]
        return found.copy()

    def _values(self, ids: Sequence[str], by: str | Sequence[str] | None, history: int) -> pd.DataFrame:
        frame = self.workspace.indicators(list(ids), self.period.label, by=by, history=history, as_of=self.moment)
        population = frame["denominator"].where(frame["denominator"].notna(), frame["n"])
        frame = frame.assign(certainty_n=population.fillna(0))
        return without_promises_of_the_whole(frame) if self.workspace.services else frame

    def now(self, ids: Iterable[str]) -> dict[str, pd.Series]:
        """The reporting period's row of each indicator."""
        frame = self.values(ids)
        return {row["indicator"]: row for _, row in frame.iterrows()}

    def has(self, table: str) -> bool:
        """Whether a table holds any row."""
        return bool(self.query(f'SELECT EXISTS (SELECT 1 FROM "{table}") AS found')["found"].iloc[0])

    def query(self, sql: str, **values: Any) -> pd.DataFrame:
        """Rows of a SELECT with named parameters; `$start` and `$end` are the period's bounds, cut at `$moment`, the report's."""
        start, end = self.period.bounds(self.workspace.settings.organisation.zone)
        bounds = {"start": start, "end": min(end, self.moment), "moment": self.moment} | values
        used = {name: value for name, value in bounds.items() if f"${name}" in sql}
        return self.workspace.rows(sql, used)

    def working_days(self, period: Period) -> int:
        """Working days of a period in the first calendar of itsq.toml, up to the moment of the report; 0 long before the data."""
        settings = self.workspace.settings
        calendar = self.workspace.calendar(settings.calendars[0].id)
        end = min(period.end, self.moment.astimezone(settings.organisation.zone).date())
        known = period.start.year >= calendar.first_year
        return int(calendar.working_days(period.start, end)) if known and end > period.start else 0


def without_promises_of_the_whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame judged by agreed targets of services only."""
    dropped = (frame["target_kind"] == "agreed") & (frame["dimension"] != "service")
    judged = dropped & (frame["status"] != "not measurable")
    return frame.assign(
        target=frame["target"].mask(dropped),
        target_kind=frame["target_kind"].mask(dropped),
        status=frame["status"].mask(judged, "no target"),
        certainty=frame["certainty"].mask(dropped),
    )


def chart_unit(unit: str) -> Unit:
    """The charts' word for an indicator's unit."""
    units: dict[str, Unit] = {"%": "share", "h": "hours", "count": "count"}
    return units.get(unit, "score")
