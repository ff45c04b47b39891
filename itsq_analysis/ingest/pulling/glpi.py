"""GLPI's search of tickets, by the time of their change.

Source: GLPI REST API documentation (apirest.md: initSession, Search items) and the search options of tickets in GLPI's source.
Times stand in the zone of the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from itsq_analysis.ingest.pulling.api import Api
from itsq_analysis.ingest.pulling.pages import Page, listed
from itsq_analysis.ingest.pulling.progress import Cursor
from itsq_analysis.settings import PullSettings
from itsq_analysis.settings.references import looked_up

FIELDS = {
    "2": "ID", "1": "Title", "12": "Status", "3": "Priority", "10": "Urgency", "11": "Impact", "14": "Type", "15": "Opening date",
    "17": "Resolution date", "16": "Closing date", "18": "Time to resolve", "19": "Last update", "7": "Category",
    "8": "Technician group", "9": "Request source",
}  # fmt: skip
CHANGED = "19"
FORMAT = "%Y-%m-%d %H:%M:%S"
START = "1970-01-01 00:00:00"


def headers(pull: PullSettings) -> dict[str, str]:
    """The headers that open a session: the user's token, and the application's where the server asks for one."""
    app = looked_up(pull.app_token)
    return {"Authorization": f"user_token {looked_up(pull.password)}", **({"App-Token": app} if app else {})}


def pages(api: Api, pull: PullSettings, since: datetime | None, cursor: Cursor | None) -> Iterator[Page]:
    """Tickets in the order of change. The cursor holds `at`, the time to ask from, and how many rows of it to `skip`."""
    cursor = cursor or {"at": since.strftime(FORMAT) if since else START, "skip": 0}
    api.headers["Session-Token"] = api.get("/initSession", {}).content["session_token"]
    try:
        while True:
            answer = api.get("/search/Ticket", _question(pull, cursor), also=(400,)).content
            if isinstance(answer, list) and answer[:1] == ["ERROR_RANGE_EXCEED_TOTAL"]:
                return
            rows = listed({"data": [], **answer} if isinstance(answer, dict) else answer, "data", pull)
            found = [{title: row.get(number) for number, title in FIELDS.items()} for row in rows]
            done = cursor["skip"] + len(rows) >= int(answer.get("totalcount", 0))
            newest = rows[-1][CHANGED] if rows else None
            if newest:
                cursor = {"at": newest, "skip": cursor["skip"] + len(rows) if newest == cursor["at"] else 0}
            yield Page(found, cursor, newest)
            if done:
                return
    finally:
        api.get("/killSession", {}, also=(400, 401))


def _question(pull: PullSettings, cursor: Cursor) -> dict[str, Any]:
    before = (datetime.strptime(cursor["at"], FORMAT) - timedelta(seconds=1)).strftime(FORMAT)
    criterion = {"field": CHANGED, "searchtype": "morethan", "value": before}
    question = {f"criteria[0][{name}]": value for name, value in criterion.items()}
    question |= {f"forcedisplay[{place}]": number for place, number in enumerate(FIELDS)}
    return question | {"sort": CHANGED, "order": "ASC", "range": f"{cursor['skip']}-{cursor['skip'] + pull.page - 1}"}
