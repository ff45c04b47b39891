"""Error budgets against counting by hand."""

from datetime import date
from math import inf, isnan

import pytest

from itsq_analysis.errors import IndicatorError, SettingsError
from itsq_analysis.indicators.slo import Budget, gone_days, slo_months, slos
from itsq_analysis.settings import parse_settings
from tests.page.made import RULES, context, incidents

CALENDAR = '[[calendar]]\nid = "7x24"\nhours = "7x24"\n'


def objective(name: str, share: str, extra: str = "") -> str:
    return f'[[slo]]\nid = "{name}"\nobjective = "{share}"\n{extra}'


def outage(start: str, end: str, kind: str = "unplanned") -> dict[str, object]:
    return {"service": "E-mail", "started_at": start, "restored_at": end, "kind": kind, "degradation": 1.0}


def test_availability_is_counted_in_time_slices_with_and_without_maintenance() -> None:
    """Around the clock: October has 744 h, of which 0.744 h may be lost at 99.9 %. Horizon: 20 November, 00:00."""
    own = 'service = "E-mail"\nindicator = "availability"\n'
    toml = CALENDAR + objective("mail", "99.9%", own) + objective("mail all", "99.9%", own + "maintenance = true\n")
    rows = [
        outage("2026-01-01 00:00", "2026-01-01 01:00"),
        outage("2026-10-05 10:00", "2026-10-05 10:30"),
        outage("2026-10-10 02:00", "2026-10-10 04:00", "maintenance"),
        outage("2026-11-19 21:00", "2026-11-19 21:06"),
    ]
    scope = context(toml, services=[{"service": "E-mail", "calendar": "7x24"}], outages=rows).scope
    months = slo_months(scope).set_index(["slo", "month"])
    october, with_maintenance = months.loc[("mail", "2026-10")], months.loc[("mail all", "2026-10")]
    assert (october["total"], october["spent"], october["status"]) == (744, pytest.approx(0.5), "met")
    assert october["left"] == pytest.approx(1 - 0.5 / 0.744)
    assert (with_maintenance["spent"], with_maintenance["status"]) == (pytest.approx(2.5), "missed")
    rolling = slos(scope).set_index("slo").loc["mail"]
    assert (rolling["counting"], rolling["total"], rolling["spent"]) == ("time slices", 28 * 24, pytest.approx(0.1))
    assert rolling["burn_1h"] == 0
    assert rolling["burn_6h"] == pytest.approx(0.1 / (6 * 0.001))
    assert rolling["burn_1d"] == pytest.approx(0.1 / (24 * 0.001))
    assert rolling["burn_3d"] == pytest.approx(0.1 / (72 * 0.001))
    assert rolling["month_left"] == pytest.approx(0.001 * 720 - 0.1)  # November


def test_a_ticket_promise_is_counted_in_occurrences() -> None:
    rows = [*incidents(100, "2026-11-02 09:00", late=3), *incidents(20, "2026-11-18 09:00", late=1)]
    toml = RULES + objective("promise", "95%", 'indicator = "sla_resolution_met"\ndays = 7\n')
    scope = context(toml, incidents=rows).scope
    [row] = slos(scope).to_dict("records")
    assert (row["counting"], row["good"], row["total"], row["share"], row["status"]) == ("occurrences", 19, 20, 0.95, "met")
    assert row["left"] == pytest.approx(0)
    november = slo_months(scope).set_index("month").loc["2026-11"]
    assert (november["spent"], november["allowed"]) == (4, pytest.approx(6))


def test_an_objective_of_100_percent_is_missed_by_the_first_late_ticket() -> None:
    toml = RULES + objective("all", "100%", 'indicator = "sla_resolution_met"\n')
    [row] = slos(context(toml, incidents=incidents(50, "2026-11-18 09:00", late=1)).scope).to_dict("records")
    assert (row["status"], row["burn_3d"], row["gone_likely"]) == ("missed", inf, date(2026, 11, 19))
    assert isnan(row["left"])
    [row] = slos(context(toml, incidents=incidents(50, "2026-11-18 09:00")).scope).to_dict("records")
    assert (row["status"], row["burn_3d"], row["gone_likely"]) == ("met", 0, None)
    assert Budget(1.0, 0, 0).status == "not measurable"


def test_the_day_on_which_a_budget_is_gone_comes_with_its_range() -> None:
    # Five days of 2 are needed, each with a chance of one half: 11 % by day 6, 50 % by day 9, 87 % by day 13, 91 % by day 14.
    early, likely, late = gone_days(10, [0.0, 2.0] * 14, 30)
    assert (early, late) == (6, 14)
    assert likely in (9, 10)
    assert gone_days(0, [1.0], 30) == (0, 0, 0)
    assert gone_days(100, [1.0] * 28, 30) == (inf, inf, inf)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(SettingsError, match="must give indicator, such as indicator"):
        parse_settings(objective("mine", "99%"))
    toml = RULES + objective("mine", "99%", 'indicator = "reopen_rate"\n')
    with pytest.raises(IndicatorError, match="must be availability or a share of tickets of which more is better"):
        slos(context(toml, incidents=incidents(3)).scope)
