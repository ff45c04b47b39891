"""Notebooks made by the tests, and a template of a few lines in place of the real one."""

from typing import Any

PARAMETERS = """\
from datetime import date
from pathlib import Path
from typing import Literal

period: str = "2026-10"
services: list[str] = []
language: Literal["en", "zh"] = "en"
as_of: date | None = None
workspace: Path | None = None
"""
HEADER = """\
from IPython.display import display
display({"application/vnd.itsq.report+json": {"title": f"Quality {period}", "language": language}, "text/plain": ""}, raw=True)
"""
TEMPLATE = """\
{%- extends 'base/display_priority.j2' -%}
{%- block header -%}
<!doctype html>
<html lang="{{ resources.report.language or 'en' }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{{ resources.report.title | e }}</title>
<style>body { font: 16px sans-serif; overflow-wrap: anywhere; } svg, img { max-width: 100%; }</style></head><body>
<h1>{{ resources.report.title | e }}</h1>
{% endblock header -%}
{%- block execute_result -%}{{ self.data_priority() }}{%- endblock -%}
{%- block markdowncell -%}{{ cell.source | markdown2html }}{%- endblock -%}
{%- block data_html -%}{{ output.data['text/html'] }}{%- endblock -%}
{%- block data_svg -%}
<figure>{{ output.data['image/svg+xml'] }}<figcaption>{{ output.data['text/plain'] | e }}</figcaption></figure>
{%- endblock -%}
{%- block footer -%}</body></html>{%- endblock -%}
"""

Cell = str | tuple[str, str]


def notebook(*cells: Cell, parameters: str = PARAMETERS) -> dict[str, Any]:
    """A notebook of a parameter cell and code cells; ("markdown", text) is a Markdown cell."""
    made: list[dict[str, Any]] = []
    for number, cell in enumerate([parameters, *cells]):
        kind, source = cell if isinstance(cell, tuple) else ("code", cell)
        tags = ["parameters"] if number == 0 else []
        made.append({"cell_type": kind, "id": f"id{number}", "metadata": {"tags": tags}, "source": source})
        if kind == "code":
            made[-1] |= {"execution_count": None, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": made}
