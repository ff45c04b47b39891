"""Everything the demo holds, from the seed to the files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo import calls, capacity_registers, monitoring, people, registers, rosters, written_registers
from tools.demo import changes as change_records
from tools.demo import problems as problem_records
from tools.demo.arrivals import Days, arrivals, days
from tools.demo.changes import Changes, changes
from tools.demo.courses import courses
from tools.demo.dirt import Export, Spoiled, make_hostile, relabel, spoil
from tools.demo.files import Frame, size, take
from tools.demo.incidents import Incidents, export, incidents, state_log
from tools.demo.intake import intake
from tools.demo.links import linked
from tools.demo.planted import EARLIER_EXTRACTION, EXTRACTED, OVERLAP_FROM
from tools.demo.problems import Problems, problems
from tools.demo.requests import requests
from tools.demo.surveys import surveys
from tools.demo.timeline import timeline
from tools.demo.work import work

# The names of the load's own rules.
TIME, NUMBER, MISSING = "unreadable_time", "unreadable_number", "missing_required"
MALFORMED, NO_RECORD = "malformed_row", "not_a_record"
HALVES = {  # file -> first month and month after the last, of the stored (UTC) time of opening
    "exports/incident_2024H2.csv.gz": ("2024-10", "2025-01"),
    "exports/incident_2025H1.csv.gz": ("2025-01", "2025-07"),
    "exports/incident_2025H2.csv.gz": ("2025-07", "2026-01"),
    "exports/incident_2026H1.csv.gz": ("2026-01", "2026-07"),
    "exports/incident_2026H2.csv.gz": ("2026-07", "2026-12"),
}
NEWEST = "exports/incident_2026-11.csv"
DUPLICATES = 15

INCIDENT_DIRT = {
    "exports/incident_2024H2.csv.gz": (
        Spoiled("resolved_before_opened", 23, {"resolved_at": ("opened_at", -2)}),
        Spoiled(TIME, 4, {"opened_at": "2024-13-45 10:00:00"}),
    ),
    "exports/incident_2025H2.csv.gz": (
        Spoiled("acknowledged_before_opened", 7, {"u_first_response_at": ("opened_at", -1)}),
        Spoiled("resolved_before_opened", 5, {"resolved_at": ("opened_at", -30)}),
        Spoiled(None, 3, {"reopen_count": "-1"}),
    ),
    NEWEST: (
        Spoiled("resolved_before_opened", 3, {"resolved_at": ("opened_at", -2)}),
        Spoiled("closed_before_opened", 6, {"closed_at": ("opened_at", -24), "resolved_at": ""}),
        Spoiled(TIME, 2, {"opened_at": "2026-02-30 10:00:00"}),
        Spoiled(TIME, 2, {"resolved_at": "tomorrow"}),
        Spoiled(None, 1, {"reassignment_count": "many"}),
        Spoiled(MISSING, 5, {"number": ""}),
    ),
}
REQUEST_DIRT = (
    Spoiled("closed_before_opened", 4, {"closed_at": ("opened_at", -5)}),
    Spoiled("due_before_opened", 2, {"due_date": ("opened_at", -48)}),
    Spoiled(MISSING, 1, {"number": ""}),
)
CHANGE_DIRT = (
    Spoiled("ended_before_started", 3, {"实际结束日期": ("实际开始日期", -1)}),
    Spoiled("closed_before_opened", 2, {"关闭时间": ("打开时间", -24)}),
    Spoiled(TIME, 1, {"打开时间": "十月五日上午"}),
)
PROBLEM_DIRT = (Spoiled("resolved_before_opened", 1, {"resolved_at": ("opened_at", -24)}),)
OUTAGE_DIRT = (
    Spoiled("restored_before_started", 1, {"恢复时间": ("开始时间", -1)}),
    Spoiled(MISSING, 1, {"服务": ""}),
)
SURVEY_DIRT = (
    Spoiled("answered_before_sent", 3, {"answered_at": ("sent_at", -3)}),
    Spoiled(None, 2, {"score": "7"}),
)


@dataclass(frozen=True)
class Book:
    """The records behind the exports, and the exports themselves."""

    calendar: Days
    incidents: Incidents
    changes: Changes
    problems: Problems
    exports: tuple[Export, ...]

    def export(self, path: str) -> Export:
        """The export at `path`."""
        return next(one for one in self.exports if one.path == path)


def book(seed: int) -> Book:
    """Make everything."""
    calendar = days()
    arrived = arrivals(seed)
    taken = intake(arrived, seed)
    done = work(arrived, taken, seed)
    made, causes = changes(calendar, seed), problems(calendar, seed)
    plain = incidents(arrived, taken, done, timeline(arrived, taken, done), seed)
    found = linked(plain, causes, made, seed)
    sheets = (*_incident_exports(found, causes, made, seed), *_other_exports(calendar, found, causes, made, seed))
    return Book(calendar, found, made, causes, sheets)


def _incident_exports(found: Incidents, causes: Problems, made: Changes, seed: int) -> list[Export]:
    earlier = export(found, EARLIER_EXTRACTION, causes.number, made.number, seed)
    latest = export(found, EXTRACTED, causes.number, made.number, seed)
    sheets = [Export(path, "incidents", _between(earlier, first, end)) for path, (first, end) in HALVES.items()]
    since = str(np.datetime64(OVERLAP_FROM, "s")).replace("T", " ")
    sheets.append(
        Export(NEWEST, "incidents", take(latest, [row for row, at in enumerate(latest["sys_updated_on"]) if at >= since]))
    )
    first_half, second_half = sheets[1], sheets[2]
    first_half.encoding = "utf-8-sig"
    first_half.frame = take(first_half.frame, [*range(size(first_half.frame)), *range(100, 100 + DUPLICATES)])
    relabel(second_half.frame, "contact_type", "WeChat", 37, instead_of="Chat")
    second_half.unmapped = {"channel": {"WeChat": 37}}
    make_hostile(sheets[3].frame, ("category", "subcategory", "cmdb_ci", "short_description", "close_code"), first_row=1000)
    for number, (path, recipes) in enumerate(INCIDENT_DIRT.items()):
        spoil(next(sheet for sheet in sheets if sheet.path == path), "number", f"INC09{number}0001", recipes)
    sheets[-1].raw_lines = ["INC0990001,2026-10-30 01:00:00,2026-10-30 01:05:00", "INC0990002" + ",x" * 40]
    sheets[-1].quarantined[MALFORMED] = 2
    return sheets


def _between(frame: Frame, first: str, end: str) -> Frame:
    return take(frame, [row for row, at in enumerate(frame["opened_at"]) if first <= at < end])


def _other_exports(calendar: Days, found: Incidents, causes: Problems, made: Changes, seed: int) -> list[Export]:
    change_sheet = Export("exports/变更_display.csv", "changes", change_records.export(made), encoding="gb18030")
    relabel(change_sheet.frame, "关闭代码", "已回退", 2, instead_of="不成功")
    change_sheet.unmapped = {"outcome": {"已回退": 2}}
    make_hostile(change_sheet.frame, ("简短描述", "类别"), first_row=50)
    request_sheet = Export("exports/sc_req_item.csv.gz", "requests", requests(calendar, seed))
    make_hostile(request_sheet.frame, ("cat_item", "short_description"), first_row=2000)
    problem_sheet = Export("exports/problem.csv", "problems", problem_records.export(causes))
    make_hostile(problem_sheet.frame, ("short_description", "u_root_cause"), first_row=20)
    outage_sheet = Export("registers/outages.xlsx", "outages", registers.outages(calendar, found, causes, made, seed))
    outage_sheet.title, outage_sheet.raw_lines, outage_sheet.quarantined = "服务中断登记表", ["合计"], {NO_RECORD: 1}
    make_hostile(outage_sheet.frame, ("原因", "措施"), first_row=10)
    survey_sheet = Export("registers/surveys.csv.gz", "surveys", surveys(found, seed))
    make_hostile(survey_sheet.frame, ("comment",), first_row=300)
    spoil(change_sheet, "编号", "CHG0090001", CHANGE_DIRT)
    spoil(request_sheet, "number", "RITM0900001", REQUEST_DIRT)
    spoil(problem_sheet, "number", "PRB0009001", PROBLEM_DIRT)
    spoil(outage_sheet, "编号", "OUT0009001", OUTAGE_DIRT)
    spoil(survey_sheet, "number", "SRV0900001", SURVEY_DIRT)
    return [
        change_sheet,
        request_sheet,
        problem_sheet,
        Export("exports/state_log.csv.gz", "state_log", state_log(found, EXTRACTED)),
        Export("registers/services.csv", "services", registers.services()),
        Export("registers/groups.csv", "groups", registers.groups()),
        outage_sheet,
        survey_sheet,
        *_people_exports(outage_sheet, found, made),
        *_desk_exports(seed),
        *_capacity_exports(seed),
        *(Export(written_registers.path(table), table, frame) for table, frame in written_registers.written().items()),
    ]


def _people_exports(outage_sheet: Export, found: Incidents, made: Changes) -> list[Export]:
    outages = outage_sheet.frame
    cause = outages["原因"][outages["重大事件"].index("是")]
    note_sheet = Export("registers/notes.csv", "notes", people.notes(cause), encoding="utf-8-sig")
    note_sheet.quarantined = dict(people.REFUSED)
    exemption_sheet = Export("registers/exemptions.xlsx", "exemptions", people.exemptions(found, made), title="豁免登记表")
    exemption_sheet.raw_lines, exemption_sheet.quarantined = ["合计"], {NO_RECORD: 1}
    return [note_sheet, exemption_sheet]


def _desk_exports(seed: int) -> list[Export]:
    planned = rosters.planned_days()
    counted = calls.calls(planned, rosters.on_duty(planned), seed)
    return [
        Export("exports/话务_半小时.csv.gz", "contacts", calls.contacts(planned, counted)),
        Export("registers/排班.csv.gz", "roster", rosters.roster(planned)),
    ]


def _capacity_exports(seed: int) -> list[Export]:
    sheets = [Export(path, "metrics", frame) for path, frame in monitoring.exports(courses(seed), seed).items()]
    next(sheet for sheet in sheets if sheet.path == monitoring.NODES).quarantined = {NUMBER: monitoring.INFINITE}
    resource_sheet = Export("registers/resources.csv", "resources", capacity_registers.resources(), encoding="utf-8-sig")
    resource_sheet.quarantined = dict(capacity_registers.REFUSED)
    return [
        *sheets,
        resource_sheet,
        Export("registers/capacity_options.csv", "capacity_options", capacity_registers.options()),
        Export("registers/demand_drivers.csv", "demand_drivers", capacity_registers.drivers(seed), encoding="utf-8-sig"),
    ]
