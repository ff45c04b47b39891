"""The scorecard of a period: every section of the standard, with what is met, what can be measured and what is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.catalogue import sections
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.indicator import Indicator, words
from itsq_analysis.indicators.scorecard.changed import changes
from itsq_analysis.indicators.scorecard.repr import as_html, as_text
from itsq_analysis.indicators.scorecard.scores import Score, Scored, score
from itsq_analysis.indicators.targets import agreed_targets, in_force, place_of
from itsq_analysis.indicators.value import Value

SECTIONS = tuple(f"{chapter}.{section}" for chapter in range(1, 9) for section in range(1, 5))  # of the standard
NO_INDICATOR = "an indicator"


@dataclass(frozen=True, repr=False)
class Scorecard:
    """The scorecard of a period.

    Attributes:
        period: its label.
        scored: every indicator of the catalogue, by section.
        scores: the whole, chapters, all 32 sections, characteristics.
        grades: by level and key; empty unless `[scorecard]` of itsq.toml has grades.
        language: of titles.
    """

    period: str
    scored: tuple[Scored, ...]
    scores: tuple[Score, ...]
    grades: Mapping[tuple[str, str], str | None]
    titles: Mapping[str, Mapping[str, str]] = field(repr=False)
    language: Literal["en", "zh"] = "en"

    @property
    def table(self) -> pd.DataFrame:
        """One row a score.

        Columns: level, key, title, share, met, with_target, coverage, measurable, weight, known, indicators, status, grade,
        critical, changed, needs.
        """
        rows = [
            {
                "level": part.level,
                "key": part.key,
                "title": self.title(part),
                "share": part.share,
                "met": part.met,
                "with_target": part.with_target,
                "coverage": part.coverage,
                "measurable": part.measurable,
                "weight": part.weight,
                "known": part.known,
                "indicators": part.indicators,
                "status": part.status,
                "grade": self.grades.get((part.level, part.key)),
                "critical": ", ".join(shown(value) for value in part.critical),
                "changed": ", ".join(part.changed),
                "needs": ", ".join(part.needs),
            }
            for part in self.scores
        ]
        return pd.DataFrame(rows)

    @property
    def indicators(self) -> pd.DataFrame:
        """One row an indicator.

        Columns: indicator, section, characteristic, weight, value, n, lower, upper, status, met, targets, critical, change, since,
        better, needs.
        """
        return pd.DataFrame([self._row(row) for row in self.scored])

    def title(self, part: Score) -> str:
        """The name of a score in the scorecard's language."""
        return self.titles.get(f"{part.level} {part.key}", {}).get(self.language, part.key)

    def _row(self, row: Scored) -> dict[str, object]:
        first = row.changes[0] if row.changes else None
        return {
            "indicator": row.value.indicator,
            "section": row.section,
            "characteristic": row.characteristic,
            "weight": row.weight,
            **{name: getattr(row.value, name) for name in ("value", "n", "lower", "upper")},
            "status": row.status,
            "met": row.met if row.targets else float("nan"),
            "targets": len(row.targets),
            "critical": ", ".join(shown(value) for value in row.critical),
            "change": first and f"{first.kind} {first.direction}",
            "since": first and first.since,
            "better": first and first.better,
            "needs": ", ".join(row.needs),
        }

    def __repr__(self) -> str:
        """The whole, chapters and sections, a line each."""
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def shown(value: Value) -> str:
    """An indicator with its member."""
    return value.indicator if value.dimension is None else f"{value.indicator} ({value.dimension} {value.member})"


@fact
def scorecard(scope: Scope, language: Literal["en", "zh"] = "en") -> Scorecard:
    """The scorecard of the scope's period: indicator → section → chapter → overall, and by quality characteristic."""
    cube(scope).want(scope.catalogue)
    scored = tuple(
        sorted((_scored(scope, indicator) for indicator in scope.catalogue.values()), key=lambda indicator: indicator.section)
    )
    by_section = [score("section", number, [row for row in scored if row.section == number]) for number in SECTIONS]
    by_section = [part if part.indicators else replace(part, needs=(NO_INDICATOR,)) for part in by_section]
    by_chapter = [score("chapter", str(n), [row for row in scored if row.section[0] == str(n)]) for n in range(1, 9)]
    kinds = [*words()["characteristic"], *([""] if any(row.characteristic is None for row in scored) else [])]
    by_kind = [score("characteristic", kind, [row for row in scored if (row.characteristic or "") == kind]) for kind in kinds]
    scores = (score("overall", "", scored), *by_chapter, *by_section, *by_kind)
    settings = scope.settings.scorecard
    grades: dict[tuple[str, str], str | None] = {}
    grades |= (
        {(part.level, part.key): settings.grade(part.share, bool(part.critical)) for part in scores} if settings.grades else {}
    )
    return Scorecard(scope.period.label, scored, scores, grades, _titles(), language)


def _scored(scope: Scope, indicator: Indicator) -> Scored:
    targets = tuple(value for value in agreed_targets(scope) if value.indicator == indicator.id and value.known)
    critical = {place_of(target) for target in scope.settings.targets if target.critical and in_force(scope, target)}
    value = cube(scope).value(indicator.id)
    return Scored(
        value=value,
        section=indicator.section,
        characteristic=indicator.characteristic,
        weight=scope.settings.scorecard.weight(indicator.id, indicator.section),
        targets=targets,
        critical=tuple(
            judged
            for judged in targets
            if judged.status == "missed" and (judged.indicator, judged.dimension, judged.member) in critical
        ),
        needs=() if value.known else _needs(scope, indicator, value),
        changes=changes(scope).get(indicator.id, ()),
    )


def _needs(scope: Scope, indicator: Indicator, value: Value) -> tuple[str, ...]:
    """What is missing for the indicator to be measured; nothing where there was simply nothing to count."""
    codes = {part.partition("=")[0] for part in (value.reason or "").split("; ")}
    parts = [scope.catalogue[part] for part in indicator.parts] or [indicator]
    tables = dict.fromkeys(part.table for part in parts if part.table)
    needs: list[str] = []
    if "no_data_table" in codes:
        empty = [name for name in ({"services": "outages"}.get(table, table) for table in tables) if not scope.has(name)]
        needs += [f"table {name}" for name in empty or tables]
    if "no_data_column" in codes:
        columns = dict.fromkeys((part.table, name) for part in parts for name in (*part.requires, *sorted(part.columns)))
        needs += [f"column {table}.{name}" for table, name in columns]
    needs += ["[[sla]] rules"] if "no_sla_rules" in codes else []
    needs += ["table state_log"] if "no_state_log" in codes else []
    needs += ["agreed service hours (calendar of a service)"] if codes & {"no_service_calendar", "no_service_time"} else []
    needs += ["users of services"] if "no_users" in codes else []
    needs += [f"data of {' and '.join(tables)} from the period"] if "before_data" in codes else []
    return tuple(needs)


def _titles() -> dict[str, dict[str, str]]:
    """By level and key, in both languages."""
    titles = {"overall ": {"en": "Overall", "zh": "总体"}, "characteristic ": {"en": "no characteristic", "zh": "未归类"}}
    for chapter in sections().values():
        for number, title in chapter.items():
            titles[f"{'section' if '.' in number else 'chapter'} {number}"] = title
    return titles | {f"characteristic {name}": title for name, title in words()["characteristic"].items()}
