from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.reports.outputs import CHART_DATA, REPORT, SVG, VEGA_LITE, dangers, shown
from tests.charts.gallery import GALLERY


def display(**forms: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {key.replace("__", "/"): text for key, text in forms.items()}}


def of(*outputs: dict[str, Any], before: str = "## Speed") -> Any:
    heading = {"cell_type": "markdown", "metadata": {}, "source": before}
    return shown({"cells": [heading, {"cell_type": "code", "metadata": {"x": 1}, "source": "secret()", "outputs": list(outputs)}]})


def html(*outputs: dict[str, Any], **options: Any) -> list[str]:
    return [output["data"]["text/html"] for output in of(*outputs, **options).cells[1]["outputs"]]


def test_code_ids_and_metadata_do_not_reach_the_page() -> None:
    assert of().cells[1] == {
        "cell_type": "code", "id": "cell-2", "metadata": {"tags": []}, "source": "", "execution_count": None, "outputs": [],
    }  # fmt: skip


def test_a_cell_for_the_analyst_is_not_shown() -> None:
    cell = {"cell_type": "markdown", "metadata": {"tags": ["notebook-only"]}, "source": "Change the next cell."}
    assert shown({"cells": [cell]}).cells == []


def test_a_chart_is_drawn_from_its_specifications() -> None:
    chart = GALLERY["bars"]("en")
    shown_as = chart._repr_mimebundle_()
    result = {"output_type": "execute_result", "metadata": {}, "data": {**shown_as, "text/html": "<b>never</b>"}}
    [output] = of(result).cells[1]["outputs"]
    assert output["output_type"] == "display_data"
    assert set(output["data"]) == {SVG, CHART_DATA, "text/plain"}
    assert output["data"][SVG] == chart.svg("wide")
    assert output["data"][CHART_DATA] == {**shown_as[CHART_DATA], "narrow": chart.svg("narrow")}
    assert SVG not in shown_as


def test_a_chart_of_another_library_is_shown_as_it_has_drawn_it() -> None:
    chart = {VEGA_LITE: {"mark": "bar"}, SVG: "<svg/>", "text/plain": "One bar.", "text/html": "<b>never</b>"}
    [output] = of({"output_type": "execute_result", "metadata": {}, "data": chart}).cells[1]["outputs"]
    assert output["data"] == {SVG: "<svg/>", "text/plain": "One bar."}


def test_the_header_is_merged() -> None:
    found = of(display(**{REPORT: {"title": "a", "language": "en"}}), display(**{REPORT: {"title": "b"}}))
    assert found.header == {"title": "b", "language": "en"}
    assert [list(output["data"]) for output in found.cells[1]["outputs"]] == [[REPORT], [REPORT]]


def test_stdout_and_text_are_escaped_stderr_is_not_shown() -> None:
    out = {"output_type": "stream", "name": "stdout", "text": "<script>a</script>\n"}
    error = {"output_type": "stream", "name": "stderr", "text": "Warning"}
    assert html(out, error, display(text__plain="1 < 2")) == [
        '<pre class="text">&lt;script&gt;a&lt;/script&gt;</pre>',
        '<pre class="text">1 &lt; 2</pre>',
    ]


def test_a_picture_becomes_a_data_address_with_a_text_alternative() -> None:
    [page] = html(display(image__png="AA\nAA=\n", text__plain="<Figure size 640x480>"))
    assert page == (
        '<figure class="chart"><figcaption>Speed</figcaption><img src="data:image/png;base64,AAAA=" alt="Speed"></figure>'
    )
    [named] = html(display(image__png="AAAA", text__plain='P90 & "more"'))
    assert 'alt="P90 &amp; &quot;more&quot;"' in named
    stated = display(image__jpeg="AAAA") | {"metadata": {"image/jpeg": {"alt": "Hours by group"}}}
    assert 'alt="Hours by group"' in html(stated)[0]
    assert 'alt="Figure"' in html(display(image__png="AAAA"), before="no heading")[0]


