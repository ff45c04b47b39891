"""The page as nbconvert's command line and as `itsq run` make it: what it holds and what it must never hold."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from nbconvert.exporters import get_exporter
from nbformat import from_dict

from itsq_analysis.charts.labels import Language
from itsq_analysis.charts.palette import DARK, LIGHT
from itsq_analysis.reports.render import render
from itsq_analysis.resources import folder
from tests.templates.demonstration import HOSTILE, Report, notebook

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
QUALITY = folder("templates") / "page"


def exported(content: dict[str, Any]) -> str:
    """The page as `jupyter nbconvert --to itsq` makes it."""
    exporter = get_exporter("itsq_analysis.reports.render.PageExporter")()
    return str(exporter.from_notebook_node(from_dict(content))[0])


@cache
def page(language: Language) -> str:
    return render(notebook(language)).html.decode("utf-8")


def cells(*outputs: dict[str, Any], markdown: str = "") -> dict[str, Any]:
    shown = [{"output_type": "display_data", "metadata": {}, "data": data} for data in outputs]
    code = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "source": "", "outputs": shown}
    text = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": markdown}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [text, code]}


@LANGUAGES
def test_code_warnings_plain_results_and_the_analysts_cells_are_left_out(language: Language) -> None:
    text = page(language)
    assert exported(notebook(language)) == text
    assert Report(language).header()["title"] in text
    assert [word for word in ("secret_code", "SECRET WARNING", "PLAIN RESULT", "For the analyst") if word in text] == []


@LANGUAGES
def test_nothing_can_run_and_nothing_is_fetched(language: Language) -> None:
    text = page(language)
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<link|<iframe|@import|javascript:|\son\w+=", text)
    assert not re.search(r"https?://", text)
    assert HOSTILE not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 5


@LANGUAGES
def test_it_states_its_language_and_lists_its_sections_in_order(language: Language) -> None:
    text = page(language)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in text
    beside, in_a_fold = (
        re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', nav) for nav in re.findall(r"<nav.*?</nav>", text, re.DOTALL)
    )
    headings = re.findall(r'<h2 id="([^"]+)">(?:<span class="topic">)?([^<]+)', text)
    assert beside == in_a_fold == headings
    assert len(beside) == 9


@LANGUAGES
def test_every_picture_has_words_two_sizes_and_its_numbers(language: Language) -> None:
    figures = re.findall(r"<figure.*?</figure>", page(language), flags=re.DOTALL)
    assert len(figures) >= 10
    for figure in figures:
        assert re.search(r"<figcaption><strong>[^<]+</strong> <span>[^<]+</span></figcaption>", figure)
        assert (figure.count("<svg"), figure.count('class="wide"'), figure.count('class="narrow"')) == (2, 1, 1)
        assert re.search(r'<details class="data"><summary>[^<]+</summary>\s*<div class="scroll"[^>]*><table>', figure)


@LANGUAGES
def test_the_page_is_small_and_its_bytes_are_the_same_each_time(language: Language) -> None:
    assert len(page(language).encode("utf-8")) < 400_000
    assert render(notebook(language)).html.decode("utf-8") == page(language)


@LANGUAGES
def test_every_element_is_closed(language: Language) -> None:
    void = {"meta", "br", "img", "hr", "input"}

    class Balance(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.wrong: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
            if tag not in void:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if not self.open or self.open.pop() != tag:
                self.wrong.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            """Closed by itself."""

    reader = Balance()
    reader.feed(page(language))
    assert (reader.open, reader.wrong) == ([], [])


def test_the_header_says_what_the_report_says_of_itself_and_escapes_it() -> None:
    text = exported(
        cells({"application/vnd.itsq.report+json": {"title": HOSTILE, "organisation": "A & B", "complete": False, "number": 7}})
    )
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>" in text
    assert '<p class="organisation">A &amp; B</p>' in text
    assert "<dt>Report no.</dt><dd>7</dd>" in text
    assert 'class="warned"' in text


def test_a_notebook_without_a_header_is_a_page_too() -> None:
    text = exported(cells(markdown="## My own finding\n\nIt rained."))
    assert "<h1>Report</h1>" in text
    assert "It rained." in text
    assert re.search(r'<li><a href="#My-own-finding">My own finding', text)
    assert 'class="warned"' not in text


def test_a_foreign_table_scrolls_in_its_own_box_and_a_foreign_picture_is_shown() -> None:
    text = exported(
        cells({"text/html": "<table><tr><th>a</th></tr></table>"}, {"image/png": "iVBORw0KGgo=", "text/plain": "A <b> plot"})
    )
    assert '<div class="scroll"><table><tr><th>a</th></tr></table></div>' in text
    assert re.search(r'<img src="data:image/png;base64,iVBORw0KGgo=" alt="A &lt;b&gt; plot"', text)


def test_the_page_and_the_pictures_share_their_colours() -> None:
    style = (QUALITY / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark")
    for part, palette in ((light, LIGHT), (dark, DARK)):
        stated = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", part))
        assert {role: stated.get(role) for role in palette} == palette


def test_the_drawings_take_their_colours_from_the_page() -> None:
    assert re.search(r'fill="var\(--c1\)"', page("en"))
    assert not re.search(r"var\(--\w+,#", page("en"))


def test_the_partials_are_complete() -> None:
    named = set(
        re.findall(r"(?:include|import) '([^']+)'", "".join(file.read_text(encoding="utf-8") for file in QUALITY.glob("*.j2")))
    )
    assert named | {"index.html.j2", "conf.json"} == {file.name for file in QUALITY.iterdir()}
