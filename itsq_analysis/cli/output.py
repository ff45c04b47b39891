"""What the command line writes: lines, tables, CSV and JSON that every console can show, also one of code page 936 (GBK)."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["table", "csv", "json", "markdown"]
Data = Literal["csv", "json", "markdown"]  # what other programs read
UNBOUNDED = 100_000  # columns of a file or pipe: nothing is wrapped there


def survive_any_encoding() -> None:
    r"""Let stdout and stderr write \uXXXX for what their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def cell(value: object) -> str:
    """A value as one line of text, empty where it is missing; nothing in it can steer a terminal.

    >>> cell("E-mail\\x1b[2J"), cell(None), cell(float("nan"))
    ('E-mail\\\\x1b[2J', '', '')
    """
    from itsq_analysis.settings.findings import printable

    return "" if missing(value) else printable(str(value))


def say(line: str) -> None:
    """Write one line to stdout."""
    sys.stdout.write(cell(line) + "\n")


def warn(lines: str) -> None:
    """Write lines to stderr."""
    for line in lines.splitlines() or [""]:
        sys.stderr.write(cell(line) + "\n")


def shell_word(path: object) -> str:
    """A path as it is typed: quoted where it has a space.

    >>> shell_word("ours"), shell_word("my data")
    ('ours', '"my data"')
    """
    return f'"{path}"' if " " in str(path) else str(path)


class Status:
    """A line on stderr that tells how far the work is; nothing where nobody looks on.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.started = clock, clock()

    def __call__(self, done: str, rows: int, share: float) -> None:
        """Show what was done last, rows a second, and the time that is left."""
        passed = max(self.clock() - self.started, 0.001)
        left = passed / max(share, 0.01) - passed
        self._show(f"{cell(done)}: {rows:,} rows read, {rows / passed:,.0f} a second, about {left:,.0f} s left")

    def end(self) -> None:
        """Take the line away."""
        self._show("")

    def _show(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


def count(number: Any) -> str:
    """A count with thousands separated: 141,712."""
    return "" if missing(number) else f"{int(number):,}"


def show(header: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[str] = ()) -> None:
    """Write a table; columns named in `right` are aligned to the right. Cells are text, never markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    ends = set(right)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in header:
        table.add_column(name, justify="right" if name in ends else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    # rich takes an ASCII frame by itself where the stream is not UTF-8.
    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else UNBOUNDED)
    console.print(table)


def write_frame(frame: pd.DataFrame, format: Data, *, raw: bool = False) -> None:  # noqa: A002 - the option's name
    """Write a frame and nothing else, for another program to read; missing values are empty (CSV) or null (JSON).

    Texts come from exports: in CSV none is a formula and none steers a terminal, as in a report's CSV, unless asked for `raw`; in
    JSON what would steer a terminal is written as \\uXXXX, which is the same text. Markdown is for a ticket or a wiki.
    """
    sys.stdout.write(_json(frame) if format == "json" else _markdown(frame) if format == "markdown" else _csv(frame, raw))


def write_records(records: list[dict[str, Any]], format: Data) -> None:  # noqa: A002 - the option's name
    """Write records as `write_frame` writes a frame."""
    import pandas as pd

    write_frame(pd.DataFrame(records), format)


def _csv(frame: pd.DataFrame, raw: bool) -> str:
    from itsq_analysis.tables.plain_text import csv_text

    if not raw:
        frame = frame.apply(lambda column: column.map(lambda value: csv_text(value) if isinstance(value, str) else value))
    # QUOTE_MINIMAL, the default, leaves a lone carriage return unquoted
    options: dict[str, Any] = {"quoting": csv.QUOTE_NONNUMERIC} if raw else {}
    text: str = frame.to_csv(index=False, lineterminator="\n", **options)
    return text


def _markdown(frame: pd.DataFrame) -> str:
    """A table of GitHub's Markdown; numbers to the right, and no text of an export can become a mark or a tag."""
    numeric = [frame[name].dtype.kind in "iuf" for name in frame.columns]
    lines = [[str(name) for name in frame.columns], ["---:" if number else "---" for number in numeric]]
    lines += [[_inert(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _inert(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) and not missing(value) else cell(value)
    return re.sub(r"([\\|<>*_`\[\]])", r"\\\1", text)


def _json(frame: pd.DataFrame) -> str:
    from itsq_analysis.tables.plain_text import UNDRAWABLE

    records = [{key: _plain(value) for key, value in record.items()} for record in frame.to_dict("records")]
    text = json.dumps(records, ensure_ascii=not _is_utf8(sys.stdout), indent=1, allow_nan=False) + "\n"
    return UNDRAWABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: Any) -> Any:
    """A cell as JSON knows it."""
    if missing(value):
        return None
    if isinstance(value, date):  # a Timestamp is one too
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def missing(value: object) -> bool:
    """None, NaN, NaT and NA. The tables' own `is_missing` would load pyarrow, for which `itsq --help` does not wait."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "ascii").lower().replace("_", "-").startswith("utf")
