"""How a section is shown: escaped, with headers that say what they head, in reading order."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from markupsafe import Markup

from itsq_analysis import quality_report
from itsq_analysis.charts import sparkline
from itsq_analysis.charts.chart import CHART_MIME, pictures
from itsq_analysis.page.section import Html, Section, bullets, folded, paragraph, subheading, table
from itsq_analysis.text import Language
from tests.page.loaded import SECTIONS, incident, sections, workspace

HOSTILE = ["<script>alert(1)</script>", "=cmd()", "{{7*7}}", "' OR 1=1 --", '"><img src=x onerror=alert(1)>', "{period} {0}"]


class Tags(HTMLParser):
    """The tags of a page, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_whatever_is_not_our_own_markup_is_escaped() -> None:
    text = HOSTILE[0]
    parts = [paragraph(text), subheading(text), bullets([text]), folded(text, paragraph(text))]
    parts.append(table({"a": text, "b": text}, [{"a": text, "b": Markup("<b>{}</b>").format(text)}], caption=text))
    section = Section("x", text, text, (), text)
    for part in [*parts, Html(section.opening)]:
        assert "<script" not in part.markup
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in part.markup
    assert "<b>&lt;script" in parts[-1].markup


def test_a_table_has_headers_with_scopes_and_cells_with_their_headings() -> None:
    made = table({"name": "Name", "n": "Number"}, [{"name": "a", "n": "1"}, {"name": "b", "n": "2"}], numeric={"n"}, caption="Two")
    assert str(made.markup) == (
        '<table class="values"><caption>Two</caption>'
        '<thead><tr><th scope="col">Name</th><th scope="col" class="number">Number</th></tr></thead>'
        '<tbody><tr><th scope="row" data-label="Name">a</th><td class="number" data-label="Number">1</td></tr>'
        '<tr><th scope="row" data-label="Name">b</th><td class="number" data-label="Number">2</td></tr></tbody></table>'
    )


def test_a_row_that_lacks_a_cell_is_a_defect() -> None:
    with pytest.raises(KeyError):
        table({"a": "A", "b": "B"}, [{"a": "1"}])


def test_a_section_shows_its_parts_in_order_and_charts_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = sparkline(pd.DataFrame({"period": ["2026-09", "2026-10"], "value": [0.9, 0.95]}), title="On time", summary="Rising.")
    section = Section("speed", "Speed", "Fast.", (paragraph("before"), chart, paragraph("after")), "Faster than before.")
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.publish_display_data", bundles.append)
    section._ipython_display_()
    assert bundles == list(section.bundles())
    assert [bundle.get("text/html", "chart") for bundle in bundles] == [
        '<h2 id="speed"><span class="topic">Speed</span> Fast.</h2>\n<p class="lead">Faster than before.</p>',
        '<p class="note">before</p>',
        "chart",
        '<p class="note">after</p>',
    ]
    assert [bundle["text/plain"] for bundle in bundles] == ["Speed\nFast.\nFaster than before.", "table", "Rising.", "table"]
    assert "application/vnd.vegalite.v5+json" in bundles[2]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every text of every table is hostile."""
    texts = [HOSTILE[number % len(HOSTILE)] for number in range(120)]
    rows = [
        incident(number, service=text, category=text, assignment_group=text, short_description=text, major=number < 3)
        | {"number": f"{text} {number}", "caused_by_change": text}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    services = [{"service": text, "owner": text, "supplier": text, "tier": 1, "users": 5, "calendar": "7x24"} for text in HOSTILE]
    groups = [{"assignment_group": text, "team": text, "level": 1} for text in HOSTILE]
    times = {"started_at": "2026-10-05 10:00", "restored_at": "2026-10-05 11:00", "kind": "unplanned", "major": True}
    outages = [{"number": text, "service": text, "cause": text, "change": text, "problem": text, **times} for text in HOSTILE]
    closed = {"opened_at": "2026-10-01", "closed_at": "2026-10-05", "outcome": "unsuccessful", "type": "normal", "state": "closed"}
    changes = [{"number": text, "service": text, "short_description": text, **closed} for text in HOSTILE]
    surveys = [
        {"number": text, "service": text, "comment": text, "score": 2, "sent_at": "2026-10-05", "answered_at": "2026-10-06"}
        for text in HOSTILE
    ]
    return workspace(
        tmp_path_factory.mktemp("hostile"),
        incidents=rows, services=services, groups=groups, outages=outages, changes=changes, surveys=surveys,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_stays_text_in_every_section(hostile: Path, language: Language) -> None:
    found = sections(quality_report(hostile, period="2026-10", language=language))
    bundles = [bundle for section in found.values() for bundle in section.bundles()]
    drawn = [svg for bundle in bundles if CHART_MIME in bundle for svg in pictures(bundle[CHART_MIME]).values()]
    shown = "".join([*(bundle.get("text/html", "") for bundle in bundles), *drawn])
    tags = Tags(shown)
    assert tags.open == []
    assert {tag for tag, _ in tags.seen}.isdisjoint({"script", "img", "iframe", "link", "style"})
    assert {str(attributes["href"]) for tag, attributes in tags.seen if tag == "a"} <= {f"#{name}" for name in SECTIONS}
    assert not [attributes for _, attributes in tags.seen if any(name.startswith("on") for name in attributes)]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{7*7}}" in shown
    assert "{period} {0}" in shown


def test_every_table_of_a_report_has_headers_and_unique_anchors(hostile: Path) -> None:
    found = sections(quality_report(hostile, period="2026-10"))
    html = "".join(bundle.get("text/html", "") for one in found.values() for bundle in one.bundles())
    seen = Tags(html).seen
    assert all("scope" in attributes for tag, attributes in seen if tag == "th")
    assert all(attributes.get("data-label") for tag, attributes in seen if tag == "td")
    anchors = [attributes["id"] for tag, attributes in seen if tag == "h2"]
    assert len(anchors) == len(set(anchors)) == len(SECTIONS)
    assert all(re.fullmatch("[a-z_]+", str(anchor)) for anchor in anchors)
