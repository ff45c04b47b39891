"""Indicators that SQL says badly, one Python function each: a frame with one row per period and member.

Columns: period (index into the scope's periods), member, value, numerator, denominator, n, lower, upper, reason. Shares are 0 to
1, durations hours. Where the indicator's table lacks the dimension the frame is empty.
"""

from __future__ import annotations

from itsq_analysis.indicators.computed.contacts import (
    abandon_rate,
    answer_rate,
    answer_time_mean,
    contacts_offered,
    handle_time_mean,
    service_level_20s,
)
from itsq_analysis.indicators.computed.failures import mtbf
from itsq_analysis.indicators.computed.first_level import first_level_resolution_rate
from itsq_analysis.indicators.computed.indicator_system import registers_kept, targets_agreed
from itsq_analysis.indicators.computed.outages import longest_outage, restore_time_mean, restore_time_median
from itsq_analysis.indicators.computed.ping_pong import ping_pong_share
from itsq_analysis.indicators.computed.promoters import nps
from itsq_analysis.indicators.computed.repeat import repeat_incidents
from itsq_analysis.indicators.computed.resolve_time import resolve_time_km_median
from itsq_analysis.indicators.computed.result import Computed
from itsq_analysis.indicators.computed.uptime import availability, availability_user_weighted, availability_with_maintenance

COMPUTED: dict[str, Computed] = {
    function.__name__: function
    for function in (
        abandon_rate,
        answer_rate,
        answer_time_mean,
        availability,
        availability_user_weighted,
        availability_with_maintenance,
        contacts_offered,
        first_level_resolution_rate,
        handle_time_mean,
        longest_outage,
        mtbf,
        nps,
        ping_pong_share,
        registers_kept,
        repeat_incidents,
        resolve_time_km_median,
        restore_time_mean,
        restore_time_median,
        service_level_20s,
        targets_agreed,
    )
}
