"""What a load could not use is told as counts: files, rules, unknown words."""

from __future__ import annotations

from pathlib import Path

from itsq_analysis import open_workspace
from itsq_analysis.indicators.data_quality import (
    MissingValues,
    files_read,
    missing_values,
    refused_rows,
    unknown_states,
    unmapped_values,
)
from itsq_analysis.pages.quality.data_quality import data_quality
from itsq_analysis.pages.quality.report import quality_report
from tests.page.loaded import incident, workspace
from tests.page.made import told


def test_unknown_states_are_named_with_their_rows(tmp_path: Path) -> None:
    rows = [
        *(incident(number, state="Done") for number in range(3)),
        *(incident(number, state="Cancelled by user") for number in range(3, 5)),
        *(incident(number, state="closed") for number in range(5, 9)),
        incident(9, hours=-1),
    ]
    folder = workspace(tmp_path, incidents=rows)
    scope = open_workspace(folder).scope("2026-10")
    assert unknown_states(scope) == {"Done": 3, "Cancelled by user": 2}
    assert [(value.column, value.value, value.rows) for value in unmapped_values(scope)] == [
        ("state", "Done", 3),
        ("state", "Cancelled by user", 2),
    ]
    [file] = files_read(scope)
    assert (file.read, file.used, file.quarantined) == (10, 9, 1)
    [refused] = refused_rows(scope)
    assert (refused.table, refused.rule, refused.n) == ("incidents", "resolved_before_opened", 1)
    assert MissingValues("service", 9, 9) in missing_values(scope)
    section = data_quality(quality_report(folder, period="2026-10").context)
    assert any("Done (3), Cancelled by user (2)" in sentence for sentence in told(section))
