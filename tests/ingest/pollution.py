"""One-change pollution of a clean file of incidents: each file differs from it in one respect, as real exports do."""

from __future__ import annotations

import random
from collections.abc import Iterator

COLUMNS = ("number", "opened_at", "resolved_at", "state", "priority", "service", "short_description")
ROWS = (
    ("INC1", "2026-10-05 09:00:00", "2026-10-05 11:00:00", "closed", "3", "E-mail", "cannot send"),
    ("INC2", "2026-10-05 10:00:00", "", "new", "2", "ERP", "slow, since the update"),
    ("INC3", "2026-10-06 08:30:00", "2026-10-07 08:30:00", "resolved", "1", "Druck Zürich", 'the "big" printer'),
    ("INC4", "2026-10-06 09:00:00", "2026-10-06 09:45:00", "closed", "4", "网络", "网络中断，已恢复"),
    ("INC5", "2026-10-06 12:00:00", "", "in_progress", "", "E-mail", "two lines:\nthe second"),
    ("INC6", "2026-10-07 09:00:00", "2026-10-07 10:00:00", "closed", "3", "", ""),
    ("INC7", "2026-10-08 09:00:00", "2026-10-09 10:00:00", "closed", "3", "ERP, finance", "month end"),
    ("INC8", "2026-10-08 10:00:00", "", "on_hold", "3", "E-mail", "waits"),
)
Cells = list[list[str]]
KINDS = (
    "field more", "field less", "trailing", "other delimiter", "quote in", "quote out", "blank", "cut", "joined", "end", "shift",
    "nul", "other quote", "spaces", "stray return", "comment",
)  # fmt: skip


def written(
    rows: Cells, delimiter: str = ",", quote: str = '"', escape: str = '"', end: str = "\n", everything: bool = False
) -> str:
    """Rows as text; a field is quoted where it must be, or always."""

    def field(text: str) -> str:
        if everything or any(sign in text for sign in (delimiter, quote, "\n", "\r", '"')):
            return quote + text.replace(quote, escape + quote) + quote
        return text

    return "".join(delimiter.join(map(field, row)) + end for row in rows)


def clean() -> Cells:
    """The header and the rows."""
    return [list(COLUMNS), *map(list, ROWS)]


