"""From an export that nobody has described to values: recognised, mapped, loaded, and equal to what pandas makes of the truth."""

from pathlib import Path

import pandas as pd
import pytest

from itsq_analysis import IngestError, open_workspace
from itsq_analysis.settings import write_workspace
from tests.ingest.exports import Tool
from tests.ingest.tools import TOOLS

ENDED = ("closed", "resolved", "fulfilled", "canceled")


@pytest.fixture
def mapped(tmp_path):
    """Map an export into a new workspace, load it, and open the workspace."""

    def mapping(path, zone="UTC", **options):
        folder = tmp_path / "ws"
        write_workspace(folder, timezone=zone, holidays="", language="en")
        ws = open_workspace(folder)
        [found] = ws.map(path, write=True, **options)
        ws.load()
        return found.proposal, ws

    return mapping


def truth(tool: Tool) -> pd.DataFrame:
    frame = pd.DataFrame(vars(ticket) | {"is_open": ticket.is_open} for ticket in tool.tickets())
    for name in ("opened", "resolved", "closed"):
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize(tool.zone, nonexistent="shift_forward", ambiguous=True)
    return frame


def same(found: pd.Series, wanted: pd.Series) -> None:
    assert sorted(found.dropna().dt.tz_convert("UTC")) == sorted(wanted.dropna().dt.tz_convert("UTC"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.file)
def test_every_number_of_a_tool_is_that_of_pandas(tool, tmp_path, mapped):
    proposal, ws = mapped(tool.write(tmp_path), tool.zone)
    wanted, rows = truth(tool), ws.table(tool.table)
    assert (proposal.table, [question.word for question in proposal.questions]) == (tool.table, [])
    assert len(rows) == len(wanted)
    same(rows["opened_at"], wanted["opened"])
    end = "resolved_at" if "resolved_at" in rows else "closed_at"
    same(rows[end], wanted["resolved"])
    assert (~rows["state"].isin(ENDED)).sum() == wanted["is_open"].sum()
    assert (rows["state"] == "canceled").sum() == (wanted["kind"] == "canceled").sum()
    if "priority" in tool.columns.values():
        collapsed = {1: tool.priorities.index(tool.priorities[0]) + 1} | {
            place: tool.priorities.index(word) + 1 for place, word in enumerate(tool.priorities, 1)
        }
        assert sorted(rows["priority"].dropna()) == sorted(wanted["priority"].map(collapsed))
    if tool.table == "incidents":
        february(ws, wanted, tool)


def february(ws, wanted: pd.DataFrame, tool: Tool) -> None:
    """The values of one month."""
    start, end = (pd.Timestamp(day, tz=tool.zone) for day in ("2026-02-01", "2026-03-01"))
    ids = ["incidents_opened", "incidents_resolved", "resolve_time_median"]
    found = ws.values(ids, period="2026-02").set_index("indicator")["value"]
    done = wanted[(wanted["resolved"] >= start) & (wanted["resolved"] < end) & (wanted["kind"] != "canceled")]
    hours = (done["resolved"] - done["opened"]).dt.total_seconds() / 3600
    assert found["incidents_opened"] == ((wanted["opened"] >= start) & (wanted["opened"] < end)).sum()
    assert found["incidents_resolved"] == len(done)
    assert found["resolve_time_median"] == pytest.approx(hours.median(), abs=1e-9)


@pytest.mark.parametrize("kind", ["xes", "csv"])
def test_the_events_of_a_log_are_tickets(kind, tmp_path, mapped):
    """No column says when a ticket was opened or resolved: its events do."""
    events = [
        ("A", "Insert ticket", "2026-02-01T09:00:00"),
        ("A", "Take in charge ticket", "2026-02-01T09:05:00"),
        ("A", "Resolve ticket", "2026-02-02T09:00:00"),
        ("A", "Closed", "2026-02-07T09:00:00"),
        ("B", "Insert ticket", "2026-02-03T09:00:00"),
        ("B", "Wait", "2026-02-03T10:00:00"),
    ]
    path = tmp_path / f"log.{kind}"
    if kind == "csv":
        rows = "".join(f"{case},{activity},{at}+00:00,complete\n" for case, activity, at in events)
        path.write_text(f"case:concept:name,concept:name,time:timestamp,lifecycle:transition\n{rows}", encoding="utf-8")
    else:
        traces = ""
        for case in "AB":
            inside = "".join(
                f'<event><string key="concept:name" value="{activity}"/><string key="lifecycle:transition" value="complete"/>'
                f'<date key="time:timestamp" value="{at}.000+00:00"/></event>'
                for name, activity, at in events
                if name == case
            )
            traces += f'<trace><string key="concept:name" value="{case}"/>{inside}</trace>'
        path.write_text(f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">{traces}</log>', encoding="utf-8")
    proposal, ws = mapped(path)
    rows = ws.table("incidents").set_index("number")
    assert proposal.by_time
    assert rows["resolved_at"].dt.day.to_dict() == {"A": 2.0, "B": pytest.approx(float("nan"), nan_ok=True)}
    assert rows["state"].to_dict() == {"A": "closed", "B": "on_hold"}
    assert rows["opened_at"].dt.day.to_dict() == {"A": 1, "B": 3}


def test_the_same_number_of_two_repositories_is_two_tickets(tmp_path, mapped):
    path = tmp_path / "issues.csv"
    rows = [
        f"org/{name},{number},open,2026-02-{number:02}T{hour}:00:00Z"
        for number in range(1, 9)
        for name, hour in (("a", "08"), ("b", "09"))
    ]
    path.write_text("\n".join(["repository,number,state,created_at", *rows]) + "\n", encoding="utf-8")
    proposal, ws = mapped(path)
    assert (len(ws.table("incidents")), proposal.source["columns"]) == (16, {"number": ["{repository}-{number}"]})


def test_one_order_of_day_and_month_for_all_files_of_a_source(tmp_path, mapped):
    """01.02.2026 can be read both ways in one file; the other file decides."""
    folder = tmp_path / "monthly"
    folder.mkdir()
    header = "Ticket ID;Status;Created;Resolved\n"
    (folder / "a.csv").write_text(header + "T1;Closed;01.02.2026 09:00;02.02.2026 09:00\n", encoding="utf-8")
    (folder / "b.csv").write_text(header + "T2;Closed;25.02.2026 09:00;26.02.2026 09:00\n", encoding="utf-8")
    proposal, ws = mapped(folder)
    assert proposal.source["day_first"] is True
    assert sorted(ws.table("incidents")["opened_at"].dt.month) == [2, 2]


def test_dates_that_can_be_read_both_ways_are_asked_and_nothing_is_tried(tmp_path):
    write_workspace(tmp_path / "ws", timezone="UTC", holidays="", language="en")
    path = tmp_path / "a.csv"
    path.write_text("Ticket ID,Status,Created\nT1,Open,01/02/2026 09:00\n", encoding="utf-8")
    [found] = open_workspace(tmp_path / "ws").map(path)
    assert ([question.kind for question in found.proposal.questions][-1], found.proposal.trial) == ("day_first", None)
    assert "every date can be read day first and month first" in found._repr_html_()


def test_calls_by_day_in_words_of_a_phone_system(tmp_path, mapped):
    path = tmp_path / "calls.csv"
    path.write_text(
        "Date;CallsOffered;CallsHandled;CallsAbandoned;AverageSpeedofAnswer;ServiceLevel\n"
        "2026-02-01;100;90;8;30.0;0.8\n2026-02-02;50;50;0;10.0;0.9\n",
        encoding="utf-8",
    )
    proposal, ws = mapped(path)
    found = ws.values(["contacts_offered", "answer_rate", "service_level_20s", "answer_time_mean"], period="2026-02")
    values = dict(zip(found["indicator"], found["value"], strict=True))
    assert proposal.table == "contacts"
    assert values["contacts_offered"] == 150
    assert values["answer_rate"] == pytest.approx(140 / 150)
    assert values["service_level_20s"] == pytest.approx((80 + 45) / 150)
    assert values["answer_time_mean"] == pytest.approx((90 * 30 + 50 * 10) / 140)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("time,host,metric,value\n2026-02-01 00:00:00,a,cpu,1.5\n2026-02-01 01:00:00,a,cpu,2\n", "metrics"),
        ("timestamp,cpu,memory\n2026-02-01 00:00:00,1,2\n2026-02-01 01:00:00,3,4\n", "metrics"),
        ("Number,Service,Started,Kind\nO1,Mail,2026-02-01 00:00:00,unplanned\n", "outages"),
    ],
)
def test_what_is_no_ticket_is_known_too(text, table, tmp_path, mapped):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    proposal, ws = mapped(path)
    rows = ws.table(table)
    assert (proposal.table, len(rows)) == (
        table,
        {"time": 2, "times": 4, "Numb": 1}[text.split(",")[0][:4] + "s" * ("stamp" in text)],
    )


