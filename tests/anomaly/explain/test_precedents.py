"""What happened before: the rare and the telling before the near and the usual."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.expectation import expect
from itsq_analysis.anomaly.explain.precedents import Courses, precedents
from itsq_analysis.errors import ForecastError
from tests.anomaly.explain.made import DAYS

EVENT = 280


def courses(bumps: dict[int, float] | None = None, first: int = EVENT) -> Courses:
    """Ten tickets a day of mail, but for some days; twenty of vpn."""
    counts = np.column_stack([np.full(300, 10.0), np.full(300, 20.0)])
    counts += np.random.default_rng(0).integers(-3, 4, counts.shape)
    for place, value in (bumps or {}).items():
        counts[place, 0] = value
    counts[first, 0] = 60
    return Courses(
        DAYS[: first + 1], ("mail", "vpn"), expect(counts[: first + 1], np.zeros(first + 1, int), counts[:, 0], first), first
    )


def happening(day, number, what="normal", outcome="successful", service="mail", kind="change", hour=9):
    return {
        "kind": kind, "id": number, "at": DAYS[day] + pd.Timedelta(hours=hour), "service": service, "what": what, "outcome": outcome
    }  # fmt: skip


def test_a_popular_kind_of_change_does_not_win_by_nearness():
    daily = [happening(day, f"STD{day}-{n}", "standard") for day in range(40, EVENT + 1) for n in range(10)]
    rare = happening(EVENT - 3, "RARE", "emergency", "unsuccessful")
    found = precedents(pd.DataFrame([*daily, rare]), courses(), ("mail",), DAYS[EVENT], size=10)
    assert found.iloc[0]["id"] == "RARE"
    assert found.iloc[0]["unusual"]
    assert not found.iloc[1:]["unusual"].any()
    assert found.iloc[1:]["chance"].min() > 0.99
    assert found.iloc[1:]["weight"].max() < 0.05 * found.iloc[0]["weight"]


def test_a_kind_that_brought_such_excesses_before_comes_first():
    bumps = dict.fromkeys((100, 140, 180, 220), 60.0)
    harmful = [happening(day - 1, f"BAD{day}", "upgrade") for day in (100, 140, 180, 220, EVENT)]
    harmless = [happening(day, f"OK{day}", "patch") for day in (60, 110, 150, 190, 240, EVENT)]
    found = precedents(pd.DataFrame(harmful + harmless), courses(bumps), ("mail",), DAYS[EVENT], size=20)
    assert found["id"].tolist() == [f"BAD{EVENT}", f"OK{EVENT}"]
    assert (found.iloc[0]["alike"], found.iloc[0]["followed"]) == (4, 4)
    assert (found.iloc[1]["alike"], found.iloc[1]["followed"]) == (5, 0)
    assert found.iloc[0]["weight"] > 10 * found.iloc[1]["weight"]


def test_an_outcome_that_is_missing_is_a_kind_like_any_other():
    named, missing = (weights_of_an_outage("failed"), weights_of_an_outage(None))
    assert missing == pytest.approx(named)
    assert missing[0] > missing[1]


def weights_of_an_outage(outcome):
    """Of an outage of which four were followed by an excess, and of a kind never seen."""
    bumps = dict.fromkeys((100, 140, 180, 220), 60.0)
    harmful = [happening(day - 1, f"OUT{day}", "unplanned", outcome, kind="outage") for day in (100, 140, 180, 220, EVENT)]
    never_seen = happening(EVENT - 1, "NEW", "patch", kind="outage")
    found = precedents(pd.DataFrame([*harmful, never_seen]), courses(bumps), ("mail",), DAYS[EVENT], size=20)
    assert found["id"].tolist() == [f"OUT{EVENT}", "NEW"]
    assert (found.iloc[0]["alike"], found.iloc[0]["followed"]) == (4, 4)
    return found["weight"].tolist()


def test_numbers_that_a_pencil_can_check():
    rows = [happening(day, f"C{day}") for day in (100, 150, 200, EVENT - 1)]
    found = precedents(pd.DataFrame(rows), courses(), ("mail",), DAYS[EVENT], size=10).iloc[0]
    looked_back = EVENT - 3 - 28 + 1  # days that have an expectation and three days after them
    assert (found["id"], found["days_before"], found["alike"]) == (f"C{EVENT - 1}", 1, 3)
    assert found["per_month"] == pytest.approx(30 * 3 / looked_back)
    assert found["chance"] == pytest.approx(1 - np.exp(-3.5 / looked_back * 2))


def test_only_the_services_concerned_and_the_days_before():
    rows = [happening(EVENT - 1, "OTHER", service="vpn"), happening(EVENT - 4, "EARLY"), happening(EVENT + 1, "LATE")]
    assert precedents(pd.DataFrame(rows), courses(), ("mail",), DAYS[EVENT], size=10).empty
    assert precedents(pd.DataFrame(rows), courses(), (), DAYS[EVENT], size=10)["id"].tolist() == ["OTHER"]


def test_what_happened_on_the_day_itself_counts_as_before():
    found = precedents(
        pd.DataFrame([happening(EVENT, "OUT", "unplanned", None, kind="outage")]), courses(), ("mail",), DAYS[EVENT], size=9
    )
    assert found[["id", "days_before"]].values.tolist() == [["OUT", 0]]


def test_the_belief_in_all_of_them_is_less_than_certainty():
    rows = [happening(EVENT - 1, f"C{n}", f"kind {n}") for n in range(6)]
    assert precedents(pd.DataFrame(rows), courses(), ("mail",), DAYS[EVENT], size=10)["weight"].sum() < 1


def test_a_happening_without_a_time_or_service_is_no_precedent_of_a_service():
    rows = pd.DataFrame([happening(EVENT - 1, "A"), happening(EVENT - 1, "B", service=None)])
    rows.loc[0, "at"] = pd.NaT
    assert precedents(rows, courses(), ("mail",), DAYS[EVENT], size=10).empty


def test_a_frame_that_lacks_a_column_is_refused():
    with pytest.raises(ForecastError, match="found no kind"):
        precedents(pd.DataFrame({"id": []}), courses(), (), DAYS[EVENT], size=10)
