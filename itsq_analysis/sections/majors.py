"""Outages as they were known at the moment of the report, and the major incidents that tickets and the register tell of."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itsq_analysis.narrative import formats
from itsq_analysis.sections.scene import Scene


@dataclass(frozen=True)
class Major:
    """One major incident.

    Attributes:
        number: of the ticket, else of the outage.
        service: None if not known.
        hours: clock time of its longest outage; None without an outage in the register.
        user_hours: lost in all its outages; None where the register gives no number of users.
        restored: False while an outage of it lasts; its hours are then those so far.
    """

    number: str
    service: str | None
    hours: float | None = None
    user_hours: float | None = None
    restored: bool = True


def outages(scene: Scene) -> pd.DataFrame:
    """Unplanned outages that touch the period, with `hours` (clock time, so far if not restored) and `user_hours`.

    What was restored after the moment of the report had not been restored then.
    """
    return scene.query(
        "WITH known AS (SELECT * REPLACE (CASE WHEN restored_at <= $moment THEN restored_at END AS restored_at) FROM outages), "
        "timed AS (SELECT *, epoch(coalesce(restored_at, $moment)) / 3600 - epoch(started_at) / 3600 AS hours FROM known) "
        "SELECT *, hours * users_affected AS user_hours FROM timed "
        "WHERE kind = 'unplanned' AND started_at < $end AND coalesce(restored_at, $moment) > $start ORDER BY started_at, number"
    )


def majors(scene: Scene) -> list[Major]:
    """Major incidents of the period, the longest first.

    Tickets opened in the period, and major outages that touch it. An outage belongs to the ticket that it names; one that names
    none, to the major ticket of its service that was opened while it lasted, or in the hour before.
    """
    tickets = scene.query(
        "SELECT number, service, opened_at FROM incidents WHERE major AND opened_at >= $start AND opened_at < $end "
        "ORDER BY opened_at, number"
    )
    known = outages(scene)
    ticket = pd.Series([_ticket(row, tickets, scene) for _, row in known.iterrows()], index=known.index, dtype=object)
    known = known.assign(ticket=ticket)[known["major"].fillna(False) | ticket.isin(tickets["number"])]
    linked = set(known["ticket"])
    alone = [Major(row["number"], _known(row["service"])) for _, row in tickets.iterrows() if row["number"] not in linked]
    found = [_with_outages(number, rows, tickets) for number, rows in known.groupby("ticket", sort=False)]
    return sorted([*found, *alone], key=lambda one: -(one.hours or 0))


def _ticket(outage: pd.Series, tickets: pd.DataFrame, scene: Scene) -> str:
    """The number under which an outage is told: of its ticket, else its own."""
    if pd.notna(outage["incident"]):
        return str(outage["incident"])
    if pd.isna(outage["major"]) or not outage["major"]:
        return str(outage["number"])
    ended = scene.moment if pd.isna(outage["restored_at"]) else outage["restored_at"]
    during = (tickets["opened_at"] >= outage["started_at"] - pd.Timedelta(hours=1)) & (tickets["opened_at"] <= ended)
    own = tickets[during & (tickets["service"] == outage["service"])]
    return str(outage["number"] if own.empty else own["number"].iloc[0])


def _with_outages(number: object, rows: pd.DataFrame, tickets: pd.DataFrame) -> Major:
    services = dict.fromkeys([*rows["service"], *tickets.loc[tickets["number"] == number, "service"].dropna()])
    return Major(
        str(number),
        next(iter(services), None),
        hours=float(rows["hours"].max()),
        user_hours=None if rows["user_hours"].isna().all() else float(rows["user_hours"].sum()),
        restored=bool(rows["restored_at"].notna().all()),
    )


def _known(value: str | None) -> str | None:
    return None if pd.isna(value) else str(value)


def told(scene: Scene, one: Major) -> str:
    """A major incident in a few words: "INC1 (E-mail, 3 h 45 min, 7,125 user-hours lost)"."""
    facts = [one.service] if one.service else []
    if one.hours is not None:
        time = formats.duration(one.hours, scene.language)
        facts.append(time if one.restored else scene.say("not_restored", time=time))
    if one.user_hours is not None:
        facts.append(scene.say("majors_user_hours", n=scene.number(one.user_hours)))
    separator = ", " if scene.language == "en" else "，"
    return one.number + (scene.aside(separator.join(facts)) if facts else "")


def are_marked(scene: Scene) -> bool:
    """Whether the data say of any ticket or outage that it is, or is not, a major incident; silence is not "none"."""
    found = scene.query(
        "SELECT EXISTS (SELECT 1 FROM incidents WHERE major IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM outages WHERE major IS NOT NULL) AS marked"
    )
    return bool(found["marked"].iloc[0])
