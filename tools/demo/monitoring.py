"""What monitoring exports of the courses: Prometheus' answers, Zabbix' trends, plain CSV."""

from __future__ import annotations

import json
from itertools import groupby

import numpy as np

from tools.demo.courses import Course, hours
from tools.demo.draws import Draws, Ints
from tools.demo.files import Frame, joined, records, stamps
from tools.demo.planted import HOUR, moment

DISKS, NODES = "exports/prometheus_disks.json.gz", "exports/prometheus_nodes.json.gz"
TRENDS, PLAIN = "exports/zabbix_trends.csv.gz", "exports/监控指标.csv.gz"
OF_DISKS = ("wms-db01:/data", "log01:/var/log")
OF_NODES = ("tms-app01", "portal-web", "erp-app")
OF_TRENDS = ("mail-store01:/mail", "wms-app-cluster", "test-cluster")
KEYS = {
    DISKS: ("__name__", "instance", "timestamp"),
    NODES: ("__name__", "instance", "timestamp"),
    TRENDS: ("key_", "host", "clock"),
    PLAIN: ("指标名称", "资源编号", "时间"),
}
NOT_A_NUMBER = (moment("2026-09-06 01:00"), 14)  # from when the portal's processors answered NaN, for so many hours
INFINITE = 3  # values of a quotient that Prometheus divided by zero; no number, so refused


def texts(values: Ints, scale: int) -> list[str]:
    """Whole numbers of `1 / scale` as decimals: four places for shares, one for other fractions, none for counts.

    >>> texts(np.array([1536, -512]), 1024)
    ['1.5', '-0.5']
    """
    places = 0 if scale == 1 else 4 if scale == 10_000 else 1
    units = (np.abs(values) * 10**places * 2 + scale) // (2 * scale)
    shown = [f"{unit // 10**places}.{unit % 10**places:0{places}d}" if places else str(unit) for unit in units.tolist()]
    return [f"-{text}" if value < 0 else text for text, value in zip(shown, values.tolist(), strict=True)]


def exports(found: tuple[Course, ...], seed: int) -> dict[str, Frame]:
    """The frame of every file, by its path; a Prometheus file's rows are its points with their labels."""
    of = {course.resource: course for course in found}
    named = {*OF_DISKS, *OF_NODES, *OF_TRENDS}
    return {
        DISKS: joined(*(_points(of[name]) for name in OF_DISKS)),
        NODES: joined(*(_points(of[name]) for name in OF_NODES), _quotient()),
        TRENDS: joined(*(_trends(of[name], place, seed) for place, name in enumerate(OF_TRENDS))),
        PLAIN: joined(*(_plain(course) for course in found if course.resource not in named)),
    }


def answer(frame: Frame) -> bytes:
    """The frame of points as Prometheus answers `query_range`, one series a line."""
    series = []
    for labels, points in groupby(records(frame), key=lambda row: row[2:]):
        metric = {name: label for name, label in zip([*frame][2:], labels, strict=True) if label}
        values = [[int(at), value] for at, value, *_ in points]
        series.append(json.dumps({"metric": metric, "values": values}, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(series)
    return f'{{"status":"success","data":{{"resultType":"matrix","result":[\n{body}\n]}}}}\n'.encode()


def _shown(course: Course) -> tuple[Ints, list[str]]:
    """Moments and values of a course that are exported."""
    grid = hours()
    kept = course.known & ((grid.start - grid.start[0]) // HOUR % course.every == 0)
    return grid.start[kept], texts(course.values[kept], course.scale)


def _points(course: Course) -> Frame:
    at, values = _shown(course)
    instance, _, mountpoint = course.resource.partition(":")
    if course.resource == "portal-web":
        start, count = NOT_A_NUMBER
        first = int(np.searchsorted(at, start))
        values[first : first + count] = ["NaN"] * count
    return _series(at.astype(str).tolist(), values, course.metric, instance, mountpoint)


def _quotient() -> Frame:
    at = moment("2026-11-02 00:00") + HOUR * np.arange(INFINITE)
    return _series(at.astype(str).tolist(), ["+Inf"] * INFINITE, "requests_per_error", "portal-web", "")


def _series(at: list[str], values: list[str], metric: str, instance: str, mountpoint: str) -> Frame:
    labels = {"__name__": metric, "instance": instance, "mountpoint": mountpoint, "job": "node"}
    return {"timestamp": at, "value": values} | {
        name: [label] * len(at) for name, label in labels.items() if label or name != "mountpoint"
    }


def _trends(course: Course, place: int, seed: int) -> Frame:
    """Hourly minima, means and maxima of sixty measurements each."""
    at, values = _shown(course)
    kept = course.values[course.known]
    apart = Draws(seed, f"trends {course.resource}")
    width = np.maximum(np.abs(kept) // (9 if course.scale == 100 else 4000), 1)
    low, high = kept - apart.below(width, kept.size), kept + apart.below(2 * width, kept.size)
    return {
        "itemid": [str(42_100 + place)] * at.size,
        "host": [course.resource] * at.size,
        "key_": [course.metric] * at.size,
        "clock": at.astype(str).tolist(),
        "num": ["60"] * at.size,
        "value_min": texts(np.maximum(low, 0), course.scale),
        "value_avg": values,
        "value_max": texts(high, course.scale),
    }


def _plain(course: Course) -> Frame:
    at, values = _shown(course)
    return {
        "时间": [text[:16] for text in stamps(at, local=True)],
        "资源编号": [course.resource] * at.size,
        "指标名称": [course.metric] * at.size,
        "数值": values,
    }
