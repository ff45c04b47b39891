"""Colours by role: a CSS variable in the report's SVG, a concrete value where no style sheet reaches (JupyterLab, PNG).

The five series colours keep apart under the common kinds of colour blindness and in greyscale, on white and on the dark page;
`tests/charts/test_palette.py` measures it. A status has a shape and a word besides its colour.
"""

from __future__ import annotations

import re
from typing import Any

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1c2430",
    "muted": "#5a6472",
    "line": "#d9dee5",
    "c1": "#05416e",
    "c2": "#c37342",
    "c3": "#764061",
    "c4": "#32846e",
    "c5": "#8a9099",
    "met": "#1d6b5a",
    "missed": "#b3261e",
}
DARK = {
    "paper": "#14181d",
    "ink": "#e4e7eb",
    "muted": "#a3adb9",
    "line": "#343b45",
    "c1": "#71afea",
    "c2": "#b97120",
    "c3": "#fcb5e6",
    "c4": "#0f8261",
    "c5": "#8b949e",
    "met": "#6cc3ac",
    "missed": "#ff8a7a",
}
SERIES = ("c1", "c2", "c3", "c4", "c5")
TOKEN = re.compile(r"var\(--([a-z0-9]+)\)")


def colour(role: str) -> str:
    """The token of a role, as the chart builders write it.

    >>> colour("c1")
    'var(--c1)'
    """
    if role not in LIGHT:
        raise KeyError(f"a colour role must be one of {', '.join(LIGHT)}; found {role!r}")
    return f"var(--{role})"


def concrete(value: Any, palette: dict[str, str] = LIGHT) -> Any:
    """A copy of a specification with every token replaced by a colour; data and texts are left as they are.

    >>> concrete({"mark": {"stroke": "var(--c1)"}, "data": {"values": [{"label": "var(--c1)"}]}})
    {'mark': {'stroke': '#05416e'}, 'data': {'values': [{'label': 'var(--c1)'}]}}
    """
    if isinstance(value, dict):
        return {key: item if key in {"data", "text", "description"} else concrete(item, palette) for key, item in value.items()}
    if isinstance(value, list):
        return [concrete(item, palette) for item in value]
    found = TOKEN.fullmatch(value) if isinstance(value, str) else None
    return palette[found[1]] if found else value
