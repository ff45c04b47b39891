"""Random rows of any contract, made from its columns: unknown cells, equal values, days on both edges of periods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from itsq_analysis.tables import Column, contract, contracts
from tests.tables import SHANGHAI, Row

EDGES = [date(2026, month, day) for month, day in ((8, 31), (9, 1), (9, 30), (10, 1), (10, 5), (10, 6), (10, 28), (10, 31))]
EDGES += [date(2026, 11, 1), date(2027, 1, 1), date(2025, 9, 30), date(2026, 4, 3)]
TEXTS = {
    "service": ["Mail", "ERP", "Wiki", "unregistered"],
    "assignment_group": ["Desk", "Servers", "Vendor", "unregistered"],
    "category": ["Software", "Hardware"],
    "framework": ["ISO/IEC 20000-1", "ISO 27001", "MLPS", "iso"],
}
MADE = {  # tables whose rows are made elsewhere, or by the test itself
    *("capacity_options", "changes", "contacts", "demand_drivers", "exemptions", "groups", "incidents", "metrics", "notes"),
    *("outages", "problems", "requests", "resources", "roster", "services", "state_log", "surveys"),
}


def random_registers(seed: int, size: int = 60) -> dict[str, list[Row]]:
    """Rows of the registers that hold no tickets; by table chance of its own, so that a new table leaves the others as they are."""
    made = {}
    for name in sorted(contracts().keys() - MADE):
        random = np.random.default_rng([seed, *name.encode()])
        made[name] = [_row(random, name, place) for place in range(size)]
    return made


def _row(random: np.random.Generator, table: str, place: int) -> Row:
    return {column.name: _cell(random, column, place) for column in contract(table).columns.values()}


def _cell(random: np.random.Generator, column: Column, place: int) -> Any:
    if not column.required and random.random() < 0.2:
        return None
    if column.values:
        return column.values[int(random.integers(len(column.values)))]
    if column.type == "bool":
        return bool(random.random() < 0.5)
    if column.type == "date":
        near = date(2026, 8, 20) + timedelta(days=int(random.integers(-40, 120)))
        return EDGES[int(random.integers(len(EDGES)))] if random.random() < 0.5 else near
    if column.type == "time":
        edge = datetime(2026, 10, 1, tzinfo=SHANGHAI)
        return edge + timedelta(minutes=int(random.integers(-60 * 24 * 40, 60 * 24 * 40))) * int(random.random() < 0.95)
    if column.type in ("int", "number"):
        return int(random.integers(0, 6)) if column.type == "int" else int(random.integers(0, 4000)) / 8
    return TEXTS[column.name][int(random.integers(len(TEXTS[column.name])))] if column.name in TEXTS else f"{column.name}{place}"
