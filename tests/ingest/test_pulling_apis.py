"""Pulls from APIs: paged, resumed, patient, none left out where rows change between two pages; from the server to the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from itsq_analysis.errors import IngestError, SettingsError
from itsq_analysis.ingest.pulling.pull import pull_one
from itsq_analysis.settings import PullSettings
from itsq_analysis.workspace import open_workspace
from tests.cli.running import itsq
from tests.ingest.api_server import Asked, serving

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, instead of making them."""
    made: list[float] = []
    clock = SimpleNamespace(sleep=made.append, time=lambda: 0.0)
    monkeypatch.setattr("urllib3.util.retry.time", clock)
    return made


def settings(kind: str, url: str, **more: Any) -> PullSettings:
    return PullSettings.model_validate({"id": "mine", "kind": kind, "url": url, **more})


def pulled(pull: PullSettings, folder: Path, at: datetime = AT) -> list[dict[str, Any]]:
    result = pull_one(pull, folder, BEIJING, at)
    rows = [row for path in result.files for row in json.loads(path.read_text(encoding="utf-8"))]
    assert len(rows) == result.rows
    return rows


class ServiceNow:
    """A table of rows; `between` is called before each page after the first; `hidden` rows are counted but not shown."""

    def __init__(self, count: int, *, per_second: int = 1) -> None:
        start = datetime(2026, 3, 1)
        self.rows = {
            f"{number:04}": str(start + timedelta(seconds=number // per_second)) for number in range(count)
        }  # sys_id -> sys_updated_on
        self.hidden: set[str] = set()
        self.between: Callable[[], None] = lambda: None
        self.pages = 0

    def __call__(self, asked: Asked) -> tuple[Any, ...]:
        if self.pages:
            self.between()
        self.pages += 1
        assert asked.path == "/api/now/table/incident"
        query, limit, offset = (asked.parameters[f"sysparm_{name}"] for name in ("query", "limit", "offset"))
        found = [
            (changed, key) for key, changed in self.rows.items() if all(holds(part, changed, key) for part in query.split("^"))
        ]
        found.sort(key=lambda row: row[1] if query.endswith("^ORDERBYsys_id") and "ORDERBYsys_updated" not in query else row)
        window = found[int(offset) : int(offset) + int(limit)]
        more = int(offset) + int(limit) < len(found)
        shown = [record(key, changed) for changed, key in window if key not in self.hidden]
        return {"result": shown}, {"Link": f'<{asked.path}>;rel="next"'} if more else {}


def holds(condition: str, changed: str, key: str) -> bool:
    if condition.startswith("ORDERBY"):
        return True
    name, sign, wanted = re.fullmatch(r"(\w+?)(>=|>|=)(.*)", condition).groups()
    value = {"sys_updated_on": changed, "sys_id": key, "active": "true"}[name]
    return {">=": value >= wanted, ">": value > wanted, "=": value == wanted}[sign]


def record(key: str, changed: str) -> dict[str, Any]:
    shown = datetime.fromisoformat(changed) + timedelta(hours=8)
    return {
        "sys_id": {"value": key, "display_value": key},
        "number": {"value": f"INC{key}", "display_value": f"INC{key}"},
        "opened_at": {"value": "2026-02-28 20:00:00", "display_value": "2026-03-01 04:00:00"},
        "sys_updated_on": {"value": changed, "display_value": f"{shown}"},
        "state": {"value": "2", "display_value": "In Progress"},
        "priority": {"value": "3", "display_value": "3 - Moderate"},
        "assignment_group": {"value": "d625dccec0a8016700a222a0f7900d06", "display_value": "Service Desk"},
    }


def test_every_row_comes_page_by_page_with_stored_times_and_displayed_names(tmp_path: Path) -> None:
    with serving(ServiceNow(10)) as server:
        rows = pulled(settings("servicenow", server.url, table="incident", page=4), tmp_path)
    assert {row["number"] for row in rows} == {f"INC{number:04}" for number in range(10)}
    assert rows[0]["opened_at"] == "2026-02-28 20:00:00"
    assert rows[0]["state"] == "2"
    assert rows[0]["assignment_group"] == "Service Desk"


def test_rows_of_one_second_and_more_than_a_page_of_them_all_come(tmp_path: Path) -> None:
    with serving(ServiceNow(23, per_second=10)) as server:
        rows = pulled(settings("servicenow", server.url, table="incident", page=3), tmp_path)
    assert {row["sys_id"] for row in rows} == {f"{number:04}" for number in range(23)}


def test_rows_that_change_between_pages_shift_none_out(tmp_path: Path) -> None:
    table = ServiceNow(12)
    changes = iter(["0000", "0001", "0002", "0005"])

    def change() -> None:
        if key := next(changes, None):
            table.rows[key] = "2026-03-02 00:00:00"

    table.between = change
    with serving(table) as server:
        rows = pulled(settings("servicenow", server.url, table="incident", page=3), tmp_path)
    assert {row["sys_id"] for row in rows} == {f"{number:04}" for number in range(12)}
    assert {"0000", "2026-03-02 00:00:00"} <= {text for row in rows for text in (row["sys_id"], row["sys_updated_on"])}


def test_a_page_that_access_rules_empty_is_not_the_last(tmp_path: Path) -> None:
    table = ServiceNow(9)
    table.hidden = {"0003", "0004", "0005", "0006"}
    with serving(table) as server:
        rows = pulled(settings("servicenow", server.url, table="incident", page=2), tmp_path)
    assert [row["sys_id"] for row in rows] == ["0000", "0001", "0002", "0007", "0008"]


def test_a_later_pull_asks_for_what_changed_since_with_an_overlap(tmp_path: Path) -> None:
    table = ServiceNow(5)
    with serving(table) as server:
        pull = settings("servicenow", server.url, table="incident", query="active=true", overlap="1m")
        assert len(pulled(pull, tmp_path)) == 5
        table.rows |= {"0001": "2026-03-05 00:00:00", "0009": "2026-03-01 00:00:02"}  # the second was written late
        again = pulled(pull, tmp_path, AT + timedelta(hours=1))
        assert {row["sys_id"] for row in again} == {"0000", "0001", "0002", "0003", "0004", "0009"}
        table.rows = {"0001": "2026-03-05 00:00:00"}
        assert [row["sys_id"] for row in pulled(pull, tmp_path, AT + timedelta(hours=2))] == ["0001"]
        assert server.asked[-1].parameters["sysparm_query"].startswith("active=true^sys_updated_on>=2026-03-04 23:59:00^")


def test_it_waits_as_it_is_told_and_asks_again_after_faults(tmp_path: Path, sleeps: list[float]) -> None:
    with serving(ServiceNow(7)) as server:
        server.faults = ["429", "", "cut", "503", "cut", ""]
        rows = pulled(settings("servicenow", server.url, table="incident", page=3), tmp_path)
    assert [row["sys_id"] for row in rows] == [f"{number:04}" for number in range(7)]
    assert sleeps[0] == 7  # Retry-After
    assert len(sleeps) >= 3


@pytest.mark.usefixtures("sleeps")
def test_a_pull_that_broke_off_goes_on_after_its_last_whole_page(tmp_path: Path) -> None:
    with serving(ServiceNow(8)) as server:
        pull = settings("servicenow", server.url, table="incident", page=3)
        server.faults = ["", "", *["503"] * 7]
        with pytest.raises(IngestError, match=r"found status 503 \(busy\) in 7 tries; pull again later"):
            pulled(pull, tmp_path)
        folder = tmp_path / "pulled" / "mine"
        assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == []
        [part] = folder.glob(".*.part")
        part.write_bytes(part.read_bytes() + b',\n{"sys_id": "half of a pa')  # killed while it wrote
        before = len(server.asked)
        rows = pulled(pull, tmp_path)
        assert [row["sys_id"] for row in rows] == [f"{number:04}" for number in range(8)]
        assert server.asked[before].parameters["sysparm_query"].startswith("sys_updated_on>2026-03-01 00:00:02^")


@pytest.mark.usefixtures("sleeps")
def test_what_cannot_be_put_right_by_asking_again_is_said(tmp_path: Path) -> None:
    with serving(lambda _: ({"error": "no"}, {}, 401)) as server:
        pull = settings("servicenow", server.url, table="incident")
        with pytest.raises(IngestError, match=r"status 401.*check user, password"):
            pulled(pull, tmp_path)
        server.faults = ["login"]
        with pytest.raises(IngestError, match=r"must answer JSON; found '<html>.*login page"):
            pulled(pull, tmp_path)
        server.faults = ["elsewhere"]
        with pytest.raises(IngestError, match=r"redirection to https://elsewhere.example.com/"):
            pulled(pull, tmp_path)
        server.answer = lambda _: ({"rows": []}, {})
        with pytest.raises(IngestError, match="a list of objects under 'result'"):
            pulled(pull, tmp_path)
    with pytest.raises(IngestError, match=r"must be reachable; found .* in 7 tries"):
        pulled(pull, tmp_path)


def test_credentials_are_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ServiceNow(1)) as server:
        pull = settings("servicenow", server.url, table="incident", user="reader", password="env:SN_PASSWORD")
        with pytest.raises(SettingsError, match="SN_PASSWORD; found it not set"):
            pulled(pull, tmp_path)
        monkeypatch.setenv("SN_PASSWORD", "korrekt")
        pulled(pull, tmp_path)
        assert server.asked[-1].headers["Authorization"] == "Basic cmVhZGVyOmtvcnJla3Q="
    assert not any("korrekt" in path.read_text(encoding="utf-8") for path in (tmp_path / "pulled" / "mine").iterdir())


class Jira:
    """Issues of Jira in the documented form; `cloud` pages by tokens, Data Center by startAt."""

    def __init__(self, count: int, *, cloud: bool) -> None:
        self.cloud = cloud
        start = datetime(2026, 3, 1, 8, tzinfo=UTC)
        self.issues = {f"IT-{number:03}": start + timedelta(seconds=20 * number) for number in range(count)}
        self.between: Callable[[], None] = lambda: None
        self.tokens: dict[str, list[str]] = {}

    def __call__(self, asked: Asked) -> tuple[Any, ...]:
        if asked.path == "/rest/api/2/serverInfo":
            return {"deploymentType": "Cloud" if self.cloud else "Server"}, {}
        if asked.path == "/rest/api/2/myself":
            return {"timeZone": "Asia/Shanghai"}, {}
        size = int(asked.parameters["maxResults"])
        minute = re.search(r'updated >= "([^"]+)"', asked.parameters["jql"])[1]
        since = datetime.fromisoformat(minute).replace(tzinfo=BEIJING)
        keys = [key for at, key in sorted((at, key) for key, at in self.issues.items()) if at >= since]
        if self.cloud:
            assert asked.path == "/rest/api/3/search/jql"
            keys = self.tokens.get(asked.parameters.get("nextPageToken", ""), keys)
            answer: dict[str, Any] = {"issues": [self.issue(key) for key in keys[:size]]}
            if keys[size:]:
                token = f"t{len(self.tokens)}"
                self.tokens[token] = keys[size:]
                answer["nextPageToken"] = token
        else:
            assert asked.path == "/rest/api/2/search"
            start = int(asked.parameters["startAt"])
            answer = {"issues": [self.issue(key) for key in keys[start : start + size]], "total": len(keys), "startAt": start}
        self.between()
        return answer, {}

    def issue(self, key: str) -> dict[str, Any]:
        fields = {
            "created": "2026-03-01T10:00:00.000+0800",
            "updated": self.issues[key].strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "summary": "Printer",
            "status": {"name": "Open"},
            "priority": {"name": "High"},
        }
        return {"key": key, "fields": fields}


@pytest.mark.parametrize("cloud", [True, False])
def test_jira_gives_every_issue_also_those_that_change_meanwhile(tmp_path: Path, cloud: bool) -> None:
    jira = Jira(17, cloud=cloud)
    changes = iter(["IT-000", "IT-001", "IT-002"])

    def change() -> None:
        if key := next(changes, None):
            jira.issues[key] = datetime(2026, 3, 2, tzinfo=UTC)

    jira.between = change
    with serving(jira) as server:
        pull = settings(
            "jira", server.url, query="project = IT", page=4, password="env:JIRA_TOKEN", user="me@example.com", overlap="5m"
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JIRA_TOKEN", "t")
            rows = pulled(pull, tmp_path)
            assert {row["key"] for row in rows} == set(jira.issues)
            pulled(pull, tmp_path, AT + timedelta(hours=1))
            again = pulled(pull, tmp_path, AT + timedelta(hours=2))
    newest = max(jira.issues.values())
    assert {row["key"] for row in again} == {key for key, at in jira.issues.items() if at >= newest - timedelta(minutes=5)}
    assert 'updated >= "2026-03-02 07:55"' in server.asked[-1].parameters["jql"]
    assert server.asked[-1].parameters["jql"].startswith("(project = IT) AND ")


class Glpi:
    """GLPI's session and search; rows by number of the search option."""

    def __init__(self, count: int) -> None:
        self.rows = [
            {
                "2": number,
                "1": f"Ticket {number}",
                "12": 2,
                "3": 3,
                "15": "2026-03-01 08:00:00",
                "19": f"2026-03-01 09:{number // 3:02}:00",
            }
            for number in range(count)
        ]
        self.sessions = 0

    def __call__(self, asked: Asked) -> tuple[Any, ...]:
        if asked.path == "/apirest.php/initSession":
            assert asked.headers["Authorization"] == "user_token u"
            assert asked.headers["App-Token"] == "a"
            self.sessions += 1
            return {"session_token": "s"}, {}
        assert asked.headers["Session-Token"] == "s"
        if asked.path == "/apirest.php/killSession":
            self.sessions -= 1
            return {}, {}
        after = asked.parameters["criteria[0][value]"]
        found = sorted((row for row in self.rows if row["19"] > after), key=lambda row: row["19"])
        first, last = map(int, asked.parameters["range"].split("-"))
        if first and first >= len(found):
            return ["ERROR_RANGE_EXCEED_TOTAL", "too far"], {}, 400
        answer = {"totalcount": len(found), "count": len(found[first : last + 1])}
        return answer | ({"data": found[first : last + 1]} if found[first : last + 1] else {}), {}, 206


def test_glpi_gives_every_ticket_under_its_headers_and_ends_its_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER_TOKEN", "u")
    monkeypatch.setenv("APP_TOKEN", "a")
    glpi = Glpi(14)
    with serving(glpi) as server:
        url = f"{server.url}/apirest.php"
        pull = settings("glpi", url, password="env:USER_TOKEN", app_token="env:APP_TOKEN", page=4, overlap="1m")
        rows = pulled(pull, tmp_path)
        assert {row["ID"] for row in rows} == set(range(14))
        assert (rows[0]["Title"], rows[0]["Status"], rows[0]["Opening date"]) == ("Ticket 0", 2, "2026-03-01 08:00:00")
        assert {row["ID"] for row in pulled(pull, tmp_path, AT + timedelta(hours=1))} == {9, 10, 11, 12, 13}
        glpi.rows = []
        assert pulled(pull, tmp_path, AT + timedelta(hours=2)) == []
    assert glpi.sessions == 0


def prometheus(asked: Asked) -> tuple[Any, ...]:
    start, end, step = (float(asked.parameters[name]) for name in ("start", "end", "step"))
    times = [start + step * number for number in range(int((end - start) // step) + 1)]
    series = {"metric": {"__name__": "node_load1", "instance": "web01"}, "values": [[at, str(at % 7)] for at in times]}
    return {"status": "success", "data": {"resultType": "matrix", "result": [series]}}, {}


def test_measurements_of_prometheus_are_a_file_a_day_and_the_last_day_comes_again(tmp_path: Path) -> None:
    with serving(prometheus) as server:
        pull = settings("prometheus", server.url, query="node_load1", since="2026-03-08", step="1h")
        first = pull_one(pull, tmp_path, BEIJING, AT)
        assert [path.name for path in first.files] == ["2026-03-08.json", "2026-03-09.json", "2026-03-10.json"]
        counts = [len(json.loads(path.read_text(encoding="utf-8"))["data"]["result"][0]["values"]) for path in first.files]
        assert counts == [24, 24, 12]
        later = pull_one(pull, tmp_path, BEIJING, AT + timedelta(days=1))
        assert [path.name for path in later.files] == ["2026-03-10.json", "2026-03-11.json"]
        with pytest.raises(IngestError, match="at most 11,000 points a day"):
            pull_one(settings("prometheus", server.url, query="x", since="2026-03-09", step="1s"), tmp_path / "other", BEIJING, AT)


def zabbix(asked: Asked) -> tuple[Any, ...]:
    assert asked.headers["Authorization"] == "Bearer z"
    parameters = asked.content["params"]
    if asked.content["method"] == "item.get":
        assert parameters["search"] == {"key_": "system.cpu.util"}
        items = [{"itemid": str(number), "key_": "system.cpu.util", "hosts": [{"host": f"db{number:03}"}]} for number in range(150)]
        return {"jsonrpc": "2.0", "result": items, "id": 1}, {}
    assert len(parameters["itemids"]) <= 100
    hours = range(parameters["time_from"], parameters["time_till"] + 1, 3600)
    rows = [
        {"itemid": item, "clock": str(clock), "num": "60", "value_min": "1", "value_avg": "2.5", "value_max": "9"}
        for item in parameters["itemids"]
        for clock in hours
    ]
    return {"jsonrpc": "2.0", "result": rows, "id": 1}, {}


def workspace(tmp_path: Path, text: str) -> Path:
    (tmp_path / "itsq.toml").write_text('[organisation]\ntimezone = "Asia/Shanghai"\n' + text, encoding="utf-8")
    return tmp_path


def test_from_zabbix_to_the_table_of_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZABBIX_TOKEN", "z")
    with serving(zabbix) as server:
        folder = workspace(
            tmp_path,
            f'[[pull]]\nid = "cpu"\nkind = "zabbix"\nurl = "{server.url}"\npassword = "env:ZABBIX_TOKEN"\n'
            'query = "system.cpu.util"\nsince = 2026-03-09\n'
            '[[source]]\nglob = "pulled/cpu/*"\nmapping = "zabbix_trends"\ntable = "metrics"\n',
        )
        ws = open_workspace(folder)
        ws.pull(at=AT)
        ledger = ws.load()
    assert ledger["inserted"].sum() == 150 * 36
    assert ledger["quarantined"].sum() == 0
    [(hosts, low, high)] = ws.sql("SELECT count(DISTINCT resource), min(value), max(value) FROM metrics").itertuples(index=False)
    assert (hosts, low, high) == (150, 2.5, 2.5)


def test_from_servicenow_to_the_table_of_incidents(tmp_path: Path) -> None:
    table = ServiceNow(30)
    with serving(table) as server:
        folder = workspace(
            tmp_path,
            f'[[pull]]\nid = "incidents"\nkind = "servicenow"\nurl = "{server.url}"\ntable = "incident"\npage = 7\n'
            '[[source]]\nglob = "pulled/incidents/*"\nmapping = "servicenow"\ntable = "incidents"\ntimezone = "UTC"\n',
        )
        ws = open_workspace(folder)
        ws.pull(at=AT)
        assert ws.load()["inserted"].sum() == 30
        table.rows["0003"] = "2026-03-09 00:00:00"
        ws.pull(at=AT + timedelta(hours=1))
        ledger = ws.load()
        assert (ledger["inserted"].sum(), ledger["updated"].sum(), ledger["quarantined"].sum()) == (0, 1, 0)
        with pytest.raises(SettingsError, match=r"found 'incident'; itsq.toml has incidents"):
            ws.pull(["incident"])
    rows = ws.sql("SELECT number, state, priority, assignment_group FROM incidents ORDER BY number")
    assert list(rows.iloc[3]) == ["INC0003", "in_progress", 3, "Service Desk"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "database", "url": "postgresql://me:geheim@db/itsm", "table": "incident"}, "must not hold a password"),
        ({"kind": "database", "url": "sqlite:///a.db"}, "must give table"),
        ({"kind": "servicenow", "url": "https://x"}, 'table = "incident"'),
        ({"kind": "prometheus", "url": "https://x", "query": "up"}, "the first day"),
        ({"kind": "jira", "url": "jira.example.com"}, "as an address"),
        ({"kind": "jira", "url": "https://x", "watermark": "updated"}, "an API has its own"),
        ({"kind": "glpi", "url": "https://x", "app_token": "geheim"}, "env:GLPI_APP_TOKEN"),
    ],
)
def test_a_wrong_pull_is_told_without_repeating_a_secret(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    lines = "\n".join(f'{name} = "{value}"' for name, value in {"id": "mine", **wrong}.items())
    with pytest.raises(SettingsError) as refused:
        open_workspace(workspace(tmp_path, f"[[pull]]\n{lines}\n"))
    assert said in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"kind": "prometheus", "url": "https://x"}, {"query": "up", "since": "2026-01-01"}),
        ({"kind": "servicenow", "url": "https://x"}, {"table": "incident"}),
        ({"kind": "jira", "url": "https://x", "watermark": "updated"}, {"watermark": None}),
        ({"kind": "database", "url": "mysql://me:x@db/itsm", "table": "t"}, {"url": "mysql://me@db/itsm", "password": "env:DB"}),
        ({"kind": "database", "url": "mysql://me:x@db/itsm", "table": "t"}, {"url": "env:DATABASE_URL"}),
    ],
)
def test_a_wrong_pull_put_right_is_taken(wrong: dict[str, Any], right: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PullSettings.model_validate({"id": "mine", **wrong})
    assert PullSettings.model_validate({"id": "mine", **wrong, **right}).id == "mine"


def test_the_command_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path, "")
    monkeypatch.chdir(folder)
    ended = itsq(capsys, "pull")
    assert ended.code == 2
    assert "a pull needs an entry [[pull]] in itsq.toml" in ended.err
    with serving(ServiceNow(30)) as server:
        workspace(tmp_path, f'[[pull]]\nid = "mine"\nkind = "servicenow"\nurl = "{server.url}"\ntable = "incident"\n')
        ended = itsq(capsys, "pull")
        assert "mine: 30 rows or days, files 1\nnext: no [[source]] names pulled/mine/" in ended.out
        assert itsq(capsys, "map", ended.out.split()[-1], "--yes").code == 0
        file = folder / "itsq.toml"
        file.write_text(re.sub(r"pulled/mine/[^\"]+", "pulled/mine/*", file.read_text(encoding="utf-8")), encoding="utf-8")
        assert itsq(capsys, "load").out.splitlines()[-1].startswith("total: 30 read = 30 inserted")
        assert itsq(capsys, "pull").out.endswith("next: itsq load\n")