def polluted(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of files, each with one change: first every change of the whole file, then changes of single places."""
    whole = [*_whole_files()]
    yield from whole
    chance = random.Random(seed)  # noqa: S311 - not a secret
    for number in range(count - len(whole)):
        style = {"everything": chance.random() < 0.3, "end": chance.choice(("\n", "\r\n")), "delimiter": chance.choice(",;\t|")}
        name, text = _one_place(chance, style)
        yield f"{number} {name}", text.encode("utf-8-sig" if chance.random() < 0.1 else "utf-8")


def _whole_files() -> Iterator[tuple[str, bytes]]:
    rows = clean()
    for delimiter in (",", ";", "\t", "|", ":", " ", ", ", "^", "~", "\x1f", ",,"):
        for everything in (False, True):
            yield f"delimiter {delimiter!r} {everything}", written(rows, delimiter, everything=everything).encode()
    for quote in ("'", "`", "“", "$", "%"):
        for everything in (False, True):
            yield f"quote {quote} {everything}", written(rows, quote=quote, escape=quote, everything=everything).encode()
    for escape in ("\\", "\0", "", "'", "/"):
        for everything in (False, True):
            yield f"escape {escape!r} {everything}", written(rows, escape=escape, everything=everything).encode()
    for end in ("\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r", "\x0b", "\u2028", ";\n", ",\n"):
        for everything in (False, True):
            yield f"line end {end!r} {everything}", written(rows, end=end, everything=everything).encode()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5"):
        yield f"encoding {encoding}", written(rows).encode(encoding, errors="replace")
    for encoding in ("cp1252", "latin-1", "mac_roman", "cp437"):
        latin = [row for row in rows if "网络" not in row]
        yield f"encoding {encoding}", written(latin).encode(encoding)
    text = written(rows)
    lines = text.splitlines(keepends=True)
    extra = {
        "no header": "".join(lines[1:]),
        "two headers": lines[0] + text,
        "a header that differs": "number,opened_at,closed_at,state,priority,service,short_description\n" + text,
        "no payload": lines[0],
        "empty": "",
        "one row": "".join(lines[:2]),
        "no end": text.rstrip("\n"),
        "blank lines at the end": text + "\n\n\n",
        "preamble": "Incidents of October\n\n" + text,
        "wide preamble": "Incidents,of,October,,,,\n" + text,
        "long preamble": "a note\n" * 30 + text,
        "footer": text + "Total,8\n",
        "wide footer": text + "Total,,,,,,8\n",
        "footer of text": text + '"8 rows, exported by x"\n',
        "the same table again": text + text,
        "another table": text + "number,closed_at,opened_at,state,priority,service,short_description\n"
        "INC1,2026-10-05 11:00:00,2026-10-04 09:00:00,closed,3,E-mail,x\n",
        "a wider table": text + "a," + lines[0] + "1," + lines[1],
        "a narrower table": text + "service,tier\nE-mail,1\n",
        "a byte that is no text": text[:120] + "\udcff" + text[120:],
        "a header one name short": text.replace("service,", "", 1),
        "a header one name more": text.replace("service,", "service,more,", 1),
        "a header that stands twice": text.replace("service", "state", 1),
        "an empty name": text.replace("service", "", 1),
    }
    for name, content in extra.items():
        yield name, content.encode("utf-8", errors="surrogateescape")


def _one_place(chance: random.Random, style: dict[str, object]) -> tuple[str, str]:
    """A change of one row, one field or one character."""
    rows = clean()
    delimiter, end = str(style["delimiter"]), str(style["end"])
    place, column = chance.randrange(len(rows)), chance.randrange(len(COLUMNS))
    kind = chance.choice(KINDS)
    lines = [written([row], **style) for row in rows]  # type: ignore[arg-type]
    line = lines[place]
    match kind:
        case "field more":
            row = [*rows[place][:column], chance.choice(("", "x")), *rows[place][column:]]
            lines[place] = written([row], **style)  # type: ignore[arg-type]
        case "field less":
            lines[place] = written([rows[place][:column] + rows[place][column + 1 :]], **style)  # type: ignore[arg-type]
        case "trailing":
            lines[place] = line.removesuffix(end) + delimiter * chance.randint(1, 3) + end
        case "other delimiter":
            other = chance.choice([sign for sign in ",;\t|: " if sign != delimiter])
            lines[place] = written([rows[place]], **{**style, "delimiter": other})  # type: ignore[arg-type]
        case "quote in" | "nul" | "stray return":
            outside = [at for at in range(len(line) - len(end) + 1) if line[:at].count('"') % 2 == 0]
            at = chance.choice(outside)
            sign = {"quote in": '"', "nul": "\0", "stray return": "\r"}[kind]
            lines[place] = line[:at] + sign + line[at:]
        case "quote out":
            marks = [at for at, sign in enumerate(line) if sign == '"']
            if marks:
                at = chance.choice(marks)
                lines[place] = line[:at] + line[at + 1 :]
        case "blank":
            lines.insert(place, chance.choice((end, " " + end, delimiter * 6 + end, end * 3)))
        case "cut":
            text = "".join(lines)
            return kind, text[: chance.randrange(len(text))]
        case "joined":
            lines[place] = line.removesuffix(end)
        case "end":
            lines[place] = line.removesuffix(end) + ("\n" if end == "\r\n" else "\r\n")
        case "shift":
            row = rows[place]
            lines[place] = written([["", *row[:-1]] if chance.random() < 0.5 else [*row[1:], ""]], **style)  # type: ignore[arg-type]
        case "other quote":
            lines[place] = written([rows[place]], **{**style, "quote": "'", "escape": "'", "everything": True})  # type: ignore[arg-type]
        case "spaces":
            lines[place] = f" {delimiter} ".join(written([[cell]], **{**style, "end": ""}) for cell in rows[place]) + end  # type: ignore[arg-type]
        case "comment":
            lines.insert(place, "# a comment" + end)
    return kind, "".join(lines)
