"""What every section works from: the workspace, the period, the language, and the values it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from itsq_analysis.facts import Scope
from itsq_analysis.indicators.cube import Cube, cube
from itsq_analysis.page.section import Part, Section
from itsq_analysis.periods import Period
from itsq_analysis.text import Language, aside, listed, paragraph, say, term
from itsq_analysis.text import formats as write
from itsq_analysis.text.marks import FactKeys
from itsq_analysis.text.wording import FEW as FEW
from itsq_analysis.text.wording import URGENT as URGENT
from itsq_analysis.text.wording import Wording, wording_of
from itsq_analysis.workspace import Workspace

PERIODS = 13  # the named one and twelve before it
ALPHA = 0.05
LEAST = 0.01  # what a simulation can tell from 0 and 1


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
    def keys(self) -> FactKeys:
        """The keys of the facts that the page prints."""
        return FactKeys()

    @cached_property
    def wording(self) -> Wording:
        """How the page says its facts."""
        return replace(wording_of(self.scope, self.language), keys=self.keys)

    @cached_property
    def plain(self) -> Wording:
        """How a picture or a workbook says them: numbers without the key of their fact."""
        return replace(self.wording, keys=None)

    @cached_property
    def brief(self) -> Wording:
        """How the first screen says them."""
        return self.wording.shorter()

    # words -----------------------------------------------------------------------------------------------------------

    def term(self, id: str) -> str:  # noqa: A002 - the key's name in terms.toml
        """A word of the page."""
        return term(id, self.language)

    def say(self, id: str, **facts: Any) -> str:  # noqa: A002 - the key's name in sentences.toml
        """A sentence of the page; things of the registers are called as the page calls them."""
        called = {name: self.called(fact) if type(fact) is str else fact for name, fact in facts.items()}
        return say(id, self.language, **called)

    def called(self, text: str) -> str:
        """What the page calls a thing of the registers."""
        return self.wording.called(text)

    def named_in(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A chart's frame in which things of the registers are called as the page calls them."""
        return frame.map(lambda cell: self.called(cell) if type(cell) is str else cell)

    def title(self, indicator: str) -> str:
        """An indicator's name."""
        return self.workspace.definitions[indicator].title[self.language]

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

    def shown(self, row: Any, column: str = "value") -> str:
        """A number of a value in its indicator's unit; a small population as "2 of 3"."""
        return self.wording.shown(row, column)

    def measured(self, row: Any) -> str:
        """A value with the count behind it: "92.3% (1,649 of 1,787)"; of P1 and P2 the count first: "81 of 95 (85.3%)"."""
        return self.wording.measured(row)

    def of(self, row: Any) -> str:
        """The count behind a value: "1,551 of 1,700", "4 h of 744 hours lost", or "n = 130"."""
        return self.wording.of(row)

    def member(self, dimension: str, member: Any) -> str:
        """A member's name as a table's row or column says it: priority 1 is P1."""
        return self.wording.member(dimension, member)

    def named(self, dimension: str, member: Any) -> str:
        """A member's name with what it is, for a sentence."""
        return self.wording.named(dimension, member)

    def chance(self, probability: float) -> str:
        """A simulated probability in a sentence, in whole per cent: never 0 or 100 %, but "less than 1%"."""
        if probability < LEAST:
            return self.say("chance_below", share=f"{LEAST:.0%}")
        return self.say("chance_above", share=f"{1 - LEAST:.0%}") if probability > 1 - LEAST else f"{probability:.0%}"

    def listed(self, items: Iterable[str]) -> str:
        """Names one after the other."""
        return listed((self.called(name) if type(name) is str else name for name in items), self.language)

    def aside(self, text: str) -> str:
        """What stands in brackets after a word."""
        return aside(text, self.language)

    def section(self, id: str, told: Sequence[str], parts: Iterable[Part] = ()) -> Section:  # noqa: A002 - a term, and the anchor
        """A section whose first sentence is its conclusion."""
        return Section(id, self.term(id), told[0], tuple(parts), paragraph(told[1:], self.language))

    # numbers ---------------------------------------------------------------------------------------------------------

    @property
    def cube(self) -> Cube:
        """The values of the report."""
        return cube(self.scope)

    def values(self, ids: Iterable[str], by: str | None = None, history: int = 1) -> pd.DataFrame:
        """The cube's frame for the reporting period, with a column `certainty_n`: the population that judges its size."""
        frame = self.cube.frame(ids, by, history)
        population = frame["denominator"].where(frame["denominator"].notna(), frame["n"])
        return frame.assign(certainty_n=population.fillna(0))

    def now(self, ids: Iterable[str]) -> dict[str, pd.Series]:
        """The reporting period's row of each indicator."""
        frame = self.values(ids)
        return {row["indicator"]: row for _, row in frame.iterrows()}

    def has(self, table: str) -> bool:
        """Whether a table holds any row."""
        return self.scope.has(table)

    def working_days(self, period: Period) -> int:
        """Working days of a period, as far as it is over."""
        return self.scope.working_days(period)
