"""The palette measured: contrast, colour blindness (Machado, Oliveira and Fernandes 2009, severity 1) and greyscale."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from itsq_analysis.charts.heat_grid import SHADES
from itsq_analysis.charts.palette import DARK, LIGHT, SERIES, colour, concrete

Vector = NDArray[np.float64]
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def channels(text: str) -> Vector:
    return np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)]) / 255


def linear(values: Vector) -> Vector:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(light: Vector) -> Vector:
    xyz = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: Vector, other: Vector) -> float:
    light, dark = sorted((float(TO_XYZ[1] @ linear(one)), float(TO_XYZ[1] @ linear(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@PALETTES
@pytest.mark.parametrize("sight", SIGHT)
def test_series_and_statuses_keep_apart_for_every_eye(palette: dict[str, str], sight: str) -> None:
    seen = {role: lab(SIGHT[sight] @ linear(channels(palette[role]))) for role in (*SERIES, "met", "missed")}
    for one, other in [*combinations(SERIES, 2), ("met", "missed")]:
        assert float(np.linalg.norm(seen[one] - seen[other])) >= 12, (one, other)


@PALETTES
def test_neighbours_differ_in_greyscale(palette: dict[str, str]) -> None:
    lightness = [float(lab(linear(channels(palette[role])))[0]) for role in SERIES]
    assert min(abs(a - b) for a, b in pairwise(lightness)) >= 9


@PALETTES
def test_marks_and_words_stand_out_from_the_page(palette: dict[str, str]) -> None:
    paper = channels(palette["paper"])
    assert [role for role in (*SERIES, "met", "missed") if contrast(channels(palette[role]), paper) < 3] == []
    assert [role for role in ("ink", "muted", "met", "missed") if contrast(channels(palette[role]), paper) < 4.5] == []


@PALETTES
def test_a_number_in_a_shaded_cell_can_be_read(palette: dict[str, str]) -> None:
    paper, tone = channels(palette["paper"]), channels(palette["c1"])
    for shade in SHADES:
        ground = shade * tone + (1 - shade) * paper
        assert contrast(channels(palette["paper" if shade > 0.5 else "ink"]), ground) >= 4.5


def test_both_palettes_have_the_same_roles() -> None:
    assert set(LIGHT) == set(DARK) > set(SERIES)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(KeyError, match="one of paper, ink"):
        colour("blue")


def test_data_and_texts_keep_what_looks_like_a_token() -> None:
    spec = {"title": {"text": "var(--c1)"}, "data": {"values": [{"label": "var(--c1)"}]}, "mark": {"color": "var(--c1)"}}
    assert concrete(spec) == spec | {"mark": {"color": LIGHT["c1"]}}
