"""Jira's search by JQL: issues by the time of their change; of Jira Cloud with its tokens, of Data Center with startAt.

JQL compares whole minutes in the zone of the user who asks. Each page is asked from the minute of the newest issue that is had, so
that issues which change between two pages shift none out. Source: developer.atlassian.com, Jira REST API, issue search, myself,
serverInfo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling.api import Api
from itsq_analysis.ingest.pulling.pages import Page, listed
from itsq_analysis.ingest.pulling.progress import Cursor
from itsq_analysis.settings import PullSettings

MINUTE = "%Y-%m-%d %H:%M"
MOST = 100  # issues of a page that Jira gives at most with all fields


def pages(api: Api, pull: PullSettings, since: datetime | None, cursor: Cursor | None) -> Iterator[Page]:
    """Issues with all fields in the order of change. The cursor holds `at`, the minute to ask from, and how many to `skip`."""
    zone = _zone(api, pull)
    cloud = api.get("/rest/api/2/serverInfo", {}).content.get("deploymentType") == "Cloud"
    cursor = cursor or {"at": since.astimezone(zone).strftime(MINUTE) if since else "1970-01-01 00:00", "skip": 0}
    size = min(pull.page, MOST)
    token = None
    while True:
        question = {"jql": _jql(pull, cursor["at"]), "fields": "*all", "maxResults": size}
        if cloud:
            answer = api.get("/rest/api/3/search/jql", question | ({"nextPageToken": token} if token else {})).content
        else:
            answer = api.get("/rest/api/2/search", question | {"startAt": cursor["skip"]}).content
        issues = listed(answer, "issues", pull)
        times = [_moment(issue, pull) for issue in issues]
        token = answer.get("nextPageToken") if cloud else None
        done = token is None if cloud else not issues or cursor["skip"] + len(issues) >= answer.get("total", 0)
        if times and not cloud:
            minute = times[-1].astimezone(zone).strftime(MINUTE)
            skip = cursor["skip"] + len(issues) if minute == cursor["at"] else 0
            cursor = {"at": minute, "skip": skip}
        kept = cursor if not cloud or not times else {"at": times[-1].astimezone(zone).strftime(MINUTE), "skip": 0}
        yield Page(issues, kept, times[-1].isoformat() if times else None)
        if done:
            return


def _jql(pull: PullSettings, minute: str) -> str:
    when = f'updated >= "{minute}" ORDER BY updated ASC, key ASC'
    return f"({pull.query}) AND {when}" if pull.query else when


def _zone(api: Api, pull: PullSettings) -> ZoneInfo:
    name = api.get("/rest/api/2/myself", {}).content.get("timeZone")
    try:
        return ZoneInfo(name)
    except (ValueError, TypeError, OSError) as error:
        raise IngestError(
            f"pull {pull.id}: Jira must name the zone of its user; found {name!r}; set it in the user's profile"
        ) from error


def _moment(issue: dict[str, Any], pull: PullSettings) -> datetime:
    found = issue.get("fields", {}).get("updated")
    try:
        return datetime.fromisoformat(found).astimezone(ZoneInfo("UTC"))
    except (ValueError, TypeError) as error:
        raise IngestError(
            f"pull {pull.id}: an issue of Jira must have a time of change; found {found!r}; check what the user may read"
        ) from error
