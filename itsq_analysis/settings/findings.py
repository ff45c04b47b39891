"""What is wrong with an itsq.toml: every problem at once, each with its place, what was found and what to do."""

from __future__ import annotations

import re
import tomllib
import typing
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from itsq_analysis.settings.fields import nearest
from itsq_analysis.settings.jobs import SLUG
from itsq_analysis.settings.lines import line_of
from itsq_analysis.settings.model import Settings

SHOWN = 80  # characters of a found value that a message repeats
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)

REFERENCE = 'must be a reference such as "env:{}" (an environment variable) or "keyring:itsq/{}" (the system\'s keyring)'
PATTERNS = {
    "password": REFERENCE.format("SMTP_PASSWORD", "smtp") + "; no password stands in itsq.toml",
    "address": REFERENCE.format("WECOM_WEBHOOK", "wecom") + "; it holds a key",
    "secret": REFERENCE.format("DINGTALK_SECRET", "dingtalk"),
    "app_token": REFERENCE.format("GLPI_APP_TOKEN", "glpi-app"),
    "holidays": 'must be a country such as "CN", or "" for none',
    "currency": 'must be a currency\'s three letters (ISO 4217), such as "CNY" or "EUR"',
}

SECRETS = ("password", "address", "secret", "app_token")  # what is found there is not repeated
SLUGS = 'must be of lower-case letters, digits, - and _, such as "quality-monthly"'


def printable(text: str) -> str:
    r"""Text on one line, with the characters escaped that could steer a terminal or reorder what is read.

    >>> printable("E-mail\x1b[2J\n运维")
    'E-mail\\x1b[2J\\n运维'
    """
    return "".join(sign.encode("unicode_escape").decode("ascii") if _steers(sign) else sign for sign in text)


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Finding:
    """One problem of a workspace: the file, the key (entries are counted from 1), what was found, and what to do.

    `level` is "error" (itsq refuses to work with it) or "warning"; `line` counts from 1 where it is known.

    >>> print(Finding("itsq.toml", "sla[2].calendar", "'5x9'", "must be the id of a [[calendar]]; write \\"5x8\\"", line=31))
    itsq.toml, line 31, sla[2].calendar: found '5x9'; must be the id of a [[calendar]]; write "5x8"
    """

    file: str
    key: str
    found: str
    remedy: str
    level: Literal["error", "warning"] = "error"
    line: int | None = None

    def __str__(self) -> str:
        """The finding as one line, control characters escaped."""
        place = ", ".join(part for part in (self.file, f"line {self.line}" if self.line else "", self.key) if part)
        return printable(f"{place}: found {self.found}; {self.remedy}")


@dataclass(frozen=True)
class Examined:
    """A file of settings as far as it could be understood.

    `settings` holds what is right; entries that are wrong are left out. `places` gives, per section, the position that each
    entry left has in the file (from 0).
    """

    settings: Settings
    findings: tuple[Finding, ...]
    text: str
    where: str
    places: dict[str, list[int]]

    def finding(
        self, loc: Iterable[str | int], found: object, remedy: str, level: Literal["error", "warning"] = "error"
    ) -> Finding:
        """A finding at a key of `settings`, such as ("sla", 1, "calendar")."""
        loc = [*loc]
        if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in self.places:
            loc[1] = self.places[str(loc[0])][loc[1]]
        return Finding(self.where, key_of(loc), shown(found), remedy, level, line_of(self.text, loc))


def shown(value: object) -> str:
    """A found value as a message repeats it: quoted, control characters escaped, not long."""
    text = value if isinstance(value, _Bare) else repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


class _Bare(str):
    """Words of our own, shown without quotation marks."""


def key_of(loc: Iterable[str | int]) -> str:
    """("sla", 1, "calendar") as "sla[2].calendar": entries are counted from 1, as people do."""
    key = ""
    for part in loc:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def proposal(name: str, known: Collection[str]) -> str:
    """What to write in place of an unknown name: the nearest known one, else one of them.

    >>> proposal("servicnow", ["servicenow", "register"])
    'write "servicenow"'
    """
    near = nearest(name, known)
    return f'write "{near}"' if near else f"use one of {', '.join(known)}"


