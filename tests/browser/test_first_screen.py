"""The first screen, measured: it fits a phone without scrolling, holds few words, no picture and no interval in brackets."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis import open_workspace, quality_report
from itsq_analysis.page.first_screen import LIMIT
from itsq_analysis.reports.run import run_report
from itsq_analysis.text.length import words
from tests.browser import page_checks as checks

pytestmark = pytest.mark.browser

HEIGHT = 844  # px, of a phone that is checks.PHONE wide
LANGUAGES = ("en", "zh")
BOTTOM = "() => Math.max(...[...document.querySelectorAll('header.page, .opening')].map(box => box.getBoundingClientRect().bottom))"
SHOWN = "() => [...document.querySelectorAll('header.page, .opening')].map(box => box.innerText).join('\\n')"
HIDDEN = (
    "() => { const head = document.querySelector('.opening .topic'); return [head.innerText, head.getBoundingClientRect().width]; }"
)
INTERVAL = re.compile(r"[\[(（][^)\]）]*\d[\d.,%]*\s*[–-]\s*\d[^)\]）]*[\])）]")
LONG = "Group-wide customer relationship and field service management 全集团客户关系与现场服务管理平台 (production, all regions)"


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, demo: Path) -> tuple[str, Path]:
    return request.param, run_report("quality", demo, {"language": request.param, "period": "2026-10"})


@pytest.fixture(scope="module", params=LANGUAGES)
def hostile_page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Three notes that ask for decisions, late incidents and a major outage, all of a service with a very long name."""
    folder = tmp_path_factory.mktemp("long names")
    write(folder)
    open_workspace(folder).load()
    return request.param, run_report("quality", folder, {"language": request.param, "period": "2026-10"})


def write(folder: Path) -> None:
    sources = "".join(
        f'[[source]]\nglob = "{table}.csv"\nmapping = "register"\ntable = "{table}"\n'
        for table in ("incidents", "outages", "notes")
    )
    target = '[[target]]\nindicator = "sla_resolution_met"\nvalue = "95%"\n'
    rules = '[[sla]]\ncalendar = "7x24"\nresolution = "8h"\n'
    (folder / "itsq.toml").write_text(f'[organisation]\nname = "{LONG}"\n{rules}{target}{sources}', encoding="utf-8")
    tables = {"incidents": incidents(), "outages": outages(), "notes": notes()}
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)


def incidents() -> list[dict[str, object]]:
    begin = datetime(2026, 8, 3, 9)
    rows = []
    for place in range(900):
        opened = begin + timedelta(minutes=140 * place)
        slow = place % 3 == 0
        resolved = opened + timedelta(hours=30 if slow else 1)
        names = {"service": LONG if slow else "E-mail", "assignment_group": LONG.upper() if slow else "Desk"}
        times = {"opened_at": opened, "resolved_at": resolved, "closed_at": resolved, "updated_at": resolved}
        change = {"caused_by_change": LONG} if slow else {"caused_by_change": ""}
        rows.append({"number": f"INC{place:05}", "state": "closed", "priority": 1 + place % 4, **times, **names, **change})
    return rows


def outages() -> list[dict[str, object]]:
    return [
        {
            "number": "OUT1", "service": LONG, "started_at": "2026-10-13 09:00:00", "restored_at": "2026-10-14 19:35:00",
            "kind": "unplanned", "major": "true", "users_affected": 123456, "cause": LONG,
        }
    ]  # fmt: skip


def notes() -> list[dict[str, object]]:
    about = {"period": "2026-10", "indicator": "sla_resolution_met", "service": LONG, "cause": LONG, "owner": LONG}
    return [about | {"action": f"{LONG} {place}", "due": f"2026-11-{place}", "decision_needed": "true"} for place in (18, 19, 20)]


def check(language: str, file: Path, open_page: Callable[..., Any]) -> str:
    with open_page(file, width=checks.PHONE) as seen:
        assert seen.page.evaluate("() => window.scrollY") == 0
        assert seen.page.evaluate(BOTTOM) <= HEIGHT
        assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= checks.PHONE
        assert seen.page.locator(".opening :is(svg, img, canvas, figure, table)").count() == 0
        head, width = seen.page.evaluate(HIDDEN)
        assert width <= 1
        shown = str(seen.page.evaluate(SHOWN)).replace(head, "", 1)
    assert words(shown, language) <= LIMIT[language]  # type: ignore[arg-type]
    assert not INTERVAL.search(shown)
    return shown


def test_the_demo_month_fits_a_phone_and_says_what_happened(page: tuple[str, Path], open_page: Callable[..., Any]) -> None:
    language, file = page
    shown = check(language, file, open_page)
    facts = ("66.2%", "CHG0031493", {"en": "WMS", "zh": "仓储管理"}[language], "1,900", "12", "7", "5")
    assert [fact for fact in facts if fact not in shown] == []


def test_the_longest_names_and_three_decisions_fit_a_phone(hostile_page: tuple[str, Path], open_page: Callable[..., Any]) -> None:
    language, file = hostile_page
    shown = check(language, file, open_page)
    assert shown.count("\N{HORIZONTAL ELLIPSIS}") >= 3


def test_the_contents_come_after_it_in_a_fold_on_a_phone_and_beside_the_text_on_a_desktop(
    page: tuple[str, Path], open_page: Callable[..., Any]
) -> None:
    _, file = page
    with open_page(file, width=checks.PHONE) as phone, open_page(file) as desktop:
        last = phone.page.evaluate(BOTTOM)
        assert phone.page.locator("nav.contents:visible").count() == desktop.page.locator("nav.contents:visible").count() == 1
        assert phone.page.locator("nav.contents:visible").bounding_box()["y"] >= last
        assert not phone.page.locator("nav.contents.folded a").first.is_visible()
        assert desktop.page.locator("nav.contents a").first.is_visible()
        cards = desktop.page.locator(".decisions > li")
        assert cards.count() == phone.page.locator(".decisions > li").count() >= 1


def test_the_interval_pattern_would_find_one() -> None:
    assert INTERVAL.search("92.3% (90.9% – 93.4%)")
    assert INTERVAL.search("92.3%（90.9–93.4%）")
    assert not INTERVAL.search("CHG-0031493 (95.6% before, 95% agreed)")


def test_a_snapshot_without_targets_still_says_something(demo: Path, tmp_path: Path) -> None:
    """Without agreed targets the findings are what a director reads."""
    folder = tmp_path / "no targets"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("reports"))
    settings = folder / "itsq.toml"
    parts = re.split(r"(?m)^(?=\[\[?)", settings.read_text(encoding="utf-8"))
    settings.write_text("".join(part for part in parts if not part.startswith("[[target]]")), encoding="utf-8")
    open_workspace(folder).refresh()
    first = next(quality_report(folder, period="2026-10").verdict().bundles())["text/html"]
    assert "No targets have been agreed" in first
    assert "Business Applications" in first
