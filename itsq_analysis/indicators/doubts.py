"""What the load found hard to believe in the data, as sentences for the pages; `ingest.plausibility` finds it and words it for the
command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from itsq_analysis.facts import Scope, Sentence, fact
from itsq_analysis.facts.sentence import Day, Name, Number, Part, Share, Translated
from itsq_analysis.tables import contract

ELSEWHERE = ("unknown_state", "refused_cells")  # told on the page with their counts
TOLD = 6  # of these are told one by one
WIDTH = 60  # characters of a file's or a service's name
COUNTS, SHARES, DAYS = (
    ("rows", "days", "expected", "files"),
    ("share", "earlier"),
    ("earliest", "usual", "last", "before", "start", "end"),
)


@fact
def doubts(scope: Scope) -> tuple[Sentence, ...]:
    """What is doubtful in the snapshot's data, in the order of its tables; of other services than the scope's nothing.

    Words for a state that no mapping knows and refused cells are left out: they are told with their counts.
    """
    services = scope.workspace.services
    recorded = [
        doubt
        for doubt in scope.workspace.snapshot.resolved.get("doubts", ())
        if doubt["kind"] not in ELSEWHERE and not (services and doubt["facts"].get("service", services[0]) not in services)
    ]
    sentences = tuple(Sentence(f"doubt_{doubt['kind']}", _parts(doubt)) for doubt in recorded[:TOLD])
    more = len(recorded) - TOLD
    return (*sentences, Sentence("doubt_more", {"n": Number(more)})) if more > 0 else sentences


def _parts(doubt: Mapping[str, Any]) -> dict[str, Part]:
    """The facts of a doubt as parts of its sentence."""
    title, facts = contract(doubt["table"]).title, doubt["facts"]
    parts: dict[str, Part] = {"table": Translated(title["en"], title["zh"])}
    parts |= {key: Number(facts[key]) for key in COUNTS if key in facts}
    parts |= {key: Share(facts[key]) for key in SHARES if key in facts}
    parts |= {key: Day(date.fromisoformat(facts[key])) for key in DAYS if key in facts}
    parts |= {
        key: Name(str(facts[key]), WIDTH) for key in ("file", "other", "service", "columns", "column", "example") if key in facts
    }
    return parts | ({"number": Name(str(facts["numbers"][0]), WIDTH)} if facts.get("numbers") else {})
