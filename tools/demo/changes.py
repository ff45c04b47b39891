"""Changes, as a display export in Simplified Chinese, among them the planted bad ones."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from tools.demo.arrivals import Days
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.files import Frame, chosen, numbers, stamps, take
from tools.demo.organisation import organisation
from tools.demo.planted import BAD_CHANGES, CLEAN_SERVICE, DAY, EXTRACTED, HOUR, OFFSET

FIRST_NUMBER = 30001
TYPES = ("标准", "正常", "紧急")
STANDARD, NORMAL, EMERGENCY = range(3)
OUTCOMES = ("成功", "成功但有问题", "不成功")
SUCCESSFUL, ISSUES, UNSUCCESSFUL = range(3)
RISKS = ("高", "中", "低")
PRIORITIES = ("1 - 严重", "2 - 高", "3 - 中", "4 - 低")
STATES = ("已计划", "实施", "审查", "已关闭", "已取消")
SCHEDULED, IMPLEMENT, REVIEW, CLOSED, CANCELED = range(5)
OUTCOME_WEIGHTS = ((985, 12, 3), (932, 46, 22), (880, 70, 50))  # by type, in thousandths
SERVICE_WEIGHTS = (12, 6, 8, 14, 15, 12, 13, 6, 7, 3, 3, 3)
SUBJECTS = ("安全补丁更新", "版本升级", "配置调整", "扩容", "证书更换", "防火墙策略变更", "数据库参数优化", "接口地址切换")
CATEGORIES = ("软件", "软件", "软件", "硬件", "安全", "网络", "数据库", "接口")


@dataclass(frozen=True)
class Changes:
    """Changes in the order of raising; moments in seconds since 1970 UTC, `bad` the positions of the planted ones."""

    service: Ints
    type: Ints
    outcome: Ints
    canceled: Bools
    subject: Ints
    risk: Ints
    opened: Ints
    approved: Ints
    planned: Ints
    length: Ints
    started: Ints
    ended: Ints
    closed: Ints
    bad: tuple[int, ...]

    @property
    def number(self) -> list[str]:
        """Change numbers."""
        return numbers("CHG", FIRST_NUMBER, self.opened.size)

    @property
    def failed(self) -> Bools:
        """Changes that did not simply succeed, the planted ones apart."""
        planted = np.isin(np.arange(self.opened.size), self.bad)
        return np.asarray((self.outcome != SUCCESSFUL) & ~self.canceled & ~planted)


@dataclass(frozen=True)
class _Raised:
    service: Ints
    type: Ints
    outcome: Ints
    opened: Ints
    planned: Ints


def changes(calendar: Days, seed: int) -> Changes:
    """About sixty changes a month, most of them carried out by night or at the weekend, emergencies the same evening."""
    draws = Draws(seed, "changes")
    raised, bad = _with_planted(_raised(calendar, draws))
    size = raised.opened.size
    length = draws.between(2, 10, size) * HOUR // 2
    started = raised.planned + draws.between(0, 900, size)
    overrun = np.where(raised.outcome == SUCCESSFUL, 75, 125)  # per cent of the planned length
    ended = started + length * overrun // 100 - draws.below(HOUR // 4, size)
    ended[list(bad)] = [end for _, end, *_ in BAD_CHANGES]
    reviewed = (ended + OFFSET) // DAY * DAY - OFFSET + DAY * draws.between(1, 6, size)
    return Changes(
        service=raised.service,
        type=raised.type,
        outcome=raised.outcome,
        canceled=draws.chance(25, size) & ~np.isin(np.arange(size), bad),
        subject=draws.below(len(SUBJECTS), size),
        risk=draws.pick((8, 40, 52), size),
        opened=raised.opened,
        approved=raised.opened + (raised.planned - raised.opened) * draws.between(20, 80, size) // 100,
        planned=raised.planned,
        length=length,
        started=started,
        ended=ended,
        closed=reviewed + draws.between(9 * HOUR, 18 * HOUR, size),
        bad=bad,
    )


def _raised(calendar: Days, draws: Draws) -> _Raised:
    number = calendar.start.size
    count = draws.between(1, 4, number) * np.where(calendar.working, 1, draws.below(2, number))
    day = np.repeat(calendar.start, count)
    opened = day + draws.between(9 * HOUR, 18 * HOUR, day.size)
    kind = draws.pick((44, 48, 8), day.size)
    service = draws.pick(SERVICE_WEIGHTS, day.size)
    ahead = np.choose(kind, [draws.between(1, 4, day.size), draws.between(3, 16, day.size), np.zeros_like(day)])
    evening = draws.between(19 * 4, 23 * 4, day.size) * HOUR // 4
    outcome = np.choose(kind, [draws.pick(weights, day.size) for weights in OUTCOME_WEIGHTS])
    clean = service == organisation().service(CLEAN_SERVICE)
    return _Raised(service, kind, np.where(clean, SUCCESSFUL, outcome), opened, day + ahead * DAY + evening)


def _with_planted(raised: _Raised) -> tuple[_Raised, tuple[int, ...]]:
    """The changes with the planted bad ones among them, in the order of raising, and the positions of these."""
    outcomes = {"successful_issues": ISSUES, "unsuccessful": UNSUCCESSFUL}
    bad = [
        (organisation().service(name), NORMAL, outcomes[how], end - 8 * DAY, end - 3 * HOUR) for name, end, how, *_ in BAD_CHANGES
    ]
    lists = [np.append(getattr(raised, field.name), [row[column] for row in bad]) for column, field in enumerate(fields(raised))]
    order = np.argsort(lists[3], kind="stable")
    places = np.argsort(order, kind="stable")[raised.opened.size :]
    return _Raised(*(part[order] for part in lists)), tuple(places.tolist())


def export(found: Changes) -> Frame:
    """Changes raised before the extraction, with Chinese labels and choices; times are local."""
    begun, ended, closed = (moments <= EXTRACTED for moments in (found.started, found.ended, found.closed))
    known = found.opened <= EXTRACTED
    approved = found.approved <= EXTRACTED
    canceled = found.canceled & approved
    state = np.select([canceled, closed, ended, begun], [CANCELED, CLOSED, REVIEW, IMPLEMENT], SCHEDULED)
    updated = [found.approved, found.closed, found.ended, found.started, found.approved]
    services = organisation().services
    shown = {
        "编号": found.number,
        "类型": chosen(TYPES, found.type),
        "状态": chosen(STATES, state),
        "简短描述": [
            f"{services[service].service}:{SUBJECTS[subject]}"
            for service, subject in zip(found.service.tolist(), found.subject.tolist(), strict=True)
        ],
        "业务服务": chosen([service.service for service in services], found.service),
        "类别": chosen(CATEGORIES, found.subject),
        "分配组": chosen([service.group for service in services], found.service),
        "风险": chosen(RISKS, found.risk),
        "优先级": chosen(PRIORITIES, np.minimum(found.risk + 1, 3)),
        "打开时间": stamps(found.opened, known, local=True),
        "审批时间": stamps(found.approved, approved & (found.type != STANDARD), local=True),
        "计划开始日期": stamps(found.planned, known, local=True),
        "计划结束日期": stamps(found.planned + found.length, known, local=True),
        "实际开始日期": stamps(found.started, begun & ~canceled, local=True),
        "实际结束日期": stamps(found.ended, ended & ~canceled, local=True),
        "关闭时间": stamps(np.where(canceled, found.approved, found.closed), closed | canceled, local=True),
        "更新时间": stamps(np.select([canceled, closed, ended, begun, approved], updated, found.opened), known, local=True),
        "关闭代码": chosen(OUTCOMES, np.where(closed & ~canceled, found.outcome, -1)),
    }
    return take(shown, np.flatnonzero(known))
