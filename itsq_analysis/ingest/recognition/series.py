"""Exports of counts and measurements: calls by interval, metrics long or wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.header import normal
from itsq_analysis.ingest.recognition.columns import Columns
from itsq_analysis.ingest.recognition.profile import Profile
from itsq_analysis.ingest.recognition.proposal import Bound, Proposal
from itsq_analysis.ingest.recognition.shape import Order

MINUTE = 60e6
RESOURCES = (
    "resource",
    "host",
    "hostname",
    "instance",
    "device",
    "object",
    "主机",
    "主机名",
    "资源",
    "对象",
    "server",
    "node",
    "itemid",
)
METRICS = ("metric", "metric_name", "name", "item", "key", "key_", "counter", "_measurement", "指标", "监控项", "__name__")
VALUES = ("value", "val", "avg", "average", "mean", "_value", "值", "平均值", "当前值", "value_avg", "y")


def contacts_columns(proposal: Proposal, known: Sequence[Profile], columns: Columns, order: Order) -> None:
    """Calls by interval: totals as they stand, averages times the answered, the service level times the offered."""
    places = columns.places
    header = {name: known[place].header for name, place in places.items()}
    if "start" not in places:
        raise IngestError(
            f"an export of contacts must have start; found no column with the day or time of an interval in {proposal.files[0]}; "
            "say which it is: --answer start=HEADER"
        )
    for name in ("start", "offered", "answered", "abandoned", "answered_in_target", "assignment_group", "channel"):
        if name in places:
            proposal.columns[name] = [header[name]]
            proposal.bound.append(Bound(name, header[name], "", tuple(known[places[name]].words)[:3]))
    joined = proposal.source.setdefault("columns", {})
    if "average_wait" in places and "answered" in places:
        joined["wait_seconds"] = [f"{{{header['average_wait']}}} * {{{header['answered']}}}"]
        proposal.notes.append(f"seconds waited are {header['average_wait']} times {header['answered']}")
    if "average_handle" in places and "answered" in places:
        joined["handle_seconds"] = [f"{{{header['average_handle']}}} * {{{header['answered']}}}"]
    if "service_level" in places and {"answered", "offered"} <= places.keys() and "answered_in_target" not in places:
        joined["answered_in_target"] = [f"{{{header['service_level']}}} * {{{header['offered']}}} up to {{{header['answered']}}}"]
        proposal.notes.append(
            f"answered in target is {header['service_level']} times {header['offered']}, but no more than answered"
        )
    if not joined:
        del proposal.source["columns"]
    if "minutes" not in places:
        minutes = _step(known[places["start"]], order) / MINUTE
        proposal.source.setdefault("stated", {})["minutes"] = f"{minutes:g}"
        proposal.notes.append(f"an interval has {minutes:g} minutes, the step between most rows")
    if "channel" not in places:
        proposal.source.setdefault("stated", {})["channel"] = "phone"
        proposal.notes.append("contacts are calls, since no column tells the channel")
    used = set(places.values())
    proposal.unused = [column.header for column in known if column.place not in used]


def _step(profile: Profile, order: Order) -> float:
    times = np.unique(profile.times[1 if order.day_first is False else 0])
    steps = np.diff(times[~np.isnan(times)])
    steps = steps[steps > 0]
    values, counts = np.unique(steps, return_counts=True)
    return float(values[np.argmax(counts)]) if values.size else 1440 * MINUTE


def metrics_columns(proposal: Proposal, known: Sequence[Profile], answers: Mapping[str, str]) -> None:
    """Measurements: long (a column of values beside time, resource and metric) or wide (each series a column)."""
    time = next((column for column in known if column.is_time), None)
    if time is None:
        raise IngestError(f"an export of metrics must have a time; found none in {proposal.files[0]}; export it with times")
    named = {normal(column.header): column for column in known}
    resource = _first(named, RESOURCES)
    metric = _first(named, METRICS)
    value = _first(named, VALUES)
    numbers = [column for column in known if column.kind == "number"]
    proposal.columns["time"] = [time.header]
    stem = proposal.name
    stated = proposal.source.setdefault("stated", {})
    if value is not None or len(numbers) == 1:
        chosen = value or numbers[0]
        proposal.columns["value"] = [chosen.header]
        for name, profile in (("resource", resource), ("metric", metric)):
            if profile is not None and profile is not chosen:
                proposal.columns[name] = [profile.header]
            else:
                stated[name] = answers.get(name, stem if name == "resource" else normal(chosen.header))
    else:
        wide = "metric" if resource is not None or not answers.get("metric") else "resource"
        proposal.source["wide"] = wide
        other = "resource" if wide == "metric" else "metric"
        if other == "resource" and resource is not None:
            proposal.columns["resource"] = [resource.header]
        else:
            stated[other] = answers.get(other, stem)
        proposal.notes.append(f"each of {', '.join(column.header for column in numbers[:6])} is a {wide} of its own")
    for name, text in stated.items():
        proposal.notes.append(f"every row is of {name} {text!r}, since no column tells it; else: --answer {name}=NAME")
    if not stated:
        del proposal.source["stated"]
    proposal.bound = [Bound(name, headers[0], "", ()) for name, headers in proposal.columns.items()]


def _first(named: Mapping[str, Profile], names: Sequence[str]) -> Profile | None:
    return next((named[normal(name)] for name in names if normal(name) in named), None)