def test_a_foreign_svg_is_shown_as_a_picture_so_that_its_scripts_stay_dead() -> None:
    source = "<svg><script>alert(1)</script></svg>"
    [page] = html(display(**{SVG: source}))
    coded = page.split("base64,")[1].split('"')[0]
    assert b64decode(coded).decode() == source
    assert dangers(page) == []


def test_html_is_preferred_unless_it_holds_scripts() -> None:
    frame = display(text__html="<table><tr><td>1</td></tr></table>", text__plain="   0\n0  1")
    assert html(frame) == ["<table><tr><td>1</td></tr></table>"]
    plotly = display(text__html='<script src="https://cdn.plot.ly/x.js"></script>', image__png="AAAA")
    assert html(plotly)[0].startswith('<figure class="chart">')


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (display(**{"application/vnd.plotly.v1+json": {}, "text/html": "<script>x</script>"}), "its HTML holds <script>"),
        (display(**{VEGA_LITE: {"mark": "bar"}}), "no form of it"),
        (display(**{VEGA_LITE: {"mark": "bar"}, "text/plain": "<VegaLite 5 object>"}), "no form of it"),
        (display(text__plain="[<matplotlib.lines.Line2D at 0x7f2cc036fe20>]"), "no form of it"),
        (display(text__latex="$x$"), "no form of it"),
        (display(**{"text/markdown": "![x](http://example.org/x.png)"}), "its Markdown holds 'src' to http://example.org/x.png"),
        ({"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []}, "an error that the notebook allows"),
    ],
)
def test_what_is_left_out_is_said(output: dict[str, Any], reason: str) -> None:
    found = of(output)
    assert found.cells[1]["outputs"] == []
    [sentence] = found.left_out
    assert sentence.startswith("cell 2: ")
    assert reason in sentence


def test_markdown_output_becomes_html() -> None:
    assert "<strong>late</strong>" in html(display(text__markdown="**late**"))[0]


@pytest.mark.parametrize(
    "piece",
    [
        "<script>1</script>", "<SCRIPT/x>1", '<img src="//a.example/x">', "<img srcset='http://a/1 2x'>",
        "<iframe srcdoc='x'></iframe>",
        "<p onclick=x()>", "<a href=' java\nscript:x()'>a</a>", "<link rel=stylesheet href=http://a>", "<base href=/>",
        "<style>@import 'x.css'</style>", "<p style='background:URL( http://a)'>", "<style>p{background:url(x.png)}</style>",
        "<meta http-equiv=refresh content=0>", "<svg><image xlink:href='http://a'/></svg>", "<object data=http://a></object>",
        "<img src='data:text/html,x'>", "<video poster=http://a></video>", "<form action=http://a></form>", "<svg onload=x()>",
        "<svg><use href='http://a#b'/></svg>", "<embed src=x>", "<img src=x onerror=alert(1)>",
    ],
)  # fmt: skip
def test_dangers_are_seen(piece: str) -> None:
    assert dangers(piece)


@pytest.mark.parametrize(
    "piece",
    [
        "<p>https://example.org</p>", "<a href='#part'>x</a>", "<a href='https://example.org'>x</a>",
        "<svg><use href='#b'/></svg>",
        "<svg clip-path='url(#c1)'><title>t</title></svg>", "<style>p{color:red}</style>",
        "<img src='data:image/png;base64,AA=='>",
        "<p>&lt;script&gt;</p>", "<td data-on='x'></td>", "<p>url(http://a) @import</p>",
    ],
)  # fmt: skip
def test_harmless_html_is_left_alone(piece: str) -> None:
    assert dangers(piece) == []


@given(st.text())
def test_any_printed_text_is_shown_as_text(text: str) -> None:
    [page] = html({"output_type": "stream", "name": "stdout", "text": text})
    assert dangers(page) == []
    assert page.count("<") == 2
