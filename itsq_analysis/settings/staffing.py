"""How people are planned: what `[staffing]` says, for all teams and for single ones."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from itsq_analysis.settings.fields import SECONDS, Name
from itsq_analysis.settings.toml_table import TomlTable

Work = Literal["contacts", "incidents", "requests"]
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)\s*([smh])", re.ASCII)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*[%\N{FULLWIDTH PERCENT SIGN}]", re.ASCII)


def _share(value: Any) -> float:
    """A share between 0 and 1; "80%" is 0.8."""
    match = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    share = round(float(match[1]) / 100, 12) if match else value
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ValueError('must be a share such as "80%" or 0.8')
    return float(share)


def _span(value: Any) -> float:
    """Seconds; "20s", "6m" and "1.5h" are understood."""
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = float(match[1]) * SECONDS[match[2]] if match else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not (math.isfinite(seconds) and seconds > 0):
        raise ValueError('must be a time such as "20s", "6m" or "1.5h"')
    return float(seconds)


def _below_one(share: float) -> float:
    if share >= 1:
        raise ValueError('must be less than "100%"')
    return share


def _range(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError('must be the lowest and the highest share, such as ["60%", "85%"]')
    low, high = _share(value[0]), _share(value[1])
    if not 0 <= low < high:
        raise ValueError('must be the lower share first, such as ["60%", "85%"]')
    return low, high


Share = Annotated[float, BeforeValidator(_share)]
Lost = Annotated[float, BeforeValidator(lambda value: _below_one(_share(value)))]
Span = Annotated[float, BeforeValidator(_span)]
Range = Annotated[tuple[float, float], BeforeValidator(_range)]
Factor = Annotated[float, Field(gt=0, le=100, strict=True)]
Tickets = Annotated[float, Field(ge=0, le=1_000_000, strict=True)]


class TeamStaffing(TomlTable):
    """What is otherwise for one team; a key that is not given is as `[staffing]` has it."""

    team: Name
    calendar: Name | None = None
    handling: dict[Work, Span] | None = None
    shrinkage: Lost | None = None
    occupancy: Range | None = None
    service_level: Share | None = None
    answer_within: Span | None = None
    patience: Span | None = None
    backlog_limit: Tickets | None = None
    backlog_days: Tickets | None = None
    demand: Factor | None = None
    people: Factor | None = None


class StaffingSettings(TomlTable):
    """How people are planned.

    Attributes:
        calendar: hours in which a queue is answered; None: those in which the telephone system counted.
        handling: seconds for one contact, incident or request, where nothing measures it.
        shrinkage: share of rostered time that is not spent on the work: breaks, training, illness.
        occupancy: share of their time for which people should be busy at least and at most.
        service_level: share of all callers to be answered in time.
        answer_within: seconds within which an answer is in time.
        patience: mean seconds after which a caller gives up (Erlang A); None: nobody does (Erlang C, which needs more people).
        backlog_limit: open tickets of a team that are not to be exceeded; None: `backlog_days` working days of what comes in.
        backlog_days: working days of inflow that may be open.
        demand: what is expected is multiplied by this (1.3 = 30 % more).
        people: what the roster has is multiplied by this.
        teams: what is otherwise for single teams.
    """

    calendar: Name | None = None
    handling: dict[Work, Span] = Field(default={})
    shrinkage: Lost = 0.3
    occupancy: Range = (0.6, 0.85)
    service_level: Share = 0.8
    answer_within: Span = 20.0
    patience: Span | None = None
    backlog_limit: Tickets | None = None
    backlog_days: Tickets = 5.0
    demand: Factor = 1.0
    people: Factor = 1.0
    teams: tuple[TeamStaffing, ...] = Field(default=(), alias="team")

    def of(self, team: str) -> StaffingSettings:
        """What holds for one team.

        >>> settings = StaffingSettings(shrinkage="30%", team=[{"team": "Service Desk", "shrinkage": "25%"}])
        >>> settings.of("Service Desk").shrinkage, settings.of("Network").shrinkage
        (0.25, 0.3)
        """
        own = next((settings for settings in self.teams if settings.team == team), None)
        if own is None:
            return self
        given = {key: value for key, value in own if key != "team" and value is not None}
        if "handling" in given:
            given["handling"] = self.handling | given["handling"]
        return self.model_copy(update=given)
