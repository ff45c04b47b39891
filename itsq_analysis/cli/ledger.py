"""The ledger of a load as lines of text: one a file, then the total."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from itsq_analysis.cli.output import count

if TYPE_CHECKING:
    import pandas as pd

    from itsq_analysis.store import Snapshot

FATES = ("inserted", "updated", "unchanged", "quarantined")
SHOWN = 10  # words that a line lists
NOTES = {
    "superseded": "replaced within the load by a newer row of the same key",
    "state_changes": "state changes",
    "ambiguous_times": "times that occur twice, taken as the first",
    "shifted_times": "times that do not exist, moved forward",
}


def lines(ledger: pd.DataFrame) -> Iterator[str]:
    """One line a file (where its rows went, encoding, zone), then the total; rows read = the sum of their fates.

    >>> import pandas as pd
    >>> row = {"file": "a.csv", "table": "incidents", "mapping": "servicenow", "encoding": "utf-8", "timezone": "UTC"}
    >>> row |= {"read": 1200, "inserted": 1000, "updated": 0, "unchanged": 200, "quarantined": 0}
    >>> for line in lines(pd.DataFrame([row])):
    ...     print(line)
    a.csv -> incidents: 1,200 read = 1,000 inserted + 0 updated + 200 unchanged + 0 quarantined; servicenow, utf-8, zone UTC
    total: 1,200 read = 1,000 inserted + 0 updated + 200 unchanged + 0 quarantined
    """
    records = [{str(key): value for key, value in record.items()} for record in ledger.to_dict("records")]
    for record in records:
        facts = [f"{record['mapping']}, {record['encoding']}, zone {_zone(record)}", *_notes(record)]
        yield f"{record['file']} -> {record['table']}: {_fates(record)}; {'; '.join(facts)}"
        yield from _unused(record)
    from itsq_analysis.ingest.plausibility import sentence

    yield from (f"  doubtful: {sentence(doubt)}" for doubt in ledger.attrs.get("doubts", ()))
    yield f"total: {_fates({name: ledger[name].sum() for name in ('read', *FATES)})}"
    if ledger["quarantined"].sum():
        yield "rows in quarantine are counted by rule with: itsq quarantine"


def _fates(counts: dict[str, Any]) -> str:
    return f"{count(counts['read'])} read = {' + '.join(f'{count(counts[name])} {name}' for name in FATES)}"


def _zone(record: dict[str, Any]) -> str:
    known = record.get("timezone_from")
    return f"{record['timezone']} ({known})" if isinstance(known, str) and known else str(record["timezone"])


def _notes(record: dict[str, Any]) -> list[str]:
    notes = [f"{count(record[name])} {words}" for name, words in NOTES.items() if record.get(name, 0) > 0]
    if record.get("day_first") in (True, False):
        notes.append("dates are read day first" if record["day_first"] else "dates are read month first")
    return notes


def _unused(record: dict[str, Any]) -> Iterator[str]:
    """Columns that no canonical one takes, with the nearest names, and what else the reader should look at."""
    ignored = record.get("ignored_columns")
    for header, near in sorted(ignored.items()) if isinstance(ignored, dict) else ():
        yield f"  column not used: {header}" + (f" (near: {', '.join(near)})" if near else "")
    unread = record.get("unmapped")
    for column, words in sorted(unread.items()) if isinstance(unread, dict) else ():
        shown = ", ".join(f"{word!r} ({count(rows)})" for word, rows in [*words.items()][:SHOWN])
        more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
        yield f"  not read in {column}, so missing: {shown}{more}"
    warnings = record.get("warnings")
    yield from (f"  warning: {text}" for text in warnings) if isinstance(warnings, list) else ()


def unknown_states(snapshot: Snapshot) -> Iterator[str]:
    """What a snapshot's files call a state that no mapping knows."""
    from itsq_analysis.ingest.plausibility import sentence

    for doubt in snapshot.resolved.get("doubts", ()):
        if doubt["kind"] == "unknown_state":
            yield sentence(doubt)
