"""The reference made from code: what a notebook calls, the commands, the keys of itsq.toml."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import griffe
import typer
from typer.cli import get_docs_for_click

import itsq_analysis
from itsq_analysis.cli import app
from itsq_analysis.settings.model import Settings
from itsq_analysis.workspace import Workspace


def commands_page() -> str:
    """Every command of `itsq` with its arguments and options, in Markdown."""
    group = typer.main.get_command(app)
    text = get_docs_for_click(obj=group, ctx=typer.Context(group), name="itsq")
    return text.replace("# `itsq`", "# Commands", 1)


def api_page() -> str:
    """What a notebook calls: the workspace's methods and the functions beside it, in Markdown."""
    lines = ["# Python", "", "Everything is imported from `itsq_analysis`. A workspace is opened once:", ""]
    for name in ("open_workspace", "forecast", "backtest", "evaluate", "explain", "detect", "to_events"):
        lines += [f"## {name}", "", *_described(getattr(itsq_analysis, name), name)]
    lines += ["## Workspace", "", "What `open_workspace` returns.", ""]
    for name in (name for name in dir(Workspace.__new__(Workspace)) if not name.startswith("_")):
        member = inspect.getattr_static(Workspace, name, None)
        if isinstance(member, property) or callable(member):
            lines += [f"### {name}", "", *_described(member, f"ws.{name}")]
    return "\n".join(lines) + "\n"


def _described(member: property | Callable[..., Any], name: str) -> Iterator[str]:
    """A member's signature and docstring."""
    if not isinstance(member, property):
        signature = inspect.signature(member)
        asked = [parameter.replace(annotation=parameter.empty) for key, parameter in signature.parameters.items() if key != "self"]
        yield from ("```python", f"{name}{signature.replace(parameters=asked, return_annotation=signature.empty)}", "```", "")
    yield from _docstring(inspect.getdoc(member) or "")


def _docstring(text: str) -> Iterator[str]:
    """A docstring of the house: prose, lists of arguments and errors, examples that run."""
    options = {"returns_multiple_items": False, "returns_named_value": False}
    for section in griffe.parse_google(griffe.Docstring(text), warnings=False, **options):
        if section.kind is griffe.DocstringSectionKind.text:
            for paragraph in section.value.split("\n\n"):
                example = paragraph.lstrip().startswith(">>>")
                fence = (["```pycon"], ["```"]) if example else ([], [])
                yield from (*fence[0], paragraph.replace("  # doctest: +SKIP", ""), *fence[1], "")
        else:
            yield from (f"**{section.kind.value.capitalize()}**", "")
            for item in section.value:
                label = getattr(item, "name", "") or str(item.annotation or "")
                yield f"- {f'`{label}`: ' if label else ''}{' '.join(item.description.split())}"
            yield ""


def settings_page() -> str:
    """Every table of itsq.toml with its keys, what they take and what stands where nothing is said, in Markdown."""
    schema = Settings.model_json_schema()
    lines = ["# itsq.toml", "", "`itsq init` writes one with comments; `itsq check` says what is wrong with it.", ""]
    for key, field in Settings.model_fields.items():
        name = field.alias or key
        found, many = _model(schema["properties"][name], schema["$defs"])
        if found is None:
            continue
        lines += [f"## {f'[[{name}]]' if many else f'[{name}]'}", "", *_docstring(found.get("description", ""))]
        lines += ["| key | takes | default |", "|---|---|---|"]
        needed = found.get("required", ())
        for entry, shape in found.get("properties", {}).items():
            default = "needed" if entry in needed else f"`{_toml(shape.get('default'))}`"
            lines.append(f"| `{entry}` | {_takes(shape, schema['$defs'])} | {default} |")
        lines.append("")
    return "\n".join(lines)


def _model(shape: dict[str, Any], models: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """The table that a key of itsq.toml holds, and whether it may stand several times."""
    many = shape.get("type") == "array"
    inner = shape.get("items", {}) if many else shape
    for part in (inner, *inner.get("allOf", ()), *inner.get("anyOf", ())):
        if "$ref" in part:
            return models[part["$ref"].rsplit("/", 1)[1]], many
    return None, many


def _takes(shape: dict[str, Any], models: dict[str, Any]) -> str:
    """What a key accepts, in words: "en or zh", "integer, 1 to 28"."""
    if "$ref" in shape:
        return _takes(models[shape["$ref"].rsplit("/", 1)[1]], models)
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_takes(part, models) for part in shape["anyOf"] if part.get("type") != "null"))
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    if "const" in shape:
        return f"`{shape['const']}`"
    if shape.get("type") == "array":
        return f"list of {_takes(shape.get('items', {}), models)}"
    kind = {"string": "text", "boolean": "true or false", "object": "table"}.get(shape.get("type", ""), shape.get("type", "text"))
    bounds = [
        f"{word} {shape[key]}"
        for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
        if key in shape
    ]
    return ", ".join([kind, *([" ".join(bounds)] if bounds else [])])


def _toml(value: object) -> str:
    """A default as itsq.toml would write it; a key without one is left out."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
