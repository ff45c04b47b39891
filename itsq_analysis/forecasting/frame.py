"""The long frame `unique_id, ds, y`: checked, its step and seasons found, and laid out as panels."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from itsq_analysis.errors import ForecastError
from itsq_analysis.forecasting.clock import begins_at_a_change, from_midnight
from itsq_analysis.forecasting.panel import Bools, Grid, Ints, Panel
from itsq_analysis.forecasting.seasons import heard_season
from itsq_analysis.forecasting.slots import open_slots
from itsq_analysis.forecasting.steps import Step, find_step, off_grid, parse_step, place, whole_numbers

COLUMNS = ("unique_id", "ds", "y")
MOST_Y = 1e100  # squares and sums of squares of anything larger overflow
MOST_CELLS = 20_000_000  # of a panel that is mostly empty
MOST_AT_ONCE = 1_000_000_000  # of any panel
LEAST_FILLED = 0.3
HOURS_OF_A_DAY = (24, 48, 96, 288)  # seasons that are a day, where nothing is known of the time
MOST_COLUMNS = 12_000  # of history that is looked at, per series


@dataclass(frozen=True)
class Layout:
    """A checked frame: panels of series with the same open slots, and how places become `ds` again.

    Attributes:
        panels: every series is in one of them.
        zone: of `ds` where it is aware.
        numbered: whether `ds` are whole numbers instead of timestamps.
        step: the frame's step.
    """

    panels: tuple[Panel, ...]
    zone: tzinfo | None
    numbered: bool
    step: Step


def check_horizon(horizon: Any) -> int:
    """A horizon as a whole number of steps, at least 1.

    Raises:
        ForecastError: it is not.
    """
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon < 1:
        raise ForecastError(f"horizon must be a whole number of steps, 1 or more; found {horizon!r}; give for example horizon=28")
    return int(horizon)


def lay_out(
    frame: pd.DataFrame, freq: str | None = None, season_length: int | Sequence[int] | None = None, most: int = MOST_COLUMNS
) -> Layout:
    """Check a long frame and lay it out.

    Args:
        frame: columns unique_id, ds (timestamps, or whole numbers), y (numbers; missing = not known); rows in any order.
        freq: the step; None finds it.
        season_length: the main season, or all of them, in steps; None takes those of the step.
        most: columns of history that are kept, per series.

    Raises:
        ForecastError: naming series, row and remedy.
    """
    ids, stamps, y, zone = _checked(frame)
    numbered = not isinstance(stamps, pd.DatetimeIndex)
    codes, names = _codes(ids)
    order = np.lexsort((stamps if numbered else stamps.asi8, codes))
    rows = order
    codes, y, stamps = codes[order], y[order], stamps[order]
    step = Step() if numbered else _step(stamps, codes, freq)
    number = np.asarray(stamps, dtype="int64") if numbered else _numbers(step, stamps, names, codes, rows, zone)
    codes, number, y = _unique(codes, number, y, names, stamps, rows, zone)
    chosen = _seasons(season_length)
    panels: list[Panel] = []
    for pattern, members in open_slots(step, codes, number, len(names)):
        grid = Grid(step, pattern)
        panels += [_panel(grid, names, band, codes, number, y, chosen, most) for band in _bands(members, codes, number, most)]
    return Layout(tuple(panels), zone, numbered, step)


def _checked(frame: pd.DataFrame) -> tuple[Any, Any, npt.NDArray[np.float64], tzinfo | None]:
    """ids, naive local timestamps (or whole numbers), values and the zone."""
    if not isinstance(frame, pd.DataFrame):
        raise ForecastError(
            f"frame must be a pandas DataFrame with the columns unique_id, ds, y; found {type(frame).__name__}; convert it"
        )
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ForecastError(
            f"frame must have the columns unique_id, ds, y; found {', '.join(map(str, frame.columns)) or 'none'}; "
            f"rename or add {', '.join(missing)}"
        )
    if frame.columns.duplicated().any():
        raise ForecastError(f"every column must be there once; found {', '.join(map(str, frame.columns))}; drop the second one")
    if not len(frame):
        raise ForecastError("frame must have at least one row; found none; check what it was filtered by")
    ids = frame["unique_id"]
    if ids.isna().any():
        row = int(np.flatnonzero(ids.isna())[0])
        raise ForecastError(
            f"every row must name its series; found none in row {row}; fill unique_id, for example with '(unknown)'"
        )
    stamps, zone = _stamps(frame["ds"], ids)
    return ids, stamps, _values(frame["y"], ids, frame["ds"]), zone


def _stamps(ds: pd.Series, ids: pd.Series) -> tuple[Any, tzinfo | None]:
    """Naive local timestamps, or whole numbers."""
    if ds.isna().any():
        row = int(np.flatnonzero(ds.isna())[0])
        raise ForecastError(f"every row must have a timestamp; found none in row {row} (series {ids.iloc[row]!r}); drop or fill it")
    if whole_numbers(ds):
        return ds.to_numpy(dtype="int64"), None
    if isinstance(ds.dtype, pd.PeriodDtype):
        ds = ds.dt.to_timestamp()
    if not isinstance(ds.dtype, pd.DatetimeTZDtype) and not pd.api.types.is_datetime64_dtype(ds):
        ds = _parsed(ds, ids)
    zone = ds.dt.tz
    naive = ds.dt.tz_localize(None) if zone is not None else ds
    stamps = pd.DatetimeIndex(naive).as_unit("us")
    return (stamps if zone is None else from_midnight(stamps, zone)), zone


def _parsed(ds: pd.Series, ids: pd.Series) -> pd.Series:
    """Text, dates or mixed objects as timestamps of one zone."""
    zones = {str(getattr(value, "tzinfo", None)) for value in ds if hasattr(value, "tzinfo")}
    if len(zones) > 1:
        first = str(getattr(ds.iloc[0], "tzinfo", None))
        row = next(place for place, value in enumerate(ds) if str(getattr(value, "tzinfo", None)) != first)
        raise ForecastError(
            f"ds must be in one time zone; found {', '.join(sorted(zones))} (row {row}, series {ids.iloc[row]!r}); "
            "convert with .dt.tz_convert, or .dt.tz_localize the naive ones"
        )
    if pd.api.types.is_numeric_dtype(ds):
        raise ForecastError(f"ds must hold timestamps or whole numbers; found {ds.dtype}; convert it with pd.to_datetime")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Could not infer format", UserWarning)
            return pd.Series(pd.to_datetime(ds), index=ds.index)
    except (ValueError, TypeError) as error:
        parsed = pd.to_datetime(ds, errors="coerce", utc=True, format="mixed")
        bad = np.flatnonzero(parsed.isna())
        row = int(bad[0]) if len(bad) else 0
        remedy = "correct it" if len(bad) else "write all of them in one zone and format"
        raise ForecastError(
            f"ds must hold timestamps; found {ds.iloc[row]!r} in row {row} (series {ids.iloc[row]!r}); {remedy}"
        ) from error


def _values(y: pd.Series, ids: pd.Series, ds: pd.Series) -> npt.NDArray[np.float64]:
    odd = pd.api.types.is_datetime64_any_dtype(y) or pd.api.types.is_timedelta64_dtype(y) or pd.api.types.is_complex_dtype(y)
    numbers = np.full(len(y), np.nan) if odd else _numeric(y)
    wrong = np.isnan(numbers) & y.notna().to_numpy()
    if wrong.any() or odd:
        row = int(wrong.argmax())
        raise ForecastError(
            f"y must be numbers; found {y.iloc[row]!r} in row {row} (series {ids.iloc[row]!r}, ds {ds.iloc[row]}); "
            "correct it, or leave it empty where it is not known"
        )
    endless = np.abs(numbers) > MOST_Y
    if endless.any():
        row = int(endless.argmax())
        rule = "finite" if np.isinf(numbers[row]) else f"within {MOST_Y:g} of zero"
        raise ForecastError(
            f"y must be {rule}; found {numbers[row]} in row {row} (series {ids.iloc[row]!r}, ds {ds.iloc[row]}); "
            "leave it empty where it is not known"
        )
    return numbers


def _numeric(y: pd.Series) -> npt.NDArray[np.float64]:
    """Numbers, NaN for what is none; a whole number that no float holds is infinite."""
    if y.dtype == object:
        y = y.map(lambda value: np.inf if isinstance(value, int) and abs(value) > MOST_Y else value)
    return np.asarray(pd.to_numeric(y, errors="coerce").to_numpy(dtype="float64", na_value=np.nan))


def _codes(ids: pd.Series) -> tuple[Ints, npt.NDArray[Any]]:
    """A number per series, in the order of the names."""
    values = ids.astype("str") if ids.dtype == object or isinstance(ids.dtype, pd.CategoricalDtype) else ids
    codes, names = pd.factorize(values, sort=True)
    return codes.astype("int64"), np.asarray(names)


def _step(stamps: pd.DatetimeIndex, codes: Ints, freq: str | None) -> Step:
    step = find_step(stamps, codes) if freq is None else parse_step(freq)
    return place(step, stamps)


def _numbers(step: Step, stamps: pd.DatetimeIndex, names: Any, codes: Ints, rows: Ints, zone: tzinfo | None) -> Ints:
    off = off_grid(step, stamps)
    if off.any() and zone is not None and not step.months:
        off[off] = ~begins_at_a_change(stamps[off], step.stamps(step.number(stamps[off])), zone)
    if off.any():
        at = int(off.argmax())
        raise ForecastError(
            f"timestamps must lie {step.name} apart; found {stamps[at]} (series {names[codes[at]]!r}, row {rows[at]}); "
            "sum the values up to one step (series() does), or give freq"
        )
    return step.number(stamps)


def _unique(codes: Ints, number: Ints, y: Any, names: Any, stamps: Any, rows: Ints, zone: tzinfo | None) -> tuple[Ints, Ints, Any]:
    """One row per series and place. In an aware frame the hour that the clock repeats is one place: its mean."""
    same = np.flatnonzero((codes[1:] == codes[:-1]) & (number[1:] == number[:-1]))
    if not len(same):
        return codes, number, y
    if zone is None or not _repeated_by_the_clock(stamps[same + 1], zone):
        at = int(same[0]) + 1
        raise ForecastError(
            f"a series must have each timestamp once; found {stamps[at]} twice (series {names[codes[at]]!r}, "
            f"rows {rows[at - 1]} and {rows[at]}); sum or drop one"
        )
    frame = pd.DataFrame({"code": codes, "number": number, "y": y}).groupby(["code", "number"], sort=True)["y"].mean().reset_index()
    return frame["code"].to_numpy(), frame["number"].to_numpy(), frame["y"].to_numpy()


def _repeated_by_the_clock(stamps: pd.DatetimeIndex, zone: tzinfo) -> bool:
    """Whether each of these local times comes twice in the zone."""
    aware = stamps.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return bool(aware.isna().all())


def _seasons(season_length: int | Sequence[int] | None) -> tuple[int, ...] | None:
    if season_length is None:
        return None
    lengths = list(season_length) if isinstance(season_length, Iterable) else [season_length]
    if not lengths or any(
        isinstance(length, bool) or not isinstance(length, (int, np.integer)) or length < 1 for length in lengths
    ):
        raise ForecastError(f"season_length must be whole numbers of steps, 1 or more; found {season_length!r}; give for example 7")
    return tuple(sorted({int(length) for length in lengths if length > 1}))


def _bands(members: Bools, codes: Ints, number: Ints, most: int) -> list[Bools]:
    """The series of a pattern together, or, where most of that array would be empty, apart by their lengths."""
    n = len(members)
    first, last = np.full(n, np.iinfo("int64").max), np.full(n, np.iinfo("int64").min)
    np.minimum.at(first, codes, number)
    np.maximum.at(last, codes, number)
    length = np.minimum(last - first + 1, most)
    cells = int(members.sum()) * int(length[members].max())
    if cells <= MOST_CELLS or length[members].sum() > LEAST_FILLED * cells:
        return [members]
    band = np.floor(np.log(length) / np.log(4)).astype(int)
    return [members & (band == number) for number in np.unique(band[members]).tolist()]


def _panel(
    grid: Grid, names: Any, members: Bools, codes: Ints, number: Ints, y: Any, seasons: tuple[int, ...] | None, most: int
) -> Panel:
    """The series of one pattern of open slots as an array."""
    inside = members[codes]
    codes, number, y = codes[inside], number[inside], y[inside]
    position = grid.position(number)
    chosen = np.flatnonzero(members)
    row = np.searchsorted(chosen, codes)
    last = np.full(len(chosen), np.iinfo("int64").min)
    np.maximum.at(last, row, position)
    back = last[row] - position
    width = int(min(back.max() + 1, most))
    if len(chosen) * width > MOST_AT_ONCE:
        at = int(back.argmax())
        raise ForecastError(
            f"{len(chosen)} series over {width} steps are more than can be held at once; found a value of series "
            f"{names[chosen[row[at]]]!r} {int(back[at])} steps before its last; drop stray timestamps, or take a longer step"
        )
    array = np.full((len(chosen), width), np.nan)
    kept = back < width
    array[row[kept], width - 1 - back[kept]] = y[kept]
    known = ~np.isnan(array)
    negative = np.asarray((np.where(known, array, 0.0) < 0).any(axis=1))
    whole = np.asarray((np.where(known, array, 0.0) % 1 == 0).all(axis=1))
    if seasons is None:
        lengths = grid.seasons if grid.step != Step() else heard_season(array)
    else:
        lengths = tuple(sorted({*seasons, *_implied(grid, seasons)}))
    return Panel(names[chosen], array, last, grid, lengths, negative=negative, counts=whole & ~negative)


def _implied(grid: Grid, seasons: tuple[int, ...]) -> tuple[int, ...]:
    """Where one season is named, the calendar's longer ones that hold it a whole number of times (24 -> 168)."""
    if grid.step == Step() and len(seasons) == 1 and seasons[0] in HOURS_OF_A_DAY:
        return (7 * seasons[0],)
    return tuple(season for season in grid.seasons if len(seasons) == 1 and season > seasons[0] and season % seasons[0] == 0)
