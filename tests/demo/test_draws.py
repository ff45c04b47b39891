"""The draws are exact integers, so a few literal values pin them on every platform."""

import numpy as np
import pytest

from tools.demo.draws import Draws


def test_the_raw_stream_of_a_seed_and_name_never_changes():
    assert Draws(7, "pin").below(1000, 5).tolist() == [927, 967, 106, 612, 124]


def test_streams_of_different_names_differ():
    assert Draws(7, "one").below(2**30, 8).tolist() != Draws(7, "two").below(2**30, 8).tolist()


def test_between_reaches_both_ends_and_nothing_else():
    assert set(Draws(7, "ends").between(3, 6, 500).tolist()) == {3, 4, 5, 6}


def test_a_limit_for_each_draw_is_kept():
    limits = np.array([1, 2, 3] * 200)
    drawn = Draws(7, "limits").below(limits, limits.size)
    assert (drawn < limits).all()
    assert drawn.max() == 2


@pytest.mark.parametrize(("permille", "expected"), [(0, 0), (1000, 4000)])
def test_chance_is_certain_at_its_ends(permille, expected):
    assert Draws(7, "chance").chance(permille, 4000).sum() == expected


def test_pick_follows_the_weights():
    share = np.bincount(Draws(7, "pick").pick([1, 0, 3], 20_000)) / 20_000
    assert share == pytest.approx([0.25, 0, 0.75], abs=0.01)


def test_a_curve_has_the_quantiles_it_wgiven_workspace():
    drawn = Draws(7, "curve").curve([(0, 0), (500, 100), (1000, 1000)], 20_000)
    assert np.quantile(drawn, [0.25, 0.5, 0.75]) == pytest.approx([50, 100, 550], rel=0.05)
    assert drawn.min() >= 0
    assert drawn.max() < 1000
