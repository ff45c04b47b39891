"""Rows of the registers of notes and exemptions that name what the data do not hold: told, never passed over in silence.

They are not refused at the load: an indicator may be added to the catalogue, and a ticket arrive, after the row that names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsq_analysis.facts import Scope, fact
from itsq_analysis.indicators.exemptions import NAMES, exemptions
from itsq_analysis.indicators.notes import notes
from itsq_analysis.tables import contracts


@dataclass(frozen=True)
class UnknownNames:
    """Names that nothing is called by, each once.

    Attributes:
        kind: "notes_unknown_indicator", "exemptions_unknown_indicator" or "exemptions_unknown_ticket".
        n: rows that name them.
        names: in the register's order.
    """

    kind: str
    n: int
    names: tuple[str, ...]


@fact
def unknown_names(scope: Scope) -> tuple[UnknownNames, ...]:
    """Each kind of name that nothing is called so; () where all is well."""
    found = {
        "notes_unknown_indicator": [note.indicator for note in notes(scope) if not note.known],
        "exemptions_unknown_indicator": [exemption.indicator for exemption in exemptions(scope) if not exemption.known],
        "exemptions_unknown_ticket": _unknown_tickets(scope),
    }
    return tuple(UnknownNames(kind, len(names), tuple(dict.fromkeys(names))) for kind, names in found.items() if names)


def _unknown_tickets(scope: Scope) -> list[str]:
    """Tickets that no table holds; a report of some services does not see those of the others, so it does not tell."""
    register = list(dict.fromkeys(exemption.ticket for exemption in exemptions(scope)))
    if not register or scope.services:
        return []
    tables = [table for table in contracts().values() if "opened_at" in table.columns or table.name in ("outages", "surveys")]
    columns = [(table.name, name) for table in tables for name in NAMES if name in table.columns]
    known = " UNION ALL ".join(f'SELECT "{column}" AS number FROM "{name}"' for name, column in columns)
    rows = scope.query(f'SELECT DISTINCT ticket FROM "exemptions" WHERE ticket IN (SELECT number FROM ({known}))')
    held = set(rows["ticket"])
    return [ticket for ticket in register if ticket not in held]
