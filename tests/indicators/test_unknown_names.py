"""Names in the registers of notes and exemptions that nothing is called by."""

from typing import Any

from itsq_analysis.indicators.unknown_names import UnknownNames, unknown_names
from tests.page.made import RULES, context, incidents

SLA = "sla_resolution_met"


def test_names_that_the_data_do_not_hold_are_told() -> None:
    rows = [one | {"number": "INC1"} for one in incidents(1)]
    register = [{"ticket": name, "indicator": SLA, "reason": "r"} for name in ("INC1", "INC2", "OUT1", "S1")]
    register.append({"ticket": "INC1", "indicator": "nothing", "reason": "r"})
    tables: dict[str, Any] = {
        "incidents": rows,
        "outages": [{"number": "OUT1", "service": "A", "started_at": "2026-10-01"}],
        "surveys": [{"number": "S1", "ticket": "INC1"}],
        "exemptions": register,
        "notes": [{"period": "2026-10", "indicator": name} for name in ("x", "x", SLA)],
    }
    assert unknown_names(context(RULES, **tables).scope) == (
        UnknownNames("notes_unknown_indicator", 2, ("x",)),
        UnknownNames("exemptions_unknown_indicator", 1, ("nothing",)),
        UnknownNames("exemptions_unknown_ticket", 1, ("INC2",)),
    )
    assert [names.kind for names in unknown_names(context(RULES, **tables, only=["A"]).scope)] == [
        "notes_unknown_indicator",
        "exemptions_unknown_indicator",
    ]
