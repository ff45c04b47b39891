"""Typed parameters of a notebook, read from its cell tagged `parameters` without running it.

papermill knows names and text only: a misspelt parameter is injected and ignored, a date is not JSON. Here the cell's
annotations become a pydantic model, so that wrong names, types and choices are refused before a kernel starts. The cell holds
imports (for its annotations) and assignments `name: type = literal`; types are str, int, float, bool, date, Path, list[...],
Literal[...] and `... | None`.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model

from itsq_analysis.errors import ReportError

CELL_TAG = "parameters"


def _not_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number, not true or false")
    return value


def _to_text(value: object) -> object:
    """The command line of papermill makes 2026 an int; a float has already lost the zero of 2026.10."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _to_date(value: object) -> date | None:
    """A date from a date or from text; the command line of papermill makes 20261031 an int."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("a date like 2026-10-31") from None


def _to_path(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or "\0" in value):
        raise ValueError("a path with at least one character and no zero byte")
    return value


def _to_list(value: object) -> object:
    """The command line of papermill hands a list over as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError('a list like ["E-mail", "VPN"]') from None


SCALARS: dict[str, Any] = {
    "str": Annotated[str, BeforeValidator(_to_text)],
    "int": Annotated[int, BeforeValidator(_not_bool)],
    "float": Annotated[float, BeforeValidator(_not_bool)],
    "bool": bool,
    "date": Annotated[date, BeforeValidator(_to_date)],
    "Path": Annotated[Path, BeforeValidator(_to_path)],
}


class Parameters(BaseModel):
    """Base of the model made for a notebook: no other names than its own, values of the declared types."""

    model_config = ConfigDict(extra="forbid", validate_default=True, frozen=True)

    def json_values(self) -> dict[str, Any]:
        """The values as JSON knows them (dates and paths as text), in the order of the cell."""
        return self.model_dump(mode="json")


def parameter_model(notebook: Mapping[str, Any], where: str) -> type[Parameters]:
    """The model of a notebook's parameters.

    Args:
        notebook: an nbformat 4 notebook, as nbformat or json read it.
        where: the notebook's name, for messages.

    Raises:
        ReportError: there is not exactly one cell tagged `parameters`, or it holds anything but typed literals.

    >>> cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": 'period: str = "last-month"'}
    >>> parameter_model({"cells": [cell]}, "x.ipynb")(period=2026).period
    '2026'
    """
    cells = [cell for cell in notebook["cells"] if CELL_TAG in cell.get("metadata", {}).get("tags", [])]
    if len(cells) != 1:
        raise ReportError(
            f"a report's notebook must have one cell tagged {CELL_TAG!r}; found {len(cells)} in {where}; "
            "tag the cell with the typed assignments (JupyterLab: property inspector, cell tags)"
        )
    fields = _fields("".join(cells[0]["source"]), where)
    try:
        model: type[Parameters] = create_model("Parameters", __base__=Parameters, **fields)
        model()
    except ValidationError as error:
        raise ReportError(_problems(error, where, {})) from None
    return model


def resolve(notebook: Mapping[str, Any], given: Mapping[str, Any], where: str) -> Parameters:
    """The notebook's parameters with the given values in place of its defaults.

    Args:
        notebook: an nbformat 4 notebook.
        given: name → value, typed or as text.
        where: the notebook's name, for messages.

    Raises:
        ReportError: a name that the notebook does not have (with the nearest one), or a value of another type; all at once.
    """
    model = parameter_model(notebook, where)
    try:
        return model(**dict(given))
    except ValidationError as error:
        defaults = {name: field.default for name, field in model.model_fields.items()}
        raise ReportError(_problems(error, where, defaults)) from None


def _fields(source: str, where: str) -> dict[str, Any]:
    """Name → (type, default) of the cell's assignments; imports and text are passed over."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ReportError(f"the parameter cell of {where} must be Python; found {_short(str(error))}; correct the cell") from None
    fields: dict[str, Any] = {}
    for statement in body:
        text = ast.get_source_segment(source, statement) or ""
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                continue
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
                if name.startswith("_") or hasattr(Parameters, name):
                    raise _refused(text, where, "choose another name")
                fields[name] = (_known_type(annotation, text, where), _literal(value, text, where))
            case _:
                raise _refused(text, where, 'write imports and assignments like `period: str = "2026-10"`')
    return fields


def _refused(text: str, where: str, remedy: str) -> ReportError:
    return ReportError(f"the parameter cell of {where} must hold imports and typed literals; found {_short(text)}; {remedy}")


def _literal(value: ast.expr, text: str, where: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        raise _refused(text, where, "write a literal default") from None


def _known_type(annotation: ast.expr, text: str, where: str) -> Any:
    try:
        return _type(annotation)
    except (_UnknownTypeError, SyntaxError, ValueError, TypeError, RecursionError):
        remedy = "use the types str, int, float, bool, date, Path, list[...], Literal[...] or ... | None"
        raise _refused(text, where, remedy) from None


class _UnknownTypeError(Exception):
    """An annotation that no value can be checked against."""


def _type(node: ast.expr) -> Any:
    """The type that an annotation names; only names that are known here are looked up, nothing is evaluated."""
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=str() as text):
            return _type(ast.parse(text, mode="eval").body)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in SCALARS:
            return SCALARS[name]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Union[_type(left), _type(right)]  # noqa: UP007 (None and Annotated have no `|`)
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return Annotated[list[_type(item)], BeforeValidator(_to_list)]  # type: ignore[misc]
        case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal"), slice=choices):
            values = ast.literal_eval(choices)
            return Literal[values if isinstance(values, tuple) else (values,)]
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=item):
            return Union[_type(item), None]  # noqa: UP007
    raise _UnknownTypeError


def _problems(error: ValidationError, where: str, defaults: Mapping[str, Any]) -> str:
    """Every problem on a line of its own; no defaults are known while they are themselves checked."""
    return "\n".join(dict.fromkeys(_problem(item, where, defaults) for item in error.errors()))


def _problem(item: Any, where: str, defaults: Mapping[str, Any]) -> str:
    name = str(item["loc"][0])
    if item["type"] == "extra_forbidden":
        near = get_close_matches(name, defaults, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else "leave it out"
        return f"a parameter of {where} must be one of {', '.join(defaults)}; found {_short(name)!r}; {remedy}"
    must = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    remedy = f"leave it out for {defaults[name]!r}" if name in defaults else "correct the default in the parameter cell"
    return f"parameter {name!r} of {where} must be {must}; found {_short(repr(item['input']))}; {remedy}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:77] + "..."
