"""A report of one service is the slice of the whole: the same cells, from the rows of that service alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from itsq_analysis import open_workspace
from itsq_analysis.indicators.cube import Cube, cube
from itsq_analysis.indicators.query import dimensions_of
from itsq_analysis.indicators.targets import agreed_targets

MONTHS = 13
NUMBERS = ["value", "numerator", "denominator", "n", "lower", "upper", "reason", "provisional"]
NUMBERS += [f"{name}_before" for name in NUMBERS[:6]]
PLACE = ["indicator", "period"]
TABLES = {"incidents", "requests", "changes", "surveys", "services", "outages"}
NOTHING = ["no_data_table", "no_data_column"]
SERVICES = ["订单门户 Order portal", "E-mail", "仓储管理 WMS"]


@pytest.fixture(scope="module")
def whole(demo: Path) -> Cube:
    return cube(open_workspace(demo).scope("2026-10"))


@pytest.fixture(scope="module")
def by_service(whole: Cube) -> list[str]:
    """Every indicator that is told by service."""
    catalogue = whole.scope.catalogue
    return [name for name, indicator in catalogue.items() if "service" in dimensions_of(indicator, catalogue)]


def alone(demo: Path, service: str) -> Cube:
    return cube(open_workspace(demo, services=[service]).scope("2026-10"))


def members(cells: Cube, ids: list[str], service: str) -> pd.DataFrame:
    """The service's cells of thirteen months, those that the dimension tells."""
    frame = cells.frame(ids, "service", MONTHS)
    return frame[frame["member"] == service].reset_index(drop=True)


@pytest.mark.parametrize("service", SERVICES)
def test_the_cells_of_one_service_alone_are_its_slice_of_the_whole(demo, whole, by_service, service):
    """Every column, also what was agreed for the service itself.

    Of a table that holds no row of the service nothing is measurable alone, where the whole counts none.
    """
    expected, found = members(whole, by_service, service), members(alone(demo, service), by_service, service)
    empty = found["reason"].isin(NOTHING)
    assert (expected.loc[empty, "value"].fillna(0) == 0).all()
    pd.testing.assert_frame_equal(found[~empty], expected[~empty], check_exact=True)


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_report_of_one_service_tells_in_all_is_the_same_but_for_promises_of_the_whole(demo, whole, by_service, service):
    """Target, status and certainty cannot be equal: what was agreed for all services together is no promise about one of them,
    and what was agreed for the service is told of the member, not of the whole.
    """
    expected, cells = members(whole, by_service, service), alone(demo, service)
    found = cells.frame(by_service, None, MONTHS)
    empty = {*found.loc[found["reason"].isin(NOTHING), "indicator"]}
    expected = expected[~expected["indicator"].isin(empty)].reset_index(drop=True)
    common = found.merge(expected[["indicator", "period"]])
    pd.testing.assert_frame_equal(common[[*PLACE, *NUMBERS]], expected[[*PLACE, *NUMBERS]], check_exact=True)
    told = found["indicator"].isin(expected["indicator"])
    assert (found.loc[~told, "status"] == "not measurable").all()  # a table without rows of the service has no such member
    assert {value.target_kind for value in agreed_targets(whole.scope) if value.dimension is None} == {"agreed"}
    assert not (found["target_kind"] == "agreed").any()
    assert not found["status"].isin(["met", "missed"]).any()


def test_the_services_have_rows_of_every_kind_and_exempted_tickets(whole, by_service):
    """Without them the tests above would compare nothing with nothing."""
    frame = pd.concat([members(whole, by_service, service) for service in SERVICES])
    assert {whole.scope.catalogue[name].table for name in frame.loc[frame["n"] > 0, "indicator"]} >= TABLES
    assert (frame["n"] != frame["n_before"]).any()
