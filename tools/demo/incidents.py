"""Incidents as rows of a ServiceNow export, as they stood at a given moment, and their state log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrivals import Arrivals
from tools.demo.clock import Clock
from tools.demo.draws import Bools, Draws, Ints
from tools.demo.files import Frame, chosen, numbers, stamps
from tools.demo.intake import CHANNELS, RESOLVE_WITHIN, Intake
from tools.demo.organisation import organisation
from tools.demo.planted import DAY, EXTRACTED, tool_office
from tools.demo.recurring import texts
from tools.demo.timeline import CANCELED, CLOSED, NEW, ON_HOLD, RESOLVED, STATES, Timeline
from tools.demo.work import HOLD_REASONS, NEVER, Work

FIRST_NUMBER = 10001
PRIORITIES = ("", "1 - Critical", "2 - High", "3 - Moderate", "4 - Low", "5 - Planning")
LEVELS = ("", "1 - High", "2 - Medium", "3 - Low")
SITES = ("Huangpu", "Pudong", "Ningbo", "Suzhou", "Yangshan", "Hangzhou")
CLOSE_CODES = ("Solved (Permanently)", "Solved (Work Around)", "Solved Remotely", "Closed by Caller")
LOG_STATES = ("new", "in_progress", "on_hold", "resolved", "closed", "canceled")
LOG_REASONS = ("caller", "supplier", "change", "problem")


@dataclass(frozen=True)
class Incidents:
    """All incidents with their history; `problem` and `change` are positions in their own lists, −1 for none.

    `silent` marks those that the tool closed without ever noting a resolution time.
    """

    arrived: Arrivals
    taken: Intake
    done: Work
    history: Timeline
    problem: Ints
    change: Ints
    silent: Bools
    knowledge: Bools
    close_code: Ints

    @property
    def number(self) -> list[str]:
        """Ticket numbers in the order of opening."""
        return numbers("INC", FIRST_NUMBER, self.arrived.opened.size)

    @property
    def noted_resolved(self) -> Ints:
        """When it was resolved, as far as the export tells; NEVER where it does not."""
        return np.where(self.silent | (self.done.resolved > EXTRACTED), NEVER, self.done.resolved)

    @property
    def ended(self) -> Ints:
        """When it ceased to be open."""
        return np.where(self.noted_resolved < NEVER, self.noted_resolved, self.done.closed)


def incidents(arrived: Arrivals, taken: Intake, done: Work, history: Timeline, seed: int) -> Incidents:
    """Incidents that are not yet linked to problems and changes."""
    draws = Draws(seed, "incident fields")
    size = arrived.opened.size
    unlinked = np.full(size, -1)
    return Incidents(
        arrived=arrived,
        taken=taken,
        done=done,
        history=history,
        problem=unlinked,
        change=unlinked,
        silent=draws.chance(1, size) & ~done.canceled & (done.closed < EXTRACTED - 30 * DAY),
        knowledge=draws.chance(340, size),
        close_code=draws.pick((62, 20, 14, 4), size),
    )


def _made_sla(found: Incidents, moment: int) -> Bools:
    """The tool's own flag: every hold stops its clock, and it knows no holidays."""
    done, clock = found.done, Clock(tool_office())
    around = found.taken.around
    end = np.minimum(done.resolved, moment)
    hold = clock.between(np.minimum(done.held, end), np.minimum(done.released, end), around)
    used = clock.between(found.arrived.opened, end, around) - hold
    return np.asarray(used <= RESOLVE_WITHIN[found.taken.priority])


def _subject(found: Incidents, seed: int) -> Frame:
    """What the reporter said and the desk chose."""
    taken, services = found.taken, organisation().services
    service = found.arrived.service.tolist()
    topics = [services[place].topics[topic] for place, topic in zip(service, taken.topic.tolist(), strict=True)]
    return {
        "category": [category for category, _, _ in topics],
        "subcategory": [subcategory for _, subcategory, _ in topics],
        "cmdb_ci": [services[place].ci(item) for place, item in zip(service, taken.item.tolist(), strict=True)],
        "short_description": [
            f"{text} ({SITES[site]})" for text, site in zip(texts(found, seed), taken.site.tolist(), strict=True)
        ],
    }


def export(found: Incidents, moment: int, problem_numbers: list[str], change_numbers: list[str], seed: int) -> Frame:
    """All incidents opened up to `moment`, as they stood then; times are UTC, choices are display values."""
    arrived, taken, done, history = found.arrived, found.taken, found.done, found.history
    size = arrived.opened.size
    last = history.last(moment, size)
    state = history.state[last]
    finished = np.isin(state, (RESOLVED, CLOSED))
    resolved = np.where(done.first_resolved <= moment, np.where(done.resolved <= moment, done.resolved, done.first_resolved), NEVER)
    closed = np.isin(state, (CLOSED, CANCELED))
    linked_change = np.where(finished, found.change, -1)
    shown = {
        "number": found.number,
        "opened_at": stamps(arrived.opened),
        "u_first_response_at": stamps(done.acknowledged, done.acknowledged <= moment),
        "resolved_at": stamps(resolved, finished & ~found.silent),
        "closed_at": stamps(done.closed, closed),
        "sys_updated_on": stamps(history.at[last]),
        "state": chosen(STATES, state),
        "hold_reason": chosen(HOLD_REASONS, np.where(state == ON_HOLD, done.hold_reason, -1)),
        "priority": chosen(PRIORITIES, taken.priority),
        "impact": chosen(LEVELS, taken.impact),
        "urgency": chosen(LEVELS, taken.urgency),
        "business_service": chosen([service.service for service in organisation().services], arrived.service),
        **_subject(found, seed),
        "contact_type": chosen(CHANNELS, taken.channel),
        "assignment_group": chosen([group.assignment_group for group in organisation().groups], history.group[last]),
        "reassignment_count": history.count(history.passed_on, moment, size).astype(str).tolist(),
        "reopen_count": history.count(history.reopened, moment, size).astype(str).tolist(),
        "made_sla": chosen(("false", "true"), _made_sla(found, moment).astype(np.int64)),
        "u_first_contact": chosen(("false", "true"), (taken.first_contact & finished).astype(np.int64)),
        "u_major": chosen(("false", "true"), ((arrived.planted < 0) & (taken.priority == 1)).astype(np.int64)),
        "problem_id": chosen(problem_numbers, np.where(state == NEW, -1, found.problem)),
        "caused_by": chosen(change_numbers, linked_change),
        "knowledge": chosen(("false", "true"), (found.knowledge & finished).astype(np.int64)),
        "close_code": chosen(CLOSE_CODES, np.where(finished, found.close_code, -1)),
    }
    opened = np.flatnonzero(arrived.opened <= moment)
    return {name: [column[position] for position in opened] for name, column in shown.items()}


def state_log(found: Incidents, moment: int) -> Frame:
    """The log up to `moment` under the names of the contract `state_log`; times are UTC."""
    history = found.history
    known = history.at <= moment
    number = np.array(found.number, dtype=object)
    return {
        "ticket_table": ["incidents"] * int(known.sum()),
        "number": list(number[history.ticket[known]]),
        "seq": history.seq[known].astype(str).tolist(),
        "at": stamps(history.at[known]),
        "state": chosen(LOG_STATES, history.state[known]),
        "hold_reason": chosen(LOG_REASONS, history.reason[known]),
        "assignment_group": chosen([group.assignment_group for group in organisation().groups], history.group[known]),
    }
