"""Rows of the registers of notes and exemptions that name what the data do not hold: told, never passed over in silence.

They are not refused at the load: an indicator may be added to the catalogue, and a ticket arrive, after the row that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itsq_analysis.indicators.exemptions import NAMES, exemptions
from itsq_analysis.page.context import ReportContext
from itsq_analysis.page.notes import notes
from itsq_analysis.tables import contracts

SHOWN = 10  # names told of each kind


def register_checks(context: ReportContext) -> list[str]:
    """One sentence for each kind of name that nothing is called so; empty where all is well."""
    return [*_unknown_indicators(context), *_unknown_tickets(context)]


def _unknown_indicators(context: ReportContext) -> Iterator[str]:
    found = {
        "notes_unknown_indicator": [note.indicator for note in notes(context) if not note.known],
        "exemptions_unknown_indicator": [one.indicator for one in exemptions(context.scope) if not one.known],
    }
    for sentence, names in found.items():
        if names:
            yield context.say(sentence, n=len(names), list=_listed(context, names))


def _unknown_tickets(context: ReportContext) -> Iterator[str]:
    """Tickets that no table holds; a report of some services does not see those of the others, so it does not tell."""
    register = list(dict.fromkeys(one.ticket for one in exemptions(context.scope)))
    if not register or context.workspace.services:
        return
    tables = [table for table in contracts().values() if "opened_at" in table.columns or table.name in ("outages", "surveys")]
    columns = [(table.name, name) for table in tables for name in NAMES if name in table.columns]
    known = " UNION ALL ".join(f'SELECT "{column}" AS number FROM "{name}"' for name, column in columns)
    rows = context.query(f'SELECT DISTINCT ticket FROM "exemptions" WHERE ticket IN (SELECT number FROM ({known}))')
    missing = [ticket for ticket in register if ticket not in set(rows["ticket"])]
    if missing:
        yield context.say("exemptions_unknown_ticket", n=len(missing), list=_listed(context, missing))


def _listed(context: ReportContext, names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    rest = [f"\N{HORIZONTAL ELLIPSIS} +{len(unique) - SHOWN}"] if len(unique) > SHOWN else []
    return context.listed([*unique[:SHOWN], *rest])
