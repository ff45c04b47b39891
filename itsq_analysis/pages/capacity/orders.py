"""What must be decided by when: limits that will be reached, and what ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from itsq_analysis.page.context import ReportContext
from itsq_analysis.pages.capacity.estate import Resource, next_report, resources, today
from itsq_analysis.pages.capacity.outlook import Outlook, outlooks

AHEAD = 365  # days of the calendar of what ends


@dataclass(frozen=True)
class End:
    """A licence, certificate or maintenance contract that ends.

    Attributes:
        what: its kind, such as "certificate".
        act: the day by which its renewal must be ordered: the end less the lead time.
    """

    resource: Resource
    what: str
    day: date
    act: date


def orders(context: ReportContext) -> list[Outlook]:
    """Resources to be decided upon before the next report: the order-by day with a risk of 10 % lies before it.

    The one to be ordered first at the head; what is more likely not to reach its limit within 12 months stands behind.
    """
    return [one for one in _by_likelihood(context) if one.safe.by is not None and one.safe.by <= next_report(context)]


def later(context: ReportContext) -> list[Outlook]:
    """Resources to be ordered within 12 months, but not before the next report, in the same order."""
    return [one for one in _by_likelihood(context) if one.safe.by is not None and one.safe.by > next_report(context)]


def _by_likelihood(context: ReportContext) -> list[Outlook]:
    """What is more likely than not to reach its limit within 12 months, then the rest, each by the day to order."""
    return sorted(outlooks(context), key=lambda one: not one.expected)


def ends(context: ReportContext) -> list[End]:
    """What has ended or ends within 12 months, the next first."""
    last = today(context) + timedelta(days=AHEAD)
    every = [(one, what, day) for one in resources(context) for what, day in one.ends if day <= last]
    found = [End(one, what, day, day - timedelta(days=one.lead_days)) for one, what, day in every]
    return sorted(found, key=lambda one: (one.day, one.resource.name, one.what))


def renewals(context: ReportContext) -> list[End]:
    """What must be renewed before the next report."""
    return [one for one in ends(context) if one.act <= next_report(context)]
