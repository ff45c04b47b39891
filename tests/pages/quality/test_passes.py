"""How often one quality report reads the tables: what its sections need is declared before the first value is read."""

from __future__ import annotations

from pathlib import Path

from itsq_analysis import open_workspace, quality_report
from tests.page.loaded import sections

PASSES = 5  # 25 periods; later months, for the data's edges; year so far and twelve periods as one; since an onset; at the same age


def test_a_report_of_the_demo_reads_the_tables_five_times(demo: Path) -> None:
    open_workspace(demo).scope().cache.empty()  # a fact that is kept reads no table
    report = quality_report(demo, period="2026-10", language="en")
    assert report.context.cube.passes == 0
    sections(report)
    report.files()
    assert report.context.cube.passes == PASSES
