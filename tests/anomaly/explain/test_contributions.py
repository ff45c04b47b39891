"""Where an excess lies: what was planted comes first, what overlaps is told once, noise is told as nothing."""

import numpy as np
import pandas as pd
import pytest

from itsq_analysis.anomaly.explain.contributions import contributions
from itsq_analysis.errors import ForecastError
from tests.anomaly.explain.made import DAYS, noise, with_more


def told(found):
    """The members of the first line."""
    first = found.iloc[0]
    pairs = {first["first_dimension"]: first["first_member"], first["second_dimension"]: first["second_member"]}
    return {name: member for name, member in pairs.items() if pd.notna(name)}


def steady(members: dict[str, int], days: int = 70) -> pd.DataFrame:
    """The same tickets on every day."""
    rows = [(day, name, n) for day in DAYS[:days] for name, n in members.items()]
    return pd.DataFrame(rows, columns=["ds", "service", "n"])


def test_numbers_that_a_pencil_can_check():
    rows = pd.concat([steady({"mail": 10, "vpn": 5}), pd.DataFrame({"ds": [DAYS[69]], "service": "vpn", "n": 20})])
    found = contributions(rows, DAYS[69], DAYS[69])
    assert len(found) == 1
    first = found.iloc[0]
    assert (first["first_dimension"], first["first_member"], first["counted"]) == ("service", "vpn", 25)
    assert first["expected"] == pytest.approx(5, abs=0.05)
    assert first["excess"] == first["counted"] - first["expected"]
    assert first["lower"] <= first["excess"] <= first["upper"]
    assert found.attrs["counted"] == 35
    assert found.attrs["expected"] == pytest.approx(15, abs=0.05)
    assert found.attrs["up"]


def test_a_planted_pair_of_group_and_category_is_named_first():
    tickets = with_more(noise(3), [280, 281, 282], 15, group="g1", category="login")
    found = contributions(tickets, DAYS[280], DAYS[282])
    assert told(found) == {"group": "g1", "category": "login"}
    assert found.iloc[0]["excess"] == pytest.approx(45, abs=15)
    assert len(found) == 1


def test_an_excess_of_a_whole_member_is_not_told_as_a_pair():
    tickets = with_more(noise(4), [280, 281], 30, service="s3", group="g1")
    found = contributions(tickets.drop(columns="group"), DAYS[280], DAYS[281])
    assert told(found) == {"service": "s3"}


def test_the_same_tickets_are_told_once_with_the_first_dimension():
    tickets = with_more(noise(5), [280], 40, service="s3").drop(columns=["group", "category", "priority"])
    tickets["ci"] = tickets["service"].str.replace("s", "ci")
    found = contributions(tickets, DAYS[280], DAYS[280])
    assert len(found) == 1
    assert told(found) == {"service": "s3"}
    assert found.iloc[0]["also"] == {"ci": "ci3"}


def test_two_causes_are_two_lines_the_larger_first():
    tickets = with_more(with_more(noise(6), [280], 50, service="s2"), [280], 25, category="print", service="s5")
    found = contributions(tickets.drop(columns="group"), DAYS[280], DAYS[280])
    names = [set(row[["first_member", "second_member"]].dropna()) for _, row in found.iterrows()]
    assert "s2" in names[0]
    assert "s5" in names[1] or names[1] == {"print"}


def test_a_rise_of_everything_alike_is_told_as_one():
    tickets = noise(7)
    extra = tickets[tickets["ds"].isin(DAYS[280:283])]
    found = contributions(pd.concat([tickets, extra]), DAYS[280], DAYS[282])
    assert pd.isna(found.iloc[0]["first_dimension"])
    assert len(found) == 1
    assert found.iloc[0]["counted"] == 2 * len(extra)


def test_a_day_on_which_nothing_was_recorded_is_a_lack_of_everything():
    tickets = noise(8)
    found = contributions(tickets[tickets["ds"] != DAYS[281]], DAYS[281], DAYS[281])
    assert not found.attrs["up"]
    assert pd.isna(found.iloc[0]["first_dimension"])
    assert len(found) == 1
    assert found.iloc[0]["counted"] == 0
    assert found.iloc[0]["excess"] == -found.iloc[0]["expected"]


def test_a_holiday_is_no_excess_of_the_rest():
    tickets = noise(9)
    off = [*pd.date_range("2025-10-01", "2025-10-08"), *pd.date_range("2026-01-01", "2026-01-03")]
    few = tickets[~tickets["ds"].isin(off) | (np.arange(len(tickets)) % 6 == 0)]
    assert contributions(few, DAYS[213], DAYS[213], holidays="CN").empty  # 1 January
    assert not contributions(few, DAYS[213], DAYS[213]).empty


def test_noise_is_explained_at_most_as_often_as_stated():
    found = [
        len(contributions(noise(100 + seed), DAYS[start], DAYS[start + seed % 5])) for seed in range(40) for start in (240, 280)
    ]
    assert sum(lines > 0 for lines in found) <= 8  # 5 % of 80 is 4; more than 8 has a chance below 3 %


def test_at_most_the_lines_asked_for_and_never_a_trifle():
    """Three causes are three lines, or the larger two; 40 tickets beside 600 are none, though no chance."""
    three, beside = noise(10), with_more(with_more(noise(10), [280], 600, service="s2"), [280], 40, service="s5")
    for service, each in (("s2", 60), ("s0", 50), ("s5", 45)):
        three = with_more(three, [280], each, service=service)
    many, few = (contributions(three.drop(columns="group"), DAYS[280], DAYS[280], lines=lines) for lines in (5, 2))
    assert many["first_member"].tolist() == ["s2", "s0", "s5"]
    assert few["first_member"].tolist() == ["s2", "s0"]
    assert told(contributions(with_more(noise(10), [280], 40, service="s5"), DAYS[280], DAYS[280])) == {"service": "s5"}
    assert contributions(beside.drop(columns="group"), DAYS[280], DAYS[280])["first_member"].tolist() == ["s2"]


def test_members_that_nobody_knows_are_no_candidates():
    tickets = with_more(noise(11), [280], 40, service="s1")
    tickets.loc[tickets.index % 2 == 0, "category"] = None
    assert told(contributions(tickets.drop(columns="group"), DAYS[280], DAYS[280])) == {"service": "s1"}


def test_a_member_that_is_new_is_found():
    tickets = with_more(noise(12), [280], 12, service="brand new")
    assert told(contributions(tickets, DAYS[280], DAYS[280])) == {"service": "brand new"}


@pytest.mark.parametrize(
    ("frame", "message"),
    [(pd.DataFrame({"day": []}), "must have a column ds"), (steady({"mail": 1}, 20), "must have 28 days")],
    ids=["no ds", "short"],
)
def test_what_cannot_be_explained_says_why(frame, message):
    with pytest.raises(ForecastError, match=message):
        contributions(frame, DAYS[19], DAYS[19])
