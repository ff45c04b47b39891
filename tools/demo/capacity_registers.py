"""Registers of capacity, as capacity.toml has them: resources and drivers with Chinese headers, options with English ones."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from tools.demo.arrivals import TRADE_YEAR, WEEK, Days, days
from tools.demo.draws import Draws
from tools.demo.files import Frame, joined, stamps
from tools.demo.names import named
from tools.demo.planted import DAY, EXTRACTED, moment

RESOURCES = {  # header -> key of capacity.toml
    "资源编号": "resource", "资源名称": "name", "类型": "kind", "服务": "service", "负责人": "owner", "供应商": "supplier",
    "指标名称": "metric", "指标含义": "measured", "单位": "unit", "容量": "capacity", "预警阈值": "warning", "严重阈值": "critical",
    "采购周期(天)": "lead", "扩容步长": "step", "单步价格": "step_price", "年费用": "yearly", "成员数": "members",
    "所需成员数": "needed", "在用数量": "in_use", "维保到期日": "maintenance", "到期日": "expires", "备注": "note",
}  # fmt: skip
OPTIONS = {
    "Resource": "resource", "Option": "option", "Title": "title", "Gain": "size", "Price": "price", "Yearly cost": "yearly",
    "Lead time in days": "lead", "Owner": "owner", "Note": "note", "Decided on": "decided", "Decision": "outcome",
    "Done on": "done", "Effect": "effect",
}  # fmt: skip
DRIVERS = {
    "日期": "date", "截止日期": "until", "业务量": "driver", "服务": "service", "数值": "value", "单位": "unit",
    "类别": "kind", "事件名称": "event", "增幅": "growth",
}  # fmt: skip
OPTION_KEY = ("Resource", "Option", "Title")
DRIVER_KEY = ("日期", "业务量", "服务", "类别", "事件名称")
ORDERS, USERS = "日订单量 Orders a day", "用户数 Users"
PORTAL = "订单门户 Order portal"
FIRST_ORDERS = moment("2025-10-01")
DAILY_ORDERS = 41_000
GROWTH = 12  # per cent a year


@cache
def written() -> dict[str, list[dict[str, Any]]]:
    """What capacity.toml says: `resource`, `option` and `event`, each a list."""
    return tomllib.loads(files(__package__).joinpath("capacity.toml").read_text(encoding="utf-8"))


def resources() -> Frame:
    """The register of resources; the last two rows break a rule each, see `REFUSED`."""
    known = written()["resource"]
    spoiled = [
        {**known[0], "resource": "wms-db99:/data", "warning": 0.95},
        {**known[8], "resource": "wms-app-cluster9", "needed": 3},
    ]
    frame = _frame(RESOURCES, [*known, *spoiled])
    return named(named(frame, "资源名称", 英文名称="en", 中文名称="zh"), "负责人", **{"负责人（英文）": "en"})


REFUSED = {"warning_above_critical": 1, "more_needed_than_members": 1}


def options() -> Frame:
    """What can be done, and what was decided earlier."""
    return named(
        named(_frame(OPTIONS, written()["option"]), "Title", **{"Title in English": "en"}), "Note", **{"Note in English": "en"}
    )


def drivers(seed: int) -> Frame:
    """Orders and users as measured, orders as planned by month, and events to come."""
    events = [{"kind": "计划", **event} for event in written()["event"]]
    frame = joined(_orders(seed), _users(), _planned(), _frame(DRIVERS, events))
    for column in ("业务量", "事件名称"):
        frame = named(frame, column, **{f"{column}（英文）": "en", f"{column}（中文）": "zh"})
    return frame


def _frame(headers: dict[str, str], rows: list[dict[str, Any]]) -> Frame:
    return {header: [str(row.get(key, "")) for row in rows] for header, key in headers.items()}


def _amounts(dates: list[str], driver: str, service: str, values: list[int], unit: str, kind: str) -> Frame:
    same = {"driver": driver, "service": service, "unit": unit, "kind": kind}
    return _frame(DRIVERS, [{"date": date, "value": value, **same} for date, value in zip(dates, values, strict=True)])


def _orders(seed: int) -> Frame:
    calendar = days()
    kept = (calendar.start >= FIRST_ORDERS) & (calendar.start + DAY <= EXTRACTED)
    chance = Draws(seed, "orders").between(960, 1040, int(kept.sum()))
    return _amounts(_dates(calendar, kept), ORDERS, PORTAL, (_rate(calendar)[kept] * chance // 1000).tolist(), "orders", "实际")


def _rate(calendar: Days) -> np.ndarray:
    """Orders of each day, before chance."""
    week = np.where(calendar.working, np.array(WEEK)[calendar.weekday], 82)
    grown = 36500 + GROWTH * ((calendar.start - FIRST_ORDERS) // DAY)
    return np.asarray(DAILY_ORDERS * np.array(TRADE_YEAR)[calendar.month - 1] // 100 * week // 100 * grown // 36500)


def _users() -> Frame:
    """People who can log in, on the first of each month."""
    calendar = days()
    kept = (calendar.start >= FIRST_ORDERS) & (np.diff(calendar.month, prepend=0) != 0)
    return _amounts(_dates(calendar, kept), USERS, "", (4310 + 24 * np.arange(int(kept.sum()))).tolist(), "users", "实际")


def _planned() -> Frame:
    """The sales department's plan: orders a day, by month of the coming year."""
    calendar = days(EXTRACTED + 365 * DAY)
    kept = (calendar.start > EXTRACTED) & (np.diff(calendar.month, prepend=0) != 0)
    return _amounts(_dates(calendar, kept), ORDERS, PORTAL, (_rate(calendar)[kept] // 500 * 500).tolist(), "orders", "计划")


def _dates(calendar: Days, kept: np.ndarray) -> list[str]:
    return [text[:10] for text in stamps(calendar.start[kept], local=True)]
