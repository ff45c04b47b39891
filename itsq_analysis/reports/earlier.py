"""The earlier report whose values a report is compared with."""

from __future__ import annotations

from pathlib import Path

from itsq_analysis.errors import IndicatorError
from itsq_analysis.page.files import FACTS, VALUES
from itsq_analysis.periods import Period, parse_period


def newest_earlier(folder: Path, name: str, period: Period, language: str | None, mark: str, month_starts_on: int) -> Path | None:
    """The facts file, or else the values file, of the newest report of the same kind over an earlier period; None if there is none.

    Args:
        folder: where the pages are.
        name: of the report, such as "quality".
        period: of the report that is to be made; only periods of its grain that end before it starts are earlier.
        language: of that report; where an earlier one was made in several, this one is taken.
        mark: what the labels of reports with the same other parameters end in; "" for none.
        month_starts_on: as in itsq.toml.
    """
    found = []
    for file in [file for ending in (VALUES, FACTS) for file in sorted(folder.glob(f"{name}-*{ending}"))]:
        label = file.name.removeprefix(f"{name}-").removesuffix(VALUES).removesuffix(FACTS)
        if mark and not label.endswith(f"-{mark}"):
            continue
        stated = label.removesuffix(f"-{mark}") if mark else label
        its_period, its_language = stated, None
        if language is not None:
            its_period, _, its_language = stated.rpartition("-")
        try:
            before = parse_period(its_period, month_starts_on)
        except IndicatorError:  # a report of an older snapshot or of other parameters, or not ours
            continue
        if before.grain == period.grain and before.end <= period.start:
            found.append((before.start, its_language == language, file.name.endswith(FACTS), file))
    return max(found)[-1] if found else None
