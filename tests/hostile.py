"""A workspace in which every text of every table, the settings and the file names is made to do harm."""

import csv
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from itsq_analysis.tables import Column, contracts

SCRIPT = "<script>alert(1)</script>"
BIDI = "bidi \u202etxet\u202c \u2066isolate\u2069"
CONTROL = "control \x1b[2J\x07 \x85 end"
HOSTILE = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "</style></title></svg><iframe srcdoc='<script>alert(1)</script>'>",
    "=cmd()",
    "braces {{7*7}} {{ cycler.__init__ }}",
    "{% raw %}",
    "' OR 1=1 --",
    "{period} {0} %s ${HOME} $start",
    "&lt;b&gt; &amp; &#x3c;",
    "[a](javascript:alert(1)) ![x](http://127.0.0.1:9/x.png)",
    BIDI,
    CONTROL,
)
PERIOD = "2026-10"
ROUNDS = {"incidents": 80, "services": 1, "groups": 1}  # rows of each text; of other tables OTHERWISE
OTHERWISE = 8
CAPACITY = ("resources", "demand_drivers", "capacity_options")
DAYS = 80  # from 15 August 2026 on
INDICATOR = "sla_resolution_met"
CHOICE = "<b onmouseover=alert(1)>choice</b>"  # a text that no value map knows
HEADER = "<u>header</u> {{7*7}}"  # a column that no mapping knows
FILE = "{{7*7}} ' OR 1=1 --" if os.name == "nt" else '{{7*7}} "><img src=x onerror=alert(1)> \x1b[2J\u202e'


def write_workspace(folder: Path) -> None:
    """Write itsq.toml and one register for each contract; `HOSTILE[k]` is a service, a group, a team, a supplier, …"""
    for name, contract in contracts().items():
        rows = [
            {column.name: _cell(name, column, place) for column in contract.columns.values()} | {HEADER: HEADER}
            for place in range(len(HOSTILE) * ROUNDS.get(name, OTHERWISE))
        ]
        file = folder / "registers" / name / f"{FILE}.csv"
        file.parent.mkdir(parents=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    (folder / "itsq.toml").write_text(_settings(), encoding="utf-8")


def _cell(table: str, column: Column, place: int) -> str:
    """The cell of a row: texts in turn; the odd ones are slow tickets, so that they stand out for certain."""
    text, slow = HOSTILE[place % len(HOSTILE)], place % 2
    opened = datetime(2026, 8, 15, 9) + timedelta(
        days=place // len(HOSTILE) * DAYS // ROUNDS.get(table, OTHERWISE), minutes=place % 600
    )
    after = {"opened_at": 0, "sent_at": 0, "started_at": 0, "at": 0, "acknowledged_at": 1 + 60 * slow, "detected_at": 0}
    match column:
        case _ if column.name in ("number", "ticket", "incident", "problem", "change", "caused_by_change"):
            return f"{place:04} {text}"
        case _ if column.type == "period":
            return PERIOD
        case _ if column.type == "clock":
            return "09:00"
        case _ if column.name == "indicator" and place >= len(HOSTILE):
            return INDICATOR  # the others name what no catalogue has
        case _ if column.name == "done_on" and slow:
            return ""
        case _ if column.name == "seq":
            return str(place)
        case _ if (table, column.name) == ("problems", "opened_at") and place < len(HOSTILE):
            return text  # a time that is none, and required: the row is refused
        case _ if column.type == "time":
            moment = opened + timedelta(minutes=after.get(column.name, 30 + 6000 * slow))
            return f"{moment:%Y-%m-%d %H:%M:%S}"
        case _ if column.type == "date":
            return f"{opened:%Y-%m-%d}"
        case _ if column.type == "text":
            return "7x24" if (table, column.name) == ("services", "calendar") else text
        case _ if column.type == "choice":
            free = not column.required and place % 5 == 0
            return CHOICE if free else _choice(column, slow)
        case _ if column.type == "bool":
            return str(not slow).lower()
        case _ if table in CAPACITY and column.type in ("int", "number"):
            return "1"  # no capacity and no step of zero
    return str(int(column.max if column.max is not None and not slow else column.min or 0))


def _choice(column: Column, slow: int) -> str:
    usual = {"state": "closed", "kind": "unplanned", "outcome": "unsuccessful" if slow else "successful"}.get(column.name)
    return usual if usual in column.values else column.values[0]


def _settings() -> str:
    """itsq.toml; JSON's strings are TOML's."""
    name = json.dumps(SCRIPT + "{{7*7}} 运维")
    lines = [
        f'[organisation]\nname = {name}\ntimezone = "Asia/Shanghai"\nholidays = "CN"',
        f"[report]\nclassification = {name}\nnumber = {name}\nprepared = {name}\nreviewed = {name}\napproved = {name}",
        f'status = "corrected"\nversion = "V1.1"\nreason = {name}\ndistribution = [{name}, "=cmd()"]',
        '[[sla]]\nid = "<i>{{7*7}}</i>"\ncalendar = "7x24"\nresponse = "15m"\nresolution = "4h"',
        f'[[target]]\nindicator = "sla_resolution_met"\nvalue = "95%"\nsource = {name}',
        *(
            f'[[target]]\nindicator = "sla_resolution_met"\nvalue = "95%"\nscope = {{ service = {json.dumps(text)} }}'
            for text in HOSTILE
            if text != CONTROL
        ),
        *(f'[[source]]\nglob = "registers/{table}/*.csv"\nmapping = "register"\ntable = "{table}"' for table in contracts()),
    ]
    return "\n".join(lines) + "\n"
