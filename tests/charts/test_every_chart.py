"""What holds for every kind of chart, in both languages and at both widths."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from itsq_analysis.charts import Chart
from itsq_analysis.charts.chart import CHART_MIME, VEGA_LITE_MIME
from itsq_analysis.charts.labels import clean
from itsq_analysis.charts.svg import draw
from tests.charts.drawing import drawn_texts, parse, view
from tests.charts.gallery import GALLERY, HOSTILE

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
CASES = [(name, language) for name in GALLERY for language in ("en", "zh")]


@pytest.fixture(scope="module", params=CASES, ids=["-".join(case) for case in CASES])
def chart(request: pytest.FixtureRequest) -> Chart:
    name, language = request.param
    return GALLERY[name](language)


@pytest.fixture(scope="module", params=["wide", "narrow"])
def svg(request: pytest.FixtureRequest, chart: Chart) -> str:
    """Drawn once for all tests of a chart and a width."""
    return chart.svg(request.param)


def test_every_text_lies_inside_the_picture(svg: str) -> None:
    width, height = view(svg)
    outside = [t for t in drawn_texts(svg) if t.left < -0.6 or t.right > width + 0.6 or t.top < -0.6 or t.bottom > height + 0.6]
    assert outside == []


def test_texts_do_not_cover_each_other(svg: str) -> None:
    texts = drawn_texts(svg)
    pairs = [(a, b) for place, a in enumerate(texts) for b in texts[place + 1 :]]
    covering = [
        (a.words, b.words)
        for a, b in pairs
        if min(a.right, b.right) - max(a.left, b.left) > 1 and min(a.bottom, b.bottom) - max(a.top, b.top) > 2
    ]
    assert covering == []


def test_text_is_twelve_px_on_a_canvas_of_known_width(chart: Chart, svg: str, request: pytest.FixtureRequest) -> None:
    sizes = set(re.findall(r'font-size="([^"]+)"', svg))
    assert sizes == {"12"}
    name, _ = request.node.callspec.params["chart"]
    assert view(chart.svg("narrow"))[0] == (120 if name == "sparkline" else 360)


def test_it_names_itself_and_asks_for_nothing(svg: str) -> None:
    root = parse(svg)
    assert root.attrib["role"] == "img"
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
    assert root[1].text == clean(f"Summary {HOSTILE}")
    assert not re.search(r"href|url\(|<style|<script|<image|@import", svg.replace("url(#", ""))
    assert svg.count("http") == 1  # the namespace


def test_a_mark_says_its_value_on_hovering_and_a_phone_is_spared_it(chart: Chart) -> None:
    titled = [chart.svg(width).count("<title>") for width in ("wide", "narrow")]
    assert titled[0] > 1
    assert titled[1] == (1 if chart.narrow else titled[0])


def test_hostile_text_is_text(chart: Chart, svg: str) -> None:
    assert "<script" not in svg
    assert "\x07" not in svg
    assert "\u202e" not in svg
    assert "{{7*7}}" in "".join(parse(svg).itertext())
    assert "\x07" not in json.dumps(chart._repr_mimebundle_(), ensure_ascii=False)


def test_every_colour_is_a_variable_with_a_fallback(svg: str) -> None:
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) - {"none"}
    assert colours
    assert [colour for colour in colours if not re.fullmatch(r"var\(--\w+,#[0-9a-f]{6}\)|transparent", colour)] == []


def other_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row of data whose text is far wider."""
    return {key: "M" * 60 if key == "text" and isinstance(value, str) else value for key, value in row.items()}


def test_layout_does_not_depend_on_how_wide_the_machine_draws_text(chart: Chart) -> None:
    for spec in (chart.spec, chart.narrow or chart.spec):
        wider = json.loads(json.dumps(spec), object_hook=other_words)
        plain, changed = (re.sub(r">[^<]*<", "><", draw(one, "", "")) for one in (spec, wider))
        assert plain == changed


def test_the_bundle_has_the_form_that_each_front_end_reads(chart: Chart) -> None:
    bundle = chart._repr_mimebundle_()
    assert set(bundle) == {VEGA_LITE_MIME, CHART_MIME, "text/plain"}
    assert bundle["text/plain"] == clean(f"Summary {HOSTILE}")
    spec = bundle[VEGA_LITE_MIME]
    assert spec["$schema"].endswith("/vega-lite/v5.json")
    assert "var(--" not in json.dumps(spec, ensure_ascii=False)
    assert spec["background"] == "#ffffff"
    extra = bundle[CHART_MIME]
    assert {len(row) for row in extra["rows"]} == {len(extra["columns"])}
    assert all(isinstance(cell, str) for row in extra["rows"] for cell in row)
    assert json.loads(json.dumps(bundle)) == bundle


def test_it_is_small(svg: str) -> None:
    assert len(svg) < 16_000


@pytest.mark.parametrize("name", ["sparkline", "bars", "timeline", "heat_grid"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_golden(name: str, language: Any) -> None:
    """Set ITSQ_UPDATE_GOLDEN=1 to accept the pictures as drawn now."""
    chart, file = GALLERY[name](language), GOLDEN / f"{name}.{language}.svg"
    drawn = chart.svg() + "\n" + (chart.svg("narrow") + "\n" if chart.narrow else "")
    if os.environ.get("ITSQ_UPDATE_GOLDEN") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(drawn.encode("utf-8"))
    assert file.read_bytes().decode("utf-8").replace("\r\n", "\n") == drawn


def test_another_process_zone_language_and_hash_seed_give_the_same_bytes() -> None:
    names = ["daily", "timeline", "funnel"]
    draw_all = "''.join(GALLERY[name]('zh').svg() for name in sys.argv[1:])"
    code = f"import sys; from tests.charts.gallery import GALLERY; sys.stdout.buffer.write({draw_all}.encode())"
    settings = [("Asia/Shanghai", "zh_CN.UTF-8", "1"), ("America/Sao_Paulo", "C", "2")]
    expected = "".join(GALLERY[name]("zh").svg() for name in names).encode("utf-8")
    for zone, locale, seed in settings:
        environment = {**os.environ, "TZ": zone, "LANG": locale, "LC_ALL": locale, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", code, *names]
        done = subprocess.run(command, cwd=HERE.parents[1], env=environment, capture_output=True, check=True)
        assert done.stdout == expected
