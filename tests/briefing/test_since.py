"""What a report tells otherwise than the one before it, from their facts files."""

import json
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.briefing.since import as_frame, read_facts, since
from itsq_analysis.errors import ReportError
from itsq_analysis.page.since import LINES, lines


def finding(cause: str) -> dict[str, Any]:
    return {
        "cause": cause,
        "sentence": {"id": "x"},
        "words": {"en": {"sentence": f"{cause} grows."}, "zh": {"sentence": f"{cause} 上升。"}},
    }


def decision(what: str, number: str = "1") -> dict[str, Any]:
    words = {one: {"what": what, "number": number} for one in ("en", "zh")}
    return {"what": {"kind": "Name", "text": what}, "words": words}


def value(indicator: str, status: str, shown: str) -> dict[str, Any]:
    return {"indicator": indicator, "status": status, "words": {one: {"title": indicator, "value": shown} for one in ("en", "zh")}}


BEFORE = {
    "period": "2026-09",
    "findings": [finding("backlog"), finding("late")],
    "decisions": [decision("Hire", "3"), decision("Buy")],
    "headline": [value("csat", "met", "95%"), value("speed", "missed", "80%"), value("gone", "met", "1")],
}
NOW = {
    "period": "2026-10",
    "findings": [finding("late"), finding("outage")],
    "decisions": [decision("Hire", "4"), decision("Move")],
    "headline": [value("csat", "missed", "85%"), value("speed", "missed", "70%"), value("new", "missed", "1")],
}


def test_what_is_new_what_has_ended_and_what_goes_on_is_told_apart() -> None:
    told = since(BEFORE, NOW)
    assert [one["cause"] for one in told.new] == ["outage"]
    assert [one["cause"] for one in told.cleared] == ["backlog"]
    assert [one["cause"] for one in told.continuing] == ["late"]
    assert [one["what"]["text"] for one in told.asked] == ["Move"]  # that the number of "Hire" moved makes it no new decision
    assert [one["what"]["text"] for one in told.settled] == ["Buy"]
    assert [(before["status"], now["status"]) for before, now in told.turned] == [("met", "missed")]
    assert told.changed
    assert not since(NOW, NOW).changed


def test_a_file_of_an_older_version_tells_less() -> None:
    told = since({"period": "2026-09", "findings": [], "decisions": []}, NOW)
    assert (told.turned, len(told.new)) == ((), 2)


def test_lines_are_at_most_five_the_weightiest_first_in_either_language() -> None:
    told = since(BEFORE, NOW)
    assert lines(told, "en") == [
        "csat: met (95%), now missed (85%)",
        "New decision needed: Move",
        "New: outage grows.",
        "2 more changes",
        "One finding continues.",
    ]
    assert lines(told, "zh")[0] == "csat：由达标（95%）变为未达标（85%）"
    assert len(lines(told, "zh")) == LINES
    assert lines(since(NOW, NOW), "en") == ["Nothing has changed.", "2 findings continue."]
    assert lines(since(BEFORE, {**BEFORE, "findings": []}), "en") == [
        "No longer present: backlog grows.",
        "No longer present: late grows.",
    ]


def test_a_frame_has_one_row_a_change() -> None:
    frame = as_frame(since(BEFORE, NOW), "en")
    assert frame[["change", "what"]].to_numpy().tolist() == [
        ["turned", "csat"], ["asked", "Move"], ["new", "outage grows."], ["cleared", "backlog grows."], ["settled", "Buy"],
        ["continuing", "late grows."],
    ]  # fmt: skip
    assert frame.loc[0, ["before", "now"]].tolist() == ["met: 95%", "missed: 85%"]


@pytest.mark.parametrize("content", ["", "[]", "{}"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.facts.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match=r"two NAME\.facts\.json"):
        read_facts(file)
    file.write_text(json.dumps(NOW), encoding="utf-8")
    assert read_facts(file)["period"] == "2026-10"
