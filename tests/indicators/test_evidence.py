"""Values are worked out again from the rows that are exported for them; a ticket is told where it counts."""

import io
from datetime import date
from math import isnan

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.cli.rows_file import csv_of
from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.computed import COMPUTED
from itsq_analysis.indicators.cube import cube
from itsq_analysis.indicators.evidence import evidence, ticket_frame
from itsq_analysis.indicators.evidence.computed import EVIDENCE
from itsq_analysis.indicators.evidence.evidence import rows_of
from itsq_analysis.indicators.evidence.recompute import recomputed
from itsq_analysis.indicators.evidence.ticket import periods_of
from itsq_analysis.indicators.query import dimensions_of
from tests.page.made import RULES, context, incidents

OCTOBER = "2026-10"


@pytest.fixture(scope="module")
def scope(demo):
    return open_workspace(demo).scope(OCTOBER)


def of_member(rows: pd.DataFrame, member: str | None) -> pd.DataFrame:
    return rows[rows["member"].isna() if member is None else rows["member"] == member]


def test_every_computed_indicator_names_its_rows() -> None:
    assert EVIDENCE.keys() == COMPUTED.keys()


def test_the_exported_rows_give_every_value_of_the_demo(scope) -> None:
    """Whole, through the CSV file that is exported; and of every member of one dimension, another for each indicator."""
    measured, wrong = 0, []
    by = {}
    for place, (name, indicator) in enumerate(scope.catalogue.items()):
        possible = dimensions_of(indicator, scope.catalogue)
        by[name] = possible[place % len(possible)] if possible else None
        cube(scope).want([name])
        cube(scope).want([name], by[name])
    for name, indicator in scope.catalogue.items():
        rows = rows_of(scope, name)
        exported = pd.read_csv(io.BytesIO(csv_of(rows)), encoding="utf-8-sig", dtype={"key": str, "part": str})
        told = [(cube(scope).value(name), exported)]
        if by[name]:
            rows = rows_of(scope, name, by[name])
            told += [(value, of_member(rows, value.member)) for value in cube(scope).values(name, by[name])]
        for value, own in told:
            if value.known:
                measured += 1
                if recomputed(indicator, own) != pytest.approx(value.value, rel=1e-9, abs=1e-9):
                    wrong.append((name, value.dimension, value.member))
    assert wrong == []
    assert measured > 300


def test_an_exempted_ticket_is_a_row_that_does_not_count() -> None:
    toml = RULES + '[[target]]\nindicator = "sla_resolution_met"\nvalue = "95%"\n'
    rows = [row | {"number": f"INC{place}"} for place, row in enumerate(incidents(40, late=4))]
    register = {"ticket": "INC0", "indicator": "sla_resolution_met", "reason": "agreed", "approved_by": "Board"}
    made = context(toml, incidents=rows, exemptions=[register | {"approved_on": date(2026, 11, 2)}])
    told = evidence(made.scope, "sla_resolution_met")
    assert (told.value.numerator, told.value.denominator, told.left_out) == (36, 39, {"exempted": 1})
    assert [one.ticket for one in told.exempted] == ["INC0"]
    assert told.agrees
    assert "INC0 (agreed; Board, 2026-11-02)" in repr(told)
    assert "as told" in told._repr_html_()
    assert not evidence(made.scope, "reopen_rate").exempted


def test_a_ticket_is_told_where_it_counts_and_where_not() -> None:
    first, *others = incidents(3, late=0)
    rows = [
        first | {"number": "INC0", "major": False, "reopen_count": 2},
        *(row | {"number": f"INC{n}"} for n, row in enumerate(others, 1)),
    ]
    made = context(RULES, incidents=rows)
    [period] = periods_of(made.scope, "INC0")
    assert period == made.scope.period
    frame = ticket_frame([made.scope], "INC0").set_index("indicator")
    assert frame.loc["reopen_rate", "place"] == "numerator"
    assert frame.loc["incidents_opened", "place"] == "counted"
    assert (frame.loc["major_incidents", "place"], frame.loc["major_incidents", "reason"]) == ("left out", "not_in_population")
    assert ticket_frame([made.scope], "INC1").set_index("indicator").loc["sla_resolution_met", "place"] == "numerator"
    with pytest.raises(IndicatorError, match="found 'INC9', which is neither"):
        periods_of(made.scope, "INC9")


def test_nothing_counts_of_a_period_without_rows() -> None:
    made = context(RULES, incidents=incidents(3, late=0))
    told = evidence(made.scope.workspace.scope("2026-01"), "reopen_rate")
    assert isnan(told.recomputed)
    assert told.rows.empty
    assert told.agrees


def test_an_unknown_member_is_refused_with_the_nearest(scope) -> None:
    with pytest.raises(IndicatorError, match="did you mean E-mail"):
        evidence(scope, "reopen_rate", "service", "Email")
