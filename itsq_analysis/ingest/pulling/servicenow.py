"""ServiceNow's Table API: rows by the time of their change, page by page, without an offset that changing rows would shift.

Source: ServiceNow documentation, REST Table API (sysparm_query, sysparm_limit, Link header; the limit is applied before access
rules, so that a page may be short, or empty, and not the last).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from itsq_analysis.ingest.pulling.api import Api
from itsq_analysis.ingest.pulling.pages import Page, listed
from itsq_analysis.ingest.pulling.progress import Cursor
from itsq_analysis.settings import PullSettings

CHANGED = "sys_updated_on"
STORED = re.compile(
    r"-?\d+|\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?", re.ASCII
)  # codes and times: what is stored, not what is displayed
START = "1970-01-01 00:00:00"


def pages(api: Api, pull: PullSettings, since: datetime | None, cursor: Cursor | None) -> Iterator[Page]:
    """Rows of a table in the order of change; times are stored ones, UTC.

    The cursor holds `at` (the newest time that is had), `after` (the last sys_id of that time; "" begins with it), and `skip`, rows
    that were passed because none of a page may be seen.
    """
    first = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if since else START
    cursor = cursor or {"at": first, "after": "", "skip": 0}
    while True:
        answer = api.get(f"/api/now/table/{pull.table}", _question(pull, cursor))
        found = [_plain(record) for record in listed(answer.content, "result", pull)]
        more = 'rel="next"' in answer.headers.get("link", "") or len(found) == pull.page
        same_time = bool(cursor["after"])
        if found:
            last = found[-1]
            cursor = {"at": last[CHANGED], "after": last["sys_id"], "skip": 0}
        elif more:
            cursor = {**cursor, "skip": cursor["skip"] + pull.page}
        if same_time and not more:  # this moment is had whole: on to later ones
            cursor = {"at": cursor["at"], "after": "", "skip": 0, "later": True}
            more = True
        yield Page(found, cursor, cursor["at"] if found else None)
        if not more:
            return


def _question(pull: PullSettings, cursor: Cursor) -> dict[str, Any]:
    at = cursor["at"]
    if cursor["after"]:
        when = f"{CHANGED}={at}^sys_id>{cursor['after']}^ORDERBYsys_id"
    else:
        when = f"{CHANGED}{'>' if cursor.get('later') else '>='}{at}^ORDERBY{CHANGED}^ORDERBYsys_id"
    return {
        "sysparm_query": f"{pull.query}^{when}" if pull.query else when,
        "sysparm_limit": pull.page,
        "sysparm_offset": cursor["skip"],
        "sysparm_display_value": "all",
        "sysparm_exclude_reference_link": "true",
    }


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """Of what is stored and what is displayed: codes and times as stored, names as displayed."""
    return {name: _text(value) for name, value in record.items()}


def _text(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    stored, displayed = value.get("value"), value.get("display_value")
    return stored if isinstance(stored, str) and STORED.fullmatch(stored) else displayed
