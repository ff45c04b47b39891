"""Registers kept by hand: services, groups, and outages with Chinese headers; times are local."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Days
from tools.demo.changes import Changes
from tools.demo.draws import Draws
from tools.demo.files import Frame, chosen, numbers, stamps
from tools.demo.incidents import Incidents
from tools.demo.names import named
from tools.demo.organisation import Service, organisation
from tools.demo.planted import (
    BAD_CHANGES,
    CLEAN_SERVICE,
    DAY,
    EXTRACTED,
    HOUR,
    OUTAGE_FROM,
    OUTAGE_SERVICE,
    OUTAGE_TO,
)
from tools.demo.problems import Problems

KINDS = ("突发中断", "计划维护")
CAUSES = ("磁盘写满", "证书到期", "运营商线路故障", "数据库死锁", "应用内存溢出", "电源模块故障")
ACTIONS = ("增加容量告警", "纳入证书台账", "增加备用线路", "优化事务", "升级版本", "更换模块")
MINUTES = ((0, 4), (500, 22), (900, 75), (1000, 200))  # of an unplanned outage
WEEKS_BETWEEN_MAINTENANCE = 9


@dataclass(frozen=True)
class _Outage:
    service: int
    start: int
    end: int
    maintenance: bool = False
    affected: int = 1000  # users, in thousandths
    change: str = ""


def services() -> Frame:
    """The register of services."""
    fields = ("service", "owner", "tier", "users", "calendar", "supplier", "agreement", "introduced_on")
    frame = {field: [str(getattr(service, field)) for service in organisation().services] for field in fields}
    return named(frame, "service", name_en="en", name_zh="zh")


def groups() -> Frame:
    """The register of support groups."""
    fields = ("assignment_group", "team", "level", "supplier", "people")
    frame = {field: [str(getattr(group, field)) for group in organisation().groups] for field in fields}
    return named(frame, "assignment_group", name_en="en", name_zh="zh")


def outages(calendar: Days, found: Incidents, causes: Problems, made: Changes, seed: int) -> Frame:
    """Interruptions: by chance, one after a bad change, the big one, and announced maintenance on Sunday mornings."""
    draws = Draws(seed, "outages")
    known = organisation()
    _, failed_at, *_ = BAD_CHANGES[0]
    happened = [
        _Outage(known.service(OUTAGE_SERVICE), OUTAGE_FROM, OUTAGE_TO),
        _Outage(known.service(BAD_CHANGES[0][0]), failed_at + 600, failed_at + 3300, change=made.number[made.bad[0]]),
    ]
    for position, service in enumerate(known.services):
        happened += _by_chance(position, service, calendar, draws)
        happened += _maintenance(position, service, calendar)
    happened = sorted((one for one in happened if one.end < EXTRACTED), key=lambda one: (one.start, one.service))
    return _register(happened, found, causes, draws)


def _by_chance(position: int, service: Service, calendar: Days, draws: Draws) -> list[_Outage]:
    """A few unplanned outages, more of the vital services; none of the clean one."""
    permille = 0 if service.service == CLEAN_SERVICE else 9 - 2 * service.tier
    hit = calendar.start[draws.chance(permille, calendar.start.size)]
    start = hit + draws.below(DAY, hit.size)
    end = start + draws.curve(MINUTES, hit.size) * 60 + draws.below(60, hit.size)
    affected = draws.between(150, 1000, hit.size)
    rows = zip(start.tolist(), end.tolist(), affected.tolist(), strict=True)
    return [_Outage(position, start, end, affected=share) for start, end, share in rows]


def _maintenance(position: int, service: Service, calendar: Days) -> list[_Outage]:
    if service.calendar != "7x24":
        return []
    sundays = calendar.start[calendar.weekday == 6][position % WEEKS_BETWEEN_MAINTENANCE :: WEEKS_BETWEEN_MAINTENANCE]
    length = (90 + 15 * (position % 5)) * 60
    return [_Outage(position, day + 2 * HOUR, day + 2 * HOUR + length, maintenance=True) for day in sundays.tolist()]


def _register(happened: list[_Outage], found: Incidents, causes: Problems, draws: Draws) -> Frame:
    known = organisation().services
    service, start, end, affected = (
        np.array([getattr(one, field) for one in happened]) for field in ("service", "start", "end", "affected")
    )
    planned = np.array([one.maintenance for one in happened])
    big = start == OUTAGE_FROM
    cause = np.where(planned, -1, draws.below(len(CAUSES), service.size))
    incident = found.number[int(np.flatnonzero(found.arrived.planted < 0)[0])]
    users = np.array([entry.users for entry in known])[service] * affected // 1000
    register = {
        "编号": numbers("OUT", 1, service.size),
        "服务": chosen([entry.service for entry in known], service),
        "开始时间": stamps(start, local=True),
        "发现时间": stamps(start + draws.below(np.minimum(end - start, 600), service.size), ~planned, local=True),
        "恢复时间": stamps(end, local=True),
        "类型": chosen(KINDS, planned.astype(np.int64)),
        "影响程度": ["1" if share > 300 else "0.5" for share in affected.tolist()],
        "受影响用户数": users.astype(str).tolist(),
        "重大事件": chosen(("否", "是"), big.astype(np.int64)),
        "事件": chosen([incident], big.astype(np.int64) - 1),
        "问题": chosen([causes.number[causes.outage]], big.astype(np.int64) - 1),
        "变更": [one.change for one in happened],
        "原因": chosen(CAUSES, cause),
        "措施": chosen(ACTIONS, cause),
        "复盘日期": [text[:10] for text in stamps(end + 3 * DAY, big, local=True)],
    }
    return named(named(register, "原因", **{"原因（英文）": "en"}), "措施", **{"措施（英文）": "en"})
