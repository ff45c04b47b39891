"""Measurements of Prometheus and Zabbix: one file per day (UTC) of what the tool answers; a day that is not over comes again.

Sources: Prometheus documentation, HTTP API, range queries (at most 11,000 points per series); Zabbix documentation, API, item.get
and trend.get.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.pulling.api import Api
from itsq_analysis.settings import PullSettings

MOST_POINTS = 11_000
ITEMS = 100  # of Zabbix that one question is about
TREND = ["itemid", "clock", "num", "value_min", "value_avg", "value_max"]
Measured = Callable[[Api, PullSettings, datetime, datetime], Any]


def prometheus(api: Api, pull: PullSettings, start: datetime, end: datetime) -> Any:
    """Prometheus' answer for start ≤ time < end (UTC); None where it has no series."""
    if (end - start).total_seconds() / pull.step > MOST_POINTS:
        raise IngestError(
            f'pull {pull.id}: step must give at most {MOST_POINTS:,} points a day; found {pull.step:g} s; write step = "1m"'
        )
    question = {"query": pull.query, "start": start.timestamp(), "end": end.timestamp() - 0.001, "step": f"{pull.step:g}"}
    answer = api.get("/api/v1/query_range", question).content
    if not isinstance(answer, dict) or answer.get("status") != "success":
        raise IngestError(f"pull {pull.id}: Prometheus must answer with success; found another answer; check url and query")
    return answer if answer["data"]["result"] else None


def zabbix(api: Api, pull: PullSettings, start: datetime, end: datetime) -> Any:
    """Hourly trends of all numeric items whose key holds the query, each with host and key; None where there are none."""
    items = _asked(api, pull, "item.get", {
        "output": ["itemid", "key_"], "selectHosts": ["host"], "search": {"key_": pull.query}, "filter": {"value_type": [0, 3]},
        "sortfield": "itemid",
    })  # fmt: skip
    known = {item["itemid"]: {"host": item["hosts"][0]["host"], "key_": item["key_"]} for item in items if item.get("hosts")}
    rows = []
    for asked in _parts(list(known)):
        question = {"output": TREND, "itemids": asked, "time_from": int(start.timestamp()), "time_till": int(end.timestamp()) - 1}
        rows += [known[row["itemid"]] | row for row in _asked(api, pull, "trend.get", question) if row.get("itemid") in known]
    return rows or None


def _parts(items: list[str]) -> Iterator[list[str]]:
    remaining = iter(items)
    while part := list(itertools.islice(remaining, ITEMS)):
        yield part


def _asked(api: Api, pull: PullSettings, method: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    answer = api.post("/api_jsonrpc.php", {"jsonrpc": "2.0", "method": method, "params": parameters, "id": 1}).content
    if not isinstance(answer, dict) or not isinstance(answer.get("result"), list):
        error = answer.get("error", {}) if isinstance(answer, dict) else {}
        said = error.get("data") or error.get("message") or "another answer" if isinstance(error, dict) else "another answer"
        raise IngestError(f"pull {pull.id}: Zabbix must answer {method}; found: {str(said)[:200]!r}; check url, token and query")
    return list(answer["result"])
