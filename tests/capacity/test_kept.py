"""What is kept on disk: computed once, whatever is loaded later or asked for beside it, and without words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from itsq_analysis.capacity import Change, Scenario, kept_forecasts
from itsq_analysis.capacity.figures import capacity_frame
from itsq_analysis.capacity.resource_register import resource_register
from itsq_analysis.facts import Cache
from tests.pages.capacity.estates import LAST, context, resource, rising, scope

SLOW = Change(date(2026, 11, 20), growth=0.5, name="Move of the Berlin office")


@dataclass
class Kept:
    """What the cache of forecasts needs of a scope."""

    cache: Cache
    special_days: Any = None
    memory: dict[Any, Any] = field(default_factory=dict)


def answer(folder: Path, frame: pd.DataFrame, **asked: Any) -> kept_forecasts.Compared:
    resources = resource_register(scope(resources=[resource()]))
    daily = {"disk": frame}
    return kept_forecasts.kept_forecasts(Kept(Cache(folder)), daily, resources, LAST, 60, **asked)["disk"]  # type: ignore[arg-type]


def line(last: date = LAST) -> pd.DataFrame:
    days = pd.date_range("2026-07-01", last)
    return pd.DataFrame({"ds": days, "y": [30.0 + 0.2 * n for n in range(len(days))]})


def test_a_forecast_as_of_a_past_day_is_made_once_whatever_is_loaded_later(tmp_path: Path, monkeypatch: Any) -> None:
    asked = {"changes": {"disk": (SLOW,)}, "scenarios": {"disk": [Scenario("growth", growth=0.3)]}}
    first = answer(tmp_path, line(), **asked)
    monkeypatch.setattr(kept_forecasts, "_compute", lambda *_: pytest.fail("it is kept"))
    again = answer(tmp_path, line(LAST + timedelta(days=9)), **asked)
    assert again.base.steps.tolist() == first.base.steps.tolist()
    assert again.base.quantiles.tolist() == first.base.quantiles.tolist()
    assert (again.scenarios, again.base.notes) == (first.scenarios, first.base.notes)


@pytest.mark.parametrize("what", ["value", "limit", "plan", "question"])
def test_what_a_forecast_is_made_of_makes_another_one(tmp_path: Path, monkeypatch: Any, what: str) -> None:
    answer(tmp_path, line())
    monkeypatch.setattr(kept_forecasts, "_compute", lambda *_: pytest.fail("made anew"))
    answer(tmp_path, line())
    frame, asked = line(), {}
    if what == "value":
        frame.loc[3, "y"] += 1e-9
    if what == "limit":
        monkeypatch.setattr(kept_forecasts.Resource, "limit", 80.0)
    if what == "plan":
        asked = {"changes": {"disk": (SLOW,)}}
    if what == "question":
        asked = {"scenarios": {"disk": [Scenario("growth", growth=0.4)]}}
    with pytest.raises(pytest.fail.Exception, match="made anew"):
        answer(tmp_path, frame, **asked)


def test_nothing_on_disk_holds_words(tmp_path: Path) -> None:
    words = {"name": "Weird disk", "owner": "Jane Roe", "supplier": "Acme", "note": "ask Jane"}
    option = {"resource": "disk", "option": "clean", "title": "Ask Jane Roe", "size": 10.0, "owner": "Jane Roe"}
    event = {"date": date(2026, 12, 24), "driver": "Jane", "kind": "planned", "event": "Weird sale", "growth": 0.1}
    subject = context(resources=[resource(**words)], metrics=rising(), capacity_options=[option], demand_drivers=[event])
    subject.workspace.__dict__["cache"] = Cache(tmp_path)
    assert list(capacity_frame(subject.scope)["name"]) == ["Weird disk"]
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert len(content) > 1000
    assert [word for word in (b"Jane", b"Weird", b"Acme", b"Head of") if word in content] == []


def test_facts_and_their_types_import_no_model_library() -> None:
    facts = ("decisions", "demand", "energy", "figures", "margins", "options", "orders", "outlook", "record")
    heavy = ("scipy", "sklearn", "statsmodels", "itsq_analysis.forecasting", "itsq_analysis.capacity.paths")
    modules = ", ".join(f"itsq_analysis.capacity.{name}" for name in facts)
    code = f"import sys, {modules}; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
