"""Durations as tools and people write them: 2天3小时10分, 2d 3h, 1 hour 5 minutes, 00:04:13; a day has 24 hours."""

from __future__ import annotations

SPELT = (
    ("天|日|days?|d", 86400),
    ("个?小时|個?小時|小时|时|時間|hours?|hrs?|h", 3600),
    ("分钟|分鐘|分|minutes?|mins?|m", 60),
    ("秒钟|秒鐘|秒|seconds?|secs?|s", 1),
)
UNITS = {"_seconds": 1, "_minutes": 60, "_hours": 3600, "_days": 86400}  # endings of columns that hold durations
PARTS = "".join(rf"(?:(\d{{1,9}}(?:\.\d{{1,6}})?)\s*(?:{unit})[\s,]*)?" for unit, _ in SPELT)
CLOCK = rf"(?:(\d{{1,6}})\s*(?:{SPELT[0][0]})[\s,]*)?(\d{{1,6}}):([0-5]\d):([0-5]\d)(?:\.\d+)?"


def unit_of(column: str) -> int | None:
    """The seconds of the unit in which a column counts, by its name; None where it holds no duration.

    >>> unit_of("handle_seconds"), unit_of("target_hours"), unit_of("score")
    (1, 3600, None)
    """
    return next((seconds for ending, seconds in UNITS.items() if column.endswith(ending)), None)


def is_duration_sql(text: str) -> str:
    """SQL: whether a text is a duration with units, or hours, minutes and seconds; not a bare number, nor "4:13"."""
    return f"(({text}) <> '' AND (regexp_full_match(lower({text}), '{PARTS}') OR regexp_full_match(lower({text}), '{CLOCK}')))"


def duration_sql(text: str) -> str:
    """SQL: the seconds of a duration, NULL where a text is none.

    >>> import duckdb
    >>> texts = ["2天3小时10分", "2d 3h", "1 hour, 5 minutes", "00:04:13", "1 day, 2:03:04", "4:13", "90", "3h soon"]
    >>> [row[0] for row in duckdb.sql(f"SELECT {duration_sql('t')} FROM unnest({texts}) u(t)").fetchall()]
    [184200.0, 183600.0, 3900.0, 253.0, 93784.0, None, None, None]
    """
    lower = f"lower({text})"

    def sum_of(pattern: str, factors: tuple[int, ...]) -> str:
        groups = (f"regexp_extract({lower}, '^{pattern}$', {place})" for place in range(1, len(factors) + 1))
        return " + ".join(
            f"coalesce(try_cast(nullif({group}, '') AS DOUBLE), 0) * {factor}"
            for group, factor in zip(groups, factors, strict=True)
        )

    factors = tuple(seconds for _, seconds in SPELT)
    return (
        f"CASE WHEN ({text}) = '' THEN NULL WHEN regexp_full_match({lower}, '{CLOCK}') THEN {sum_of(CLOCK, factors)} "
        f"WHEN regexp_full_match({lower}, '{PARTS}') THEN {sum_of(PARTS, factors)} END"
    )