def examine(text: str, where: str) -> Examined:
    """Read the text of an itsq.toml, collecting every problem that can be seen without other files."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Examined(Settings(), (_syntax(error, where),), text, where, {})
    findings: list[Finding] = []
    places = {key: [*range(len(entries))] for key, entries in raw.items() if isinstance(entries, list)}
    settings, rest = None, raw
    while settings is None:  # what is wrong in a section as a whole is seen only once its keys are right
        try:
            settings = Settings.model_validate(rest)
        except ValidationError as error:
            every = error.errors(include_url=False)
            problems = [problem for problem in every if not (problem["type"] == "too_short" and problem["input"])] or every
            findings += [_structure({**problem, "loc": _placed(problem["loc"], places)}, text, where) for problem in problems]
            rest = _without(rest, [problem["loc"] for problem in problems], places)
    examined = Examined(settings, (), text, where, places)
    findings += _references(examined, _ids(raw))
    return replace(examined, findings=tuple(sorted(findings, key=lambda finding: finding.line or 0)))


def _syntax(error: Exception, where: str) -> Finding:
    place = _PLACE.fullmatch(str(error))
    what, line = (place[1], place[2]) if place else (str(error), None)
    remedy = "the file must be valid TOML; correct this line"
    if "Unescaped '\\'" in what:
        remedy = "write paths with / or in single quotation marks ('exports\\incident*.csv')"
    elif isinstance(error, RecursionError):
        what, remedy = "brackets nested too deeply", "the file must be plain TOML; remove the brackets"
    return Finding(where, "", shown(_Bare(what)), remedy, line=int(line) if line else None)


def _structure(problem: Any, text: str, where: str) -> Finding:
    """A problem that pydantic found, in words."""
    loc, kind = [*problem["loc"]], problem["type"]
    found: object = problem["input"]
    remedy = problem["msg"].removeprefix("Value error, ").replace("Input should", "must").replace("String should", "must")
    if loc[-1] == "url" and kind == "value_error":  # it may hold a password
        found = _Bare("another text")
    elif kind == "extra_forbidden":
        found, remedy = _Bare("an unknown key"), _known_key(loc)
    elif kind == "missing":
        found, remedy = _Bare("nothing"), f"must be given; add {loc[-1]} = ..."
    elif kind in ("model_type", "dict_type"):
        remedy = "must be a table of keys and values"
        if len(loc) == 1:
            remedy += f"; write [{loc[0]}] in single brackets"
    elif kind == "tuple_type":
        remedy = f"must be a list; write [[{loc[0]}]] in double brackets" if len(loc) == 1 else "must be a list in [ ]"
    elif kind == "string_pattern_mismatch":
        found = _Bare("another text") if loc[-1] in SECRETS else found
        remedy = PATTERNS.get(str(loc[-1]), SLUGS if problem["ctx"]["pattern"] == SLUG else "must not hold control characters")
    elif kind == "too_long":
        found, remedy = (
            _Bare(f"{len(problem['input'])} entries"),
            f"must be at most {problem['ctx']['max_length']}; remove some",
        )
    elif kind in ("too_short", "string_too_short"):
        remedy = "must not be empty"
    return Finding(where, key_of(loc), shown(found), remedy, line=line_of(text, loc))


def _known_key(loc: list[str | int]) -> str:
    """The keys that may stand at a place, or the nearest of them."""
    model: type[BaseModel] = Settings
    for part in loc[:-1]:
        if isinstance(part, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            inner = [
                kind for kind in (fields[part].annotation, *typing.get_args(fields[part].annotation)) if isinstance(kind, type)
            ]
            model = next(kind for kind in inner if issubclass(kind, BaseModel))
    known = [field.alias or name for name, field in model.model_fields.items()]
    return proposal(str(loc[-1]), known)


def _placed(loc: tuple[int | str, ...], places: dict[str, list[int]]) -> tuple[int | str, ...]:
    """A place in what is left of the settings as the place in the file."""
    if len(loc) > 1 and isinstance(loc[1], int) and loc[0] in places:
        return (loc[0], places[str(loc[0])][loc[1]], *loc[2:])
    return loc


def _without(raw: dict[str, Any], locs: list[tuple[int | str, ...]], places: dict[str, list[int]]) -> dict[str, Any]:
    """The settings without what is wrong: an entry of a list, a key of a table, or a whole section."""
    rest = dict(raw)
    for section in {str(loc[0]) for loc in locs}:
        inner = {loc[1] for loc in locs if loc[0] == section and len(loc) > 1}
        whole = any(loc == (section,) for loc in locs)
        value = rest.pop(section, None)
        if whole:
            places.pop(section, None)
        elif isinstance(value, list):
            left = [position for position in range(len(value)) if position not in inner]
            places[section] = [places[section][position] for position in left]
            if left:
                rest[section] = [value[position] for position in left]
        elif isinstance(value, dict):
            rest[section] = {key: part for key, part in value.items() if key not in inner}
    return rest


def _ids(raw: dict[str, Any]) -> set[str]:
    """The calendars that a file names, also those that are wrong in another way."""
    entries = raw.get("calendar")
    if not isinstance(entries, list):
        return {calendar.id for calendar in Settings().calendars}
    return {entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)}


def _references(examined: Examined, calendars: set[str]) -> Iterator[Finding]:
    """Names that stand for something else in the file, and names that must be there once."""
    settings = examined.settings
    services: list[str | None] = [service.calendar for service in settings.services]
    rules: list[str | None] = [rule.calendar for rule in settings.sla]
    for section, names in (("service", services), ("sla", rules)):
        for position, name in enumerate(names):
            if name is not None and name not in calendars:
                remedy = f"must be the id of a [[calendar]]; {proposal(name, calendars)}"
                yield examined.finding((section, position, "calendar"), name, remedy)
    yield from _staffing(examined, calendars)
    yield from _unattended(examined, calendars)
    once: list[tuple[str, str, list[object]]] = [
        ("calendar", "id", [calendar.id for calendar in settings.calendars]),
        ("service", "service", [service.service for service in settings.services]),
        ("sla", "id", [rule.id for rule in settings.sla]),
        ("slo", "id", [slo.id for slo in settings.slos]),
        ("pull", "id", [pull.id for pull in settings.pulls]),
        ("job", "id", [job.id for job in settings.jobs]),
        ("recipient", "id", [recipient.id for recipient in settings.recipients]),
        ("target", "indicator", [(target.indicator, *target.scope.items(), target.valid_from) for target in settings.targets]),
    ]
    remedies = {
        "target": "must be given once for each scope and valid_from; remove one",
        "sla": "must be given once; give each rule its own id",
    }
    for section, key, values in once:
        counted = Counter(values)
        for position, value in enumerate(values):
            if counted[value] > 1 and values.index(value) < position:
                repeated = value[0] if isinstance(value, tuple) else value
                remedy = remedies.get(section, "must be given once; rename or remove one")
                yield examined.finding((section, position, key), repeated, remedy)
    headline = settings.report.headline
    for position, name in enumerate(headline):
        if name in headline[:position]:
            yield examined.finding(("report", "headline", position), name, "must be given once; remove one")


def _staffing(examined: Examined, calendars: set[str]) -> Iterator[Finding]:
    """Calendars that teams are planned by, and teams that are named twice."""
    staffing = examined.settings.staffing
    named: list[tuple[tuple[str | int, ...], str | None]] = [(("staffing", "calendar"), staffing.calendar)]
    named += [(("staffing", "team", place, "calendar"), team.calendar) for place, team in enumerate(staffing.teams)]
    for loc, name in named:
        if name is not None and name not in calendars:
            yield examined.finding(loc, name, f"must be the id of a [[calendar]]; {proposal(name, calendars)}")
    names = [team.team for team in staffing.teams]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield examined.finding(("staffing", "team", place, "team"), name, "must be given once; rename or remove one")


def _unattended(examined: Examined, calendars: set[str]) -> Iterator[Finding]:
    """Calendars, loads and recipients that jobs name, and mail without a server."""
    settings = examined.settings
    loads = [job.id for job in settings.jobs if job.load]
    recipients = [recipient.id for recipient in settings.recipients]
    for position, job in enumerate(settings.jobs):
        if job.calendar is not None and job.calendar not in calendars:
            remedy = f"must be the id of a [[calendar]]; {proposal(job.calendar, calendars)}"
            yield examined.finding(("job", position, "calendar"), job.calendar, remedy)
        named = [("after", name, loads, "a [[job]] with load = true") for name in job.after]
        named += [("to", name, recipients, "a [[recipient]]") for name in job.to]
        named += [("owner", name, recipients, "a [[recipient]]") for name in (job.owner,) if name]
        for key, name, known, what in named:
            if name not in known:
                remedy = f"must be the id of {what}; {proposal(name, known) if known else 'there is none yet; add one'}"
                yield examined.finding(("job", position, key), name, remedy)
    if not settings.delivery.smtp:
        for position, recipient in enumerate(settings.recipients):
            if recipient.mail:
                remedy = 'mail needs a server; add [delivery] with smtp = "..." and sender = "..."'
                yield examined.finding(("recipient", position, "mail"), recipient.mail[0], remedy)
