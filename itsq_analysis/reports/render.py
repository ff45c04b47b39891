"""An executed notebook → the bytes of one HTML page, laid out by nbconvert with the template in `templates/`.

The same outputs give the same bytes: code, cell ids, timings, kernel metadata and file names never reach the template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import TemplateNotFound
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import from_dict
from traitlets import default

from itsq_analysis.errors import ReportError
from itsq_analysis.reports.outputs import SVG, dangers, shown
from itsq_analysis.resources import folder
from itsq_analysis.tables.plain_text import UNDRAWABLE

TEMPLATE = "page"
FALLBACK = re.compile(r"(?<=\")var\((--\w+),#[0-9a-f]{6}\)(?=\")")  # as an attribute of a drawing
NAMESPACE = re.compile(r'(?<=<svg )xmlns="http://www\.w3\.org/2000/svg" ')  # HTML knows it without
FONT = re.compile(r'(<svg [^>]*) font-family="[^"]*"')


@dataclass(frozen=True)
class Page:
    """A rendered report.

    Attributes:
        html: the page, UTF-8.
        header: the report's own data: title, period, language and what else the notebook said of itself.
        left_out: a sentence for every output of the notebook that the page does not show.
    """

    html: bytes
    header: dict[str, Any]
    left_out: list[str]


class PageExporter(HTMLExporter):
    """nbconvert's exporter "itsq": an executed notebook as one self-contained page.

        jupyter nbconvert --to itsq out.ipynb

    It goes without `HTMLExporter`'s second pass, which parses and rewrites the whole page to fill in missing `alt` texts and tab
    stops; our pages have theirs, and SVG's mixed-case names would not survive it.
    """

    export_from_notebook = "IT service report"

    @default("template_name")
    def _template_name_default(self) -> str:
        return TEMPLATE

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(folder("templates"))]

    def from_notebook_node(  # type: ignore[override] # as nbconvert itself has to say
        self, nb: Any, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Lay out a notebook; returns the page, and nbconvert's resources with the report's header and what the page leaves out.

        The template finds the header as `resources.report` and cells whose outputs are charts or HTML (`outputs.Shown`).

        Raises:
            ReportError: the page would run a script or ask for something outside itself.
        """
        content = shown(nb)
        about = {"report": content.header, "left_out": content.left_out, "metadata": {"name": "", "path": ""}}
        cleaned = from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": content.cells})  # type: ignore[no-untyped-call]
        self.register_filter("filter_data_type", _one_type)  # type: ignore[no-untyped-call]
        text, told = TemplateExporter.from_notebook_node(self, cleaned, {**(resources or {}), **about}, **kwargs)
        text = FALLBACK.sub(r"var(\1)", text)  # the page's style sheet has the colours and the fonts
        text = FONT.sub(r"\1", NAMESPACE.sub("", text))
        text = UNDRAWABLE.sub("", text)  # control characters and changes of direction, as in charts
        if outside := dangers(text):
            raise ReportError(
                f"a report must run no script and ask for nothing outside its file; found {', '.join(outside)}; "
                "remove it from the notebook's text or output"
            )
        return text.replace("\r\n", "\n").rstrip() + "\n", told


def _one_type(data: Mapping[str, Any]) -> list[str]:
    """The type under which the template shows an output: a chart's SVG or HTML."""
    return [kind for kind in (SVG, "text/html") if kind in data][:1]


@cache
def _exporter(template: str, places: str) -> PageExporter:
    """The exporter with its template found.

    Raises:
        ReportError: nbconvert finds neither that template nor its own, which ours rests on.
    """
    try:
        exporter = PageExporter(template_name=template, extra_template_basedirs=[places])  # type: ignore[no-untyped-call]
        exporter.template  # noqa: B018 - reads the template's files
    except (ValueError, TemplateNotFound) as error:
        found = " ".join(str(error).split())
        raise ReportError(
            f"nbconvert must find the page template {template!r} and its own; found: {found}; "
            "install itsq-analysis and nbconvert into one environment, or name the folder of nbconvert/templates in JUPYTER_PATH"
        ) from error
    return exporter


def render(notebook: Mapping[str, Any], template: str = TEMPLATE) -> Page:
    """The page of an executed notebook, by the exporter that nbconvert's command line uses.

    Args:
        notebook: an executed nbformat 4 notebook; not changed.
        template: a folder in `templates/`.

    Raises:
        ReportError: as from the exporter, or a template is missing.
    """
    text, told = _exporter(template, str(folder("templates"))).from_notebook_node(notebook)
    return Page(text.encode("utf-8"), told["report"], told["left_out"])
