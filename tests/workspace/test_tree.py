"""Where a change comes from, and the rows behind a number."""

from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import fisher_exact

from itsq_analysis import Workspace, open_workspace
from itsq_analysis.errors import IndicatorError
from itsq_analysis.indicators.drill import _Drill


@pytest.fixture(scope="module")
def ws(demo: Path) -> Workspace:
    return open_workspace(demo)


def rows(*cells: tuple[str, str, bool, float, int]) -> pd.DataFrame:
    """Rows by group, service, whether later, numerator, and how often."""
    every = [(group, service, later, hit) for group, service, later, hit, times in cells for _ in range(times)]
    return pd.DataFrame(every, columns=["group", "service", "later", "numerator"])


def test_a_planted_fall_of_one_member_of_one_member_is_found() -> None:
    """Everything stays at 90 %, but of group A, service X, which falls to 40 %."""
    cells = []
    for group in "ABC":
        for service in "XY":
            for later in (False, True):
                good = 40 if later and (group, service) == ("A", "X") else 90
                cells += [(group, service, later, 1.0, good), (group, service, later, 0.0, 100 - good)]
    branches = _Drill("proportion", ("service", "group"), 1.0, 3).below(rows(*cells), (), 1.0)
    first = [branch for branch in branches if branch.depth == 1]
    assert sum(branch.contribution for branch in first) == pytest.approx(-50 / 600)
    assert [branch.path[-1] for branch in branches if branch.followed] == [("group", "A")]
    deepest = branches[1]
    assert deepest.path == (("group", "A"), ("service", "X"))
    assert (deepest.before, deepest.now, deepest.n_now) == (0.9, 0.4, 100)
    assert deepest.contribution == pytest.approx(-50 / 600)
    assert deepest.chance < 0.001


def test_where_all_move_alike_nobody_is_blamed() -> None:
    cells = [("A", "X", later, hit, 70 + 10 * (hit > 0) * later) for later in (False, True) for hit in (0.0, 1.0)]
    cells += [("B", "X", later, hit, 70 + 10 * (hit > 0) * later) for later in (False, True) for hit in (0.0, 1.0)]
    branches = _Drill("proportion", ("group", "service"), 1.0, 3).below(rows(*cells), (), 1.0)
    assert {branch.depth for branch in branches} == {1}
    assert min(branch.chance for branch in branches) > 0.5


def test_members_of_a_count_are_compared_with_the_others_by_fisher() -> None:
    table = rows(("A", "X", False, 1.0, 20), ("A", "X", True, 1.0, 60), ("B", "X", False, 1.0, 100), ("B", "X", True, 1.0, 100))
    drill = _Drill("count", ("group",), 2.0, 3)
    first = drill.below(table, (), 1.0)[0]
    assert (first.path[-1], first.before, first.contribution) == (("group", "B"), 200.0, -100.0)
    chance = drill.unlike(table, "group", drill.parts(table, "group", 1.0))
    assert chance == pytest.approx({"B": fisher_exact([[100, 60], [100, 20]]).pvalue})  # A grew: it does not drive a fall


def test_the_demo_leads_to_the_group_that_was_planted(ws: Workspace) -> None:
    tree = ws.tree("sla_resolution_met", "2026-09", "2026-10", language="en")
    whole, first = tree.iloc[0], tree.iloc[1]
    assert tree.loc[tree["depth"] == 1, "contribution"].sum() == pytest.approx(whole["contribution"])
    assert whole["contribution"] == pytest.approx(whole["now"] - whole["before"])
    assert (first["dimension"], first["member"]) == ("group", "Business Applications")
    assert ">Business Applications</td>" in tree._repr_html_()
    with pytest.raises(IndicatorError, match=r"found resolve_time_median, a quantile; use one of .*resolve_time_mean"):
        ws.tree("resolve_time_median")


def test_tickets_are_the_rows_that_make_the_number(ws: Workspace) -> None:
    value = ws.values("sla_resolution_met", "2026-10").iloc[0]
    missed, met = (ws.tickets("sla_resolution_met", "2026-10", met=told) for told in (False, True))
    assert (len(missed), len(met)) == (value["denominator"] - value["numerator"], value["numerator"])
    assert set(missed["sla_resolution_met"]) == {False}
    assert missed["opened_at"].notna().all()
    with pytest.raises(IndicatorError, match="met must be asked of a share"):
        ws.tickets("incidents_opened", "2026-10", met=True)