def test_a_word_that_nobody_knows_is_asked_and_its_answer_is_kept(tmp_path, mapped):
    path = tmp_path / "a.csv"
    path.write_text("Ticket ID,Status,Created\nT1,Xyzzy,2026-02-01 09:00\nT2,Open,2026-02-01 09:00\n", encoding="utf-8")
    write_workspace(tmp_path / "asked", timezone="UTC", holidays="", language="en")
    [asked] = open_workspace(tmp_path / "asked").map(path)
    assert [(question.subject, question.word, question.rows) for question in asked.proposal.questions if question.word] == [
        ("state", "Xyzzy", 1)
    ]
    _, ws = mapped(path, answers={"state.Xyzzy": "on_hold"})
    assert sorted(ws.table("incidents")["state"]) == ["new", "on_hold"]


def test_mapping_again_replaces_and_leaves_the_rest_of_the_settings(tmp_path):
    folder = tmp_path / "ws"
    write_workspace(folder, timezone="UTC", holidays="", language="en")
    path = folder / "exports" / "a.csv"
    path.write_text("Ticket ID,Status,Created\nT1,Open,2026-02-01 09:00\n", encoding="utf-8")
    before = (folder / "itsq.toml").read_text(encoding="utf-8")
    for _ in range(2):
        open_workspace(folder).map(path, write=True)
    after = (folder / "itsq.toml").read_text(encoding="utf-8")
    assert after.count('glob = "exports/a.csv"') == 1
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added == ['glob = "exports/a.csv"', 'mapping = "mappings/a.toml"']
    assert after.count("[[source]]") == before.count("[[source]]") + 1
    assert [file.name for file in (folder / "mappings").iterdir()] == ["a.toml"]


