"""The drawn charts of the documentation: what an interval, process limits and a forecast's ranges look like.

    python docs/charts.py data/sample docs/pictures

needs the demo workspace with its data loaded; `make pictures` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import vl_convert

from itsq_analysis import open_workspace
from itsq_analysis.charts import intervals
from itsq_analysis.charts.chart import VEGA_LITE
from itsq_analysis.indicators.intervals import wilson

TITLES = {"en": "92 % in time, of so many", "zh": "按时率均为 92 %，件数不同"}


def main(workspace: Path, out: Path) -> None:
    """Write interval, limits and ranges, each as .svg in English and, with -zh, in Chinese."""
    ws = open_workspace(workspace)
    counts = [25, 250, 2500]
    lower, upper = wilson([round(0.92 * count) for count in counts], counts)
    shares = pd.DataFrame(
        {"member": [f"n = {count}" for count in counts], "value": 0.92, "lower": lower, "upper": upper, "target": 0.95}
    )
    future = ws.forecast("incidents", 28)
    for language, mark in (("en", ""), ("zh", "-zh")):
        title = TITLES[language]
        chart = intervals(shares, title=title, summary=title, language=language, unit="share")  # type: ignore[arg-type]
        (out / f"interval{mark}.svg").write_text(chart.svg(), encoding="utf-8")
        for name, thing in (("limits", "sla_resolution_met"), ("ranges", future)):
            plot = ws.plot(thing, language=language)  # type: ignore[arg-type]
            drawn = vl_convert.vegalite_to_svg(plot.spec, vl_version=VEGA_LITE, allowed_base_urls=[])
            (out / f"{name}{mark}.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
