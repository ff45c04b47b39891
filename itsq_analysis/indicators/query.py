"""What is asked: which indicators, for which periods, by which dimensions, known as of when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.compile import Window
from itsq_analysis.indicators.dimensions import DIMENSIONS, dimension_sql
from itsq_analysis.indicators.indicator import Indicator

if TYPE_CHECKING:
    from itsq_analysis.periods import Period
    from itsq_analysis.settings import Settings
    from itsq_analysis.store.engine import Engine
    from itsq_analysis.worktime import Calendar

Catalogue = Mapping[str, Indicator]
Key = tuple[str, str | None]  # indicator, dimension


@dataclass(frozen=True)
class Query:
    """Everything that an answer depends on.

    `as_of` is UTC. `known_at` are moments, one a period, at or after which nothing of it is known yet; () is `as_of` for all.
    `baselines` are values of earlier periods that targets are relative to, by indicator, dimension, member and the period's label.
    """

    connection: Engine
    catalogue: Catalogue
    settings: Settings
    periods: tuple[Period, ...]
    as_of: datetime
    calendars: Callable[[str], Calendar]
    known_at: tuple[datetime, ...] = ()
    baselines: Mapping[tuple[str, str | None, str | None, str], float] = field(default_factory=dict)

    def bounds(self, place: int) -> tuple[datetime, datetime]:
        """Start and end of a period as UTC moments."""
        return self.periods[place].bounds(self.settings.organisation.zone)

    def windows(self, layer: Sequence[int]) -> list[Window]:
        """The periods of a layer that have begun, as far as they are known."""
        bounds = [self.bounds(place) for place in layer]
        known = self.known_at or (None,) * len(self.periods)
        return [
            Window(row, start, min(end, self.as_of), known[place])
            for row, (place, (start, end)) in enumerate(zip(layer, bounds, strict=True))
            if start < self.as_of
        ]


def dimensions_of(indicator: Indicator, catalogue: Catalogue) -> tuple[str, ...]:
    """The dimensions that an indicator can be told by.

    >>> from itsq_analysis.indicators.catalogue import load_catalogue
    >>> dimensions_of(load_catalogue()["incidents_per_100_changes"], load_catalogue())
    ('service', 'tier', 'priority', 'group', 'team', 'level', 'supplier', 'category')
    """
    tables = {catalogue[part].table for part in indicator.parts} or {indicator.table}
    return tuple(name for name in DIMENSIONS if all(table and dimension_sql(table, name) for table in tables))


def no_calendars(name: str) -> Calendar:
    """Stands in for the business calendars where none were given."""
    raise IndicatorError(f"a computed indicator must be given business calendars; found none for {name!r}; pass calendars=")


def dimensions(by: str | Sequence[str] | None) -> tuple[str | None, ...]:
    """The dimensions of `by`, each once; (None,), the whole organisation, where there is none."""
    names = dict.fromkeys([by] if isinstance(by, str) else by or ())
    for name in names:
        known_name(name, DIMENSIONS, "a dimension")
    return tuple(names) or (None,)


def known_name(name: str, known: Iterable[str], what: str) -> None:
    """Nothing, or an IndicatorError that proposes the nearest known names."""
    known = list(known)
    if name not in known:
        near = get_close_matches(str(name), known, n=3, cutoff=0.5)
        advice = f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(known)}"
        raise IndicatorError(f"{what} must be known; found {name!r}; {advice}")


def asked_keys(catalogue: Catalogue, ids: Sequence[str] | None, dimensions: Sequence[str | None]) -> list[Key]:
    """Indicator and dimension of every block, in order. Without ids, an indicator that lacks a dimension is left out there."""
    asked = []
    for name in dict.fromkeys(catalogue if ids is None else ids):
        known_name(name, catalogue, "an indicator")
        possible = dimensions_of(catalogue[name], catalogue)
        for dimension in dimensions:
            if dimension is None or dimension in possible:
                asked.append((name, dimension))
            elif ids is not None:
                raise IndicatorError(
                    f"{name} must be asked by a dimension of its table; found {dimension!r}; "
                    f"use {', '.join(possible) or 'none: it has no dimension'}"
                )
    return asked


def layers_of(query: Query) -> list[list[int]]:
    """The periods in as few groups as needed so that none overlaps another of its group; one group in the usual case."""
    layers: list[list[int]] = []
    for place in sorted(range(len(query.periods)), key=lambda place: query.periods[place].start):
        period = query.periods[place]
        for layer in layers:
            if query.periods[layer[-1]].end <= period.start:
                layer.append(place)
                break
        else:
            layers.append([place])
    return layers