def test_texts_of_an_export_are_escaped_where_they_are_shown(tmp_path):
    write_workspace(tmp_path / "ws", timezone="UTC", holidays="", language="en")
    path = tmp_path / "a.csv"
    path.write_text("Ticket ID,Status,Created\n<script>x</script>,<b>Open</b>,2026-02-01 09:00\n", encoding="utf-8")
    [found] = open_workspace(tmp_path / "ws").map(path)
    assert "<script>" not in found._repr_html_()
    assert "<b>" not in found._repr_html_()


def test_an_export_without_a_time_is_refused_with_what_to_do(tmp_path):
    write_workspace(tmp_path / "ws", timezone="UTC", holidays="", language="en")
    path = tmp_path / "a.csv"
    path.write_text("ticket,requestor,Priority,daysOpen\n1,a,High,3\n2,b,Low,4\n", encoding="utf-8")
    with pytest.raises(IngestError, match=r"must have opened_at; found no such column.*--answer opened_at=HEADER"):
        open_workspace(tmp_path / "ws").map(path)


DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.real_data
def test_the_log_of_24918_incidents(mapped):
    proposal, ws = mapped(DATA / "uci_incident_event_log.csv.gz")
    assert (proposal.mapping, len(ws.table("incidents"))) == ("servicenow_event_log", 24_918)


@pytest.mark.real_data
def test_forty_raw_rows_of_a_bank(mapped):
    _, ws = mapped(DATA / "abctech_itsm_40rows.csv")
    raw = pd.read_csv(DATA / "abctech_itsm_40rows.csv", dtype=str)
    rows = ws.table("incidents")
    assert len(rows) == 40
    for name, header in (("opened_at", "Open_Time"), ("resolved_at", "Resolved_Time"), ("closed_at", "Close_Time")):
        same(rows[name], pd.to_datetime(raw[header], format="%d/%m/%Y %H:%M").dt.tz_localize("UTC"))


@pytest.mark.real_data
def test_ten_years_of_calls_to_a_city(mapped):
    _, ws = mapped(DATA / "vancouver_311_contact_centre.csv", "America/Vancouver")
    raw = pd.read_csv(DATA / "vancouver_311_contact_centre.csv", sep=";")
    raw = raw[raw["Date"].str.startswith("2018-11")]
    found = ws.values(["contacts_offered", "answer_rate", "service_level_20s", "answer_time_mean"], period="2018-11")
    values = dict(zip(found["indicator"], found["value"], strict=True))
    assert values["contacts_offered"] == raw["CallsOffered"].sum()
    assert values["answer_rate"] == pytest.approx(raw["CallsHandled"].sum() / raw["CallsOffered"].sum())
    waited = (raw["AverageSpeedofAnswer"] * raw["CallsHandled"]).sum() / raw["CallsHandled"].sum()
    assert values["answer_time_mean"] == pytest.approx(waited)
    in_target = (raw["ServiceLevel"] * raw["CallsOffered"]).clip(upper=raw["CallsHandled"]).round()
    assert values["service_level_20s"] == pytest.approx(in_target.sum() / raw["CallsOffered"].sum())
