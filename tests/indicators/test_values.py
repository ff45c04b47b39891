"""The value frame on tables small enough for a pencil."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy import stats

from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators import load_catalogue
from itsq_analysis.indicators.query import Catalogue
from itsq_analysis.periods import history, parse_period
from itsq_analysis.settings import Settings, parse_settings
from tests.evaluated import values
from tests.tables import Tables, connect, moment, tables

RULES = '[[sla]]\ncalendar = "7x24"\nresolution = "8h"\n'
HOSTILE = "' OR 1=1 --"
# Opened, resolved, in Shanghai's time; hours to resolve: 1, 2, 3, 10; one open, one closed without resolution, one canceled.
INCIDENTS = [
    {"opened_at": "2026-10-01 00:00", "resolved_at": "2026-10-01 01:00", "priority": 1, "service": "A", "reopen_count": 0},
    {"opened_at": "2026-10-31 23:00", "resolved_at": "2026-11-01 01:00", "priority": 1, "service": "A", "reopen_count": 1},
    {"opened_at": "2026-10-05 09:00", "resolved_at": "2026-10-05 12:00", "priority": 2, "service": HOSTILE, "reopen_count": 1},
    {"opened_at": "2026-10-06 09:00", "resolved_at": "2026-10-06 19:00", "priority": 2, "service": None, "reopen_count": None},
    {"opened_at": "2026-08-15 09:00", "priority": 3, "service": "A", "state": "in_progress"},
    {"opened_at": "2026-10-07 09:00", "closed_at": "2026-10-09 09:00", "priority": 3, "service": "A", "state": "closed"},
    {"opened_at": "2026-10-08 09:00", "updated_at": "2026-10-08 10:00", "priority": 3, "service": "A", "state": "canceled"},
    {"opened_at": "2026-09-30 23:59", "resolved_at": "2026-11-02 09:00", "priority": 3, "service": "A", "reopen_count": 0},
]  # fmt: skip


def ask(
    data: Tables,
    ids: Sequence[str] | None,
    periods: str = "2026-10",
    by: str | Sequence[str] | None = None,
    as_of: str = "2027-01-01 00:00",
    settings: str | Settings = RULES,
    catalogue: Catalogue | None = None,
    past: int = 1,
) -> pd.DataFrame:
    known = moment(as_of)
    assert known is not None
    asked = [period for text in periods.split() for period in history(parse_period(text), past)]
    chosen = settings if isinstance(settings, Settings) else parse_settings(settings, "tests")
    return values(connect(data), catalogue or load_catalogue(), chosen, ids, asked, by, known)


def one(indicator: str, data: Tables, **how: Any) -> dict[str, Any]:
    frame = ask(data, [indicator], **how)
    assert len(frame) == 1
    return dict(frame.iloc[0])


def texts(column: pd.Series[str]) -> list[str | None]:
    return [None if pd.isna(cell) else cell for cell in column]


@pytest.fixture(scope="module")
def data() -> Tables:
    return tables(incidents=INCIDENTS)


def test_columns_and_types(data: Tables) -> None:
    frame = ask(data, ["incidents_opened", "reopen_rate"], by="service")
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **dict.fromkeys(("indicator", "period"), "str"),
        **dict.fromkeys(("start", "end"), "object"),
        **dict.fromkeys(("dimension", "member"), "str"),
        **dict.fromkeys(("value", "numerator", "denominator"), "float64"),
        "n": "Int64",
        **dict.fromkeys(("lower", "upper", "target"), "float64"),
        **dict.fromkeys(("target_kind", "status", "certainty"), "str"),
        "provisional": "bool",
        "reason": "str",
    }
    assert (frame["start"][0].isoformat(), frame["end"][0].isoformat()) == ("2026-10-01", "2026-11-01")


def test_empty_question_has_the_same_columns(data: Tables) -> None:
    assert ask(data, []).dtypes.equals(ask(data, ["incidents_opened"]).dtypes)


@pytest.mark.parametrize(
    ("indicator", "value", "n"),
    [
        ("incidents_opened", 6, 6),
        ("incidents_resolved", 3, 3),  # not the closed one, not the canceled one
        ("incidents_ended", 5, 5),
        ("incident_net_flow", 1, 11),
        ("incident_backlog", 3, 3),  # open since August, opened on 30 September, opened at 23:00
        ("resolve_time_median", 3, 3),
        ("resolve_time_mean", (1 + 3 + 10) / 3, 3),
        ("resolve_time_p90", 3 + 0.8 * 7, 3),  # rank 1.8 of 0, 1, 2: between 3 and 10
        ("reopen_rate", 1 / 2, 2),  # of the three resolved, one is not known
        ("backlog_age_median", 32 * 24 - 24 + 1 / 60, 3),  # 31 days and a minute
        ("backlog_over_30d_share", 2 / 3, 3),
    ],
)
def test_pencil(data: Tables, indicator: str, value: float, n: int) -> None:
    row = one(indicator, data)
    assert (row["value"], row["n"]) == (pytest.approx(value), n)


def test_month_ends_at_local_midnight(data: Tables) -> None:
    """Opened on 31 October 23:00 in Shanghai (15:00 UTC), resolved on 1 November: one day decides."""
    frame = ask(data, ["incidents_resolved", "incident_backlog"], "2026-10-31 2026-11-01")
    assert frame["value"].tolist() == [0, 1, 3, 2]


def test_bounds_are_half_open() -> None:
    at_start, at_end = {"opened_at": "2026-10-01 00:00"}, {"opened_at": "2026-11-01 00:00"}
    leaves = {"opened_at": "2026-10-02", "resolved_at": "2026-11-01 00:00"}
    data = tables(incidents=[at_start, at_end, leaves])
    assert one("incidents_opened", data)["value"] == 2
    assert one("incident_backlog", data)["value"] == 2  # at_start, and leaves: open until the very end
    assert one("incidents_resolved", data)["value"] == 0


def test_several_periods_come_in_their_order_also_overlapping(data: Tables) -> None:
    frame = ask(data, ["incidents_opened"], "2026-Q4 2026-10 2026-09 2026-10-05..2026-10-07")
    assert frame[["period", "value"]].values.tolist() == [
        ["2026-Q4", 6], ["2026-10", 6], ["2026-09", 1], ["2026-10-05..2026-10-07", 3],
    ]  # fmt: skip


def test_gaps_between_periods_are_not_counted(data: Tables) -> None:
    frame = ask(data, ["incidents_opened", "incident_backlog"], "2026-10-01 2026-10-06 2026-10-31")
    assert frame["value"].tolist() == [1, 1, 1, 2, 2, 3]


def test_by_dimension_every_member_in_every_period(data: Tables) -> None:
    frame = ask(data, ["incidents_opened", "reopen_rate"], "2026-09 2026-10", by="service")
    assert texts(frame["member"]) == [HOSTILE, "A", None] * 4
    assert (frame["dimension"] == "service").all()
    assert frame["value"].tolist()[:6] == [0, 1, 0, 1, 4, 1]
    unknown = frame.iloc[-1]
    assert (unknown["reason"], unknown["n"], unknown["denominator"]) == ("empty_population", 0, 0)


def test_several_dimensions_each_on_its_own(data: Tables) -> None:
    frame = ask(data, ["incidents_opened"], "2026-09 2026-10", by=["priority", "channel"])
    assert frame[["period", "dimension"]].values.tolist() == [
        *[["2026-09", "priority"]] * 3, ["2026-09", "channel"], *[["2026-10", "priority"]] * 3, ["2026-10", "channel"],
    ]  # fmt: skip
    assert frame["value"].tolist() == [0, 0, 1, 1, 2, 2, 2, 6]


def test_dimensions_of_other_tables() -> None:
    data = tables(
        incidents=[{"opened_at": "2026-10-05", "service": "A", "assignment_group": "G"}] * 2 + [{"opened_at": "2026-10-06"}],
        services=[{"service": "A", "tier": 1, "supplier": "S"}],
        groups=[{"assignment_group": "G", "team": "T", "level": 2}],
    )
    for dimension, member in (("tier", "1"), ("team", "T"), ("level", "2"), ("supplier", "S"), ("group", "G")):
        frame = ask(data, ["incidents_opened"], by=dimension)
        assert texts(frame["member"]) == [member, None]
        assert frame["value"].tolist() == [2, 1]


def test_intervals(data: Tables) -> None:
    assert one("incidents_opened", data)["upper"] == pytest.approx(stats.chi2.ppf(0.975, 14) / 2)
    rate = one("reopen_rate", data)
    z, n = stats.norm.ppf(0.975), 2
    half = z * sqrt(0.25 / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    assert (rate["lower"], rate["upper"]) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))
    mean = one("resolve_time_mean", data)
    low, high = stats.t.interval(0.95, 2, 14 / 3, stats.sem([1, 3, 10]))
    assert (mean["lower"], mean["upper"]) == (pytest.approx(low), pytest.approx(high))
    assert isnan(one("resolve_time_median", data)["lower"])  # three values enclose no median


def test_interval_of_a_quantile() -> None:
    """Ten values: ranks 2 and 9."""
    rows = [{"opened_at": "2026-10-05 00:00", "resolved_at": f"2026-10-05 {hour:02d}:00"} for hour in range(10, 0, -1)]
    row = one("resolve_time_median", tables(incidents=rows))
    assert (row["value"], row["lower"], row["upper"]) == (5.5, 2, 9)


class TestAsOf:
    def test_nothing_later_counts(self, data: Tables) -> None:
        frame = ask(data, ["incidents_opened", "incidents_resolved", "incident_backlog"], as_of="2026-10-06 12:00")
        assert frame["value"].tolist() == [3, 2, 3]  # the fourth is opened, not resolved; August and September are open
        assert frame["provisional"].all()
        assert (frame["reason"].str.split("; ").str[0] == "period_incomplete").all()

    def test_the_moment_itself_is_not_known(self, data: Tables) -> None:
        assert one("incidents_resolved", data, as_of="2026-10-06 19:00")["value"] == 2
        assert one("incidents_opened", data, as_of="2026-10-06 09:00")["value"] == 2

    def test_a_period_that_has_not_begun(self, data: Tables) -> None:
        frame = ask(data, ["incidents_opened", "reopen_rate", "incident_net_flow"], "2026-12 2026-09", as_of="2026-12-01 00:00")
        late = frame[frame["period"] == "2026-12"]
        assert (late["reason"] == "not_started").all()
        assert late[["value", "n", "lower"]].isna().all(axis=None)
        assert (late["status"] == "not measurable").all()
        assert frame[frame["period"] == "2026-09"]["value"].notna().tolist() == [True, False, True]

    def test_later_answers_are_no_answers(self) -> None:
        survey = {"sent_at": "2026-10-05", "answered_at": "2026-10-20", "score": 5}
        row = one("survey_response_rate", tables(surveys=[survey, survey]), as_of="2026-10-10 00:00")
        assert (row["value"], row["n"]) == (0, 2)

    def test_promises_may_lie_ahead(self) -> None:
        row = {"opened_at": "2026-10-05", "sla_due_at": "2026-10-25"}
        assert one("open_breached", tables(incidents=[row]), as_of="2026-10-20 00:00")["value"] == 0
        assert one("open_breached", tables(incidents=[row]), as_of="2026-10-26 00:00")["value"] == 1

    def test_follow_up(self, data: Tables) -> None:
        row = one("reopen_rate", data, as_of="2026-11-10 00:00")
        assert (row["provisional"], row["reason"]) == (True, "followup_incomplete")
        assert not one("reopen_rate", data, as_of="2026-11-15 00:00")["provisional"]
        assert not one("resolve_time_median", data, as_of="2026-11-01 00:00")["provisional"]


class TestMissing:
    def test_empty_population_has_no_value(self, data: Tables) -> None:
        row = one("reopen_rate", data, periods="2026-12")
        assert isnan(row["value"])
        assert (row["reason"], row["status"], row["n"]) == ("empty_population", "not measurable", 0)

    def test_no_rows_at_all(self) -> None:
        for indicator in ("incidents_opened", "incident_backlog", "reopen_rate", "incident_net_flow", "csat", "failed_changes"):
            row = one(indicator, tables())
            assert isnan(row["value"])
            assert row["reason"] == "no_data_table"

    def test_true_zero(self, data: Tables) -> None:
        row = one("incidents_opened", data, periods="2026-12")
        assert (row["value"], row["n"], pd.isna(row["reason"])) == (0, 0, True)
        assert row["upper"] == pytest.approx(3.688879)

    def test_before_the_first_record(self, data: Tables) -> None:
        frame = ask(data, ["incidents_opened", "incident_backlog"], "2026-07 2026-08")
        assert texts(frame["reason"]) == ["before_data", None] * 2

    def test_a_column_nobody_fills(self, data: Tables) -> None:
        for indicator in ("major_incidents", "problem_linked_share", "first_contact_resolution_rate", "incidents_per_100_changes"):
            assert one(indicator, data)["reason"] == "no_data_column"
        filled = tables(incidents=[{"opened_at": "2026-10-05", "major": False}])
        assert one("major_incidents", filled)["value"] == 0

    def test_without_sla_rules(self) -> None:
        filled = tables(incidents=[{**row, "sla_resolution_met": True, "made_sla": True} for row in INCIDENTS])
        for indicator in ("sla_resolution_met", "sla_response_met", "open_breached"):
            row = one(indicator, filled, settings="")
            assert (row["reason"], row["status"]) == ("no_sla_rules", "not measurable")
        assert one("sla_resolution_met", filled)["value"] == 1
        assert one("sla_resolution_flagged", filled, settings="")["n"] == 4  # three resolved, one closed; the canceled one not

    def test_a_division_by_zero_is_not_a_number(self, tmp_path: Path) -> None:
        entry = """
        [[indicator]]
        id = "speed"
        section = "3.2"
        title = "Speed"
        population = "incidents"
        table = "incidents"
        time = "opened_at"
        kind = "KIND"
        of = "1.5 / reopen_count"
        unit = "x"
        better = "none"
        """
        (tmp_path / "own.toml").write_text(
            entry.replace("KIND", "mean") + entry.replace("KIND", "sum").replace("speed", "total"), "utf-8"
        )
        data = tables(incidents=[{"opened_at": "2026-10-05", "reopen_count": count} for count in (0, 1, 2, None)])
        frame = ask(data, ["speed", "total"], catalogue=load_catalogue(tmp_path))
        assert frame["value"].tolist() == [1.125, 2.25]
        assert frame["n"].tolist() == [2, 2]

    def test_an_overflow_on_the_rows_is_told(self, tmp_path: Path) -> None:
        text = """
        [[indicator]]
        id = "big"
        section = "3.2"
        title = "Big"
        population = "incidents"
        table = "incidents"
        time = "opened_at"
        kind = "sum"
        of = "reopen_count * 9000000000000000000"
        unit = "x"
        better = "none"
        """
        (tmp_path / "own.toml").write_text(text, "utf-8")
        with pytest.raises(IndicatorError, match=r"must be computable on every row; found .*Overflow"):
            ask(tables(incidents=[{"opened_at": "2026-10-05", "reopen_count": 3}]), ["big"], catalogue=load_catalogue(tmp_path))


class TestRatio:
    def test_incidents_per_100_changes(self) -> None:
        data = tables(
            incidents=[{"opened_at": "2026-10-05", "caused_by_change": "C", "service": service} for service in "AAB"],
            changes=[
                {"closed_at": "2026-10-05", "state": state, "service": "A"} for state in ("closed", "closed", None, "canceled")
            ],
        )
        row = one("incidents_per_100_changes", data)
        assert (row["value"], row["numerator"], row["denominator"], row["n"]) == (100, 3, 3, 3)
        assert row["upper"] == pytest.approx(stats.chi2.ppf(0.975, 8) / 2 / 3 * 100)
        frame = ask(data, ["incidents_per_100_changes"], by="service")
        assert frame["member"].tolist() == ["A", "B"]
        assert frame["value"].fillna(-1).tolist() == [pytest.approx(200 / 3), -1]
        assert frame["reason"].tolist()[1] == "empty_population"


def resolved(count: int, reopened: int) -> Tables:
    rows = [{"opened_at": "2026-10-05", "resolved_at": "2026-10-06", "priority": 1 + k % 2} for k in range(count)]
    return tables(incidents=[{**row, "reopen_count": int(k < reopened)} for k, row in enumerate(rows)])


@pytest.fixture(scope="module")
def many() -> Tables:
    return resolved(100, 10)


class TestTarget:
    @staticmethod
    def agreed(value: float, more: str = "") -> str:
        return f'[[target]]\nindicator = "reopen_rate"\nvalue = {value}\n{more}\n'

    @pytest.mark.parametrize(
        ("target", "status", "certainty"),
        [
            (0.2, "met", "certain"),  # 10 %, 5.5 to 17.4
            (0.15, "met", "could be chance"),
            (0.1, "met", "could be chance"),
            (0.08, "missed", "could be chance"),
            (0.05, "missed", "certain"),
        ],
    )
    def test_status_is_the_value_certainty_the_interval(self, many: Tables, target: float, status: str, certainty: str) -> None:
        row = one("reopen_rate", many, settings=self.agreed(target))
        assert (row["status"], row["certainty"], row["target"], row["target_kind"]) == (status, certainty, target, "agreed")

    def test_reference_is_never_missed(self, many: Tables) -> None:
        row = one("reopen_rate", many)
        assert (row["status"], row["target"], row["target_kind"]) == ("no target", 0.03, "reference")
        assert pd.isna(row["certainty"])
        own = one("reopen_rate", many, settings=self.agreed(0.04, 'kind = "reference"'))
        assert (own["status"], own["target"]) == ("no target", 0.04)

    def test_scope(self, many: Tables) -> None:
        frame = ask(many, ["reopen_rate"], by="priority", settings=self.agreed(0.05, "scope = { priority = 2 }"))
        assert frame["status"].tolist() == ["no target", "missed"]
        assert frame["target_kind"].tolist() == ["reference", "agreed"]

    def test_valid_from(self, many: Tables) -> None:
        frame = ask(many, ["reopen_rate"], "2026-09 2026-10", settings=self.agreed(0.05, "valid_from = 2026-10-01"))
        assert frame["target_kind"].tolist() == ["reference", "agreed"]

    def test_few_are_too_few(self) -> None:
        few = resolved(19, 19)
        row = one("reopen_rate", few, settings=self.agreed(0.05))
        assert (row["status"], row["certainty"], row["reason"]) == ("missed", "too few to tell", "too_few")

    def test_a_count_is_never_too_few(self, data: Tables) -> None:
        row = one("incident_backlog", data, settings='[[target]]\nindicator = "incident_backlog"\nvalue = 0\n')
        assert (row["status"], row["certainty"], pd.isna(row["reason"])) == ("missed", "certain", True)

    def test_higher_is_better(self) -> None:
        flags = tables(
            incidents=[{"opened_at": "2026-10-05", "resolved_at": "2026-10-06", "made_sla": k >= 10} for k in range(200)]
        )
        for target, status, certainty in ((0.9, "met", "certain"), (0.95, "met", "could be chance"), (0.99, "missed", "certain")):
            row = one(
                "sla_resolution_flagged", flags, settings=f'[[target]]\nindicator = "sla_resolution_flagged"\nvalue = {target}\n'
            )
            assert (row["value"], row["status"], row["certainty"]) == (0.95, status, certainty)

    def test_without_a_direction_nothing_is_judged(self, data: Tables) -> None:
        row = one("incidents_opened", data, settings='[[target]]\nindicator = "incidents_opened"\nvalue = 5\n')
        assert (row["status"], row["target"]) == ("no target", 5)


class TestRefused:
    def test_unknown_id(self, data: Tables) -> None:
        with pytest.raises(IndicatorError, match=r"found 'reopenrate'; did you mean reopen_rate"):
            ask(data, ["reopenrate"])

    def test_unknown_dimension(self, data: Tables) -> None:
        with pytest.raises(IndicatorError, match=r"found 'servce'; did you mean service"):
            ask(data, None, by="servce")

    def test_a_dimension_that_the_table_lacks(self, data: Tables) -> None:
        with pytest.raises(IndicatorError, match=r"csat_score must be asked by .*found 'priority'; use service, tier, group"):
            ask(data, ["incidents_opened", "csat_score"], by="priority")

    def test_without_ids_such_indicators_are_left_out(self, data: Tables) -> None:
        catalogue = {name: entry for name, entry in load_catalogue().items() if entry.kind != "computed"}
        frame = ask(data, None, by="priority", catalogue=catalogue)
        assert "incidents_opened" in set(frame["indicator"])
        assert "csat_score" not in set(frame["indicator"])

    def test_computed_without_calendars(self) -> None:
        data = tables(
            services=[{"service": "A", "calendar": "7x24"}],
            outages=[{"service": "A", "started_at": "2026-10-05", "restored_at": "2026-10-06"}],
        )
        with pytest.raises(IndicatorError, match="calendars="):
            ask(data, ["availability"])
