"""From a query to measured blocks: one scan per table, then what is computed, then ratios and differences."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from itsq_analysis.indicators.compile import Timing, Window, plan, table_of, timing_of
from itsq_analysis.indicators.computed_scope import ComputedScope
from itsq_analysis.indicators.indicator import Indicator
from itsq_analysis.indicators.measure import Measured, combine, measure, nothing
from itsq_analysis.indicators.query import Key, Query, known_name
from itsq_analysis.indicators.scan import Cells, in_order, scan
from itsq_analysis.indicators.table_facts import Facts
from itsq_analysis.indicators.value import NUMBERS

# Columns that the rules of itsq.toml fill: without rules they are not measurable.
SLA_COLUMNS = frozenset({"sla_rule", "sla_response_met", "sla_resolution_met", "sla_due_at", "sla_late_from"})


def evaluated(query: Query, layer: Sequence[int], asked: Sequence[Key]) -> dict[Key, Measured]:
    """Every block of one layer: one scan per table, then the computed ones, then ratios and differences."""
    catalogue = query.catalogue
    needed = dict.fromkeys((part, dimension) for name, dimension in asked for part in (*catalogue[name].parts, name))
    tables: dict[str, list[Indicator]] = {}
    for name in dict.fromkeys(name for name, _ in needed):
        if catalogue[name].time:
            tables.setdefault(table_of(catalogue[name]), []).append(catalogue[name])
    windows, zone = query.windows(layer), query.settings.organisation.timezone
    scans: dict[tuple[str, Timing, str | None], Cells] = {}
    for table, indicators in tables.items():
        dimensions = list(dict.fromkeys(dimension for name, dimension in needed if catalogue[name].table == table))
        made = plan(table, indicators, dimensions, zone)
        cells = scan(query.connection, made, windows, len(layer), query.as_of)
        scans |= {(table, *key): answer for key, answer in cells.items()}
    facts = {
        table: Facts(query.connection, table, (name for counted in indicators for name in _told_by(counted)), query.as_of, zone)
        for table, indicators in tables.items()
    }
    measured: dict[Key, Measured] = {}
    shared: dict[Hashable, Any] = {}
    for name, dimension in needed:
        indicator = catalogue[name]
        if indicator.parts:
            measured[name, dimension] = combine(indicator, {part: measured[part, dimension] for part in indicator.parts})
        elif indicator.function:
            measured[name, dimension] = _computed(query, indicator, dimension, layer, windows, shared)
        else:
            answer = measure(indicator, scans[table_of(indicator), timing_of(indicator), dimension])
            measured[name, dimension] = _explained(query, indicator, answer, layer, facts[table_of(indicator)])
    return {key: measured[key] for key in asked}


def _explained(query: Query, indicator: Indicator, answer: Measured, layer: Sequence[int], facts: Facts) -> Measured:
    """The answer without what it could not know, and why: nothing found is not the same as nothing there."""
    if indicator.columns & SLA_COLUMNS and not query.settings.sla:
        return answer.refused("no_sla_rules")
    silent = answer.n.sum(axis=1) == 0
    alike = bool(np.all((answer.value == 0) | (answer.value == 1) | np.isnan(answer.value)))
    if silent.all() and facts.empty:
        return answer.refused("no_data_table")
    if (alike or silent.all()) and not all(facts.filled(column) for column in _told_by(indicator)):
        return answer.refused("no_data_column")
    if not silent.any():
        return answer
    first, bounds = facts.first, [query.bounds(place) for place in layer]
    early = np.array([[first is None or end <= first] for _, end in bounds])
    late = np.array([[start >= query.as_of] for start, _ in bounds])
    return answer.without(early, "before_data").without(late, "not_started")


def _told_by(indicator: Indicator) -> tuple[str, ...]:
    """The columns without which it knows nothing."""
    return timing_of(indicator)[0], *indicator.requires


def _computed(
    query: Query,
    indicator: Indicator,
    dimension: str | None,
    layer: Sequence[int],
    windows: Sequence[Window],
    shared: dict[Hashable, Any],
) -> Measured:
    """The frame of a function of COMPUTED, put into its places; `shared` is what those of one pass have read so far."""
    from itsq_analysis.indicators.computed import COMPUTED  # lazily: scipy's and pandas' share of the start-up time

    known_name(indicator.function or "", COMPUTED, f"{indicator.file}, {indicator.id}: a function")
    scope = ComputedScope(
        connection=query.connection,
        settings=query.settings,
        calendars=query.calendars,
        periods=tuple(query.periods[layer[window.index]] for window in windows),
        starts=tuple(window.start for window in windows),
        ends=tuple(window.end for window in windows),
        dimension=dimension,
        as_of=query.as_of,
        shared=shared,
    )
    frame = COMPUTED[indicator.function or ""](scope) if windows else pd.DataFrame({"member": []})
    names = [None if pd.isna(member) else str(member) for member in frame["member"]]
    members = (None,) if dimension is None else in_order(set(names))
    empty = nothing(members, len(layer))
    answer = empty.without(np.ones(empty.value.shape, dtype=bool), "empty_population")
    if names:
        rows = np.array([windows[period].index for period in frame["period"]])
        places = rows, np.array([members.index(name) for name in names])
        for name in NUMBERS:
            getattr(answer, name)[places] = frame[name].to_numpy(dtype="float64", na_value=np.nan)
        answer.reason[places] = ["" if pd.isna(reason) else str(reason) for reason in frame["reason"]]
    begun = {window.index for window in windows}
    return answer.without(np.array([[row not in begun] for row in range(len(layer))]), "not_started")
