"""`itsq init`: a new workspace with a commented itsq.toml."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from string import Template

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings.model import CalendarSettings, ReportSettings, Settings, SlaRule
from itsq_analysis.settings.reading import FILE, parse_settings
from itsq_analysis.settings.staffing import StaffingSettings
from itsq_analysis.tables import toml_text

FOLDERS = ("exports", "registers", "calendar")
CLASSIFICATION = {"zh": "内部", "en": "Internal"}


def write_workspace(
    directory: Path,
    *,
    timezone: str | None = None,
    holidays: str | None = None,
    language: str | None = None,
    name: str | None = None,
) -> Path:
    """Write a new workspace: itsq.toml and the folders exports, registers and calendar.

    Args:
        directory: the workspace's folder; made if it is not there.
        timezone: IANA name; None takes the default, as for the others.
        holidays: country of the public holidays, such as "CN" or "BR"; "" is none.
        language: "en" or "zh", of reports.
        name: the organisation's name; None takes the folder's.

    Returns:
        The path of the new itsq.toml.

    Raises:
        SettingsError: there is an itsq.toml already, a value is wrong, or the folder cannot be written. Nothing is overwritten.

    >>> import tempfile
    >>> write_workspace(Path(tempfile.mkdtemp()) / "运维 数据", timezone="America/Sao_Paulo", holidays="BR").name
    'itsq.toml'
    """
    directory = Path(directory)
    given = {"timezone": timezone, "holidays": holidays, "language": language}
    text = settings_text(name if name is not None else directory.resolve().name, **given)
    file = directory / FILE
    if file.exists():
        raise SettingsError(f"a new workspace must not hold {FILE} yet; found {file}; choose another folder, or edit that file")
    try:
        for folder in FOLDERS:
            (directory / folder).mkdir(parents=True, exist_ok=True)
        write_text(file, text)
    except OSError as error:
        raise SettingsError(
            f"a workspace's folder must be writable; found {error.strerror} for {directory}; choose another"
        ) from error
    return file


def write_text(path: Path, text: str) -> Path:
    """Write a file whole or not at all, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)
    return path


def settings_text(name: str, *, timezone: str | None = None, holidays: str | None = None, language: str | None = None) -> str:
    """The text of a new itsq.toml: the template with the defaults of `Settings` and what was given.

    Raises:
        SettingsError: a value is wrong.
    """
    defaults = Settings()
    organisation = defaults.organisation
    language = organisation.language if language is None else language
    values = {
        "name": _toml(name),
        "timezone": _toml(organisation.timezone if timezone is None else timezone),
        "language": _toml(language),
        "holidays": _toml(organisation.holidays if holidays is None else holidays),
        "currency": _toml(organisation.currency),
        "store": _toml(defaults.store.path),
        "keep_at_least": _toml(f"{defaults.load.keep_at_least:.0%}"),
        "unpacked_mb": str(defaults.load.unpacked_mb),
        "unpacked_ratio": str(defaults.load.unpacked_ratio),
        "sql_seconds": str(defaults.sql.seconds),
        "sql_memory_mb": str(defaults.sql.memory_mb),
        "month_starts_on": str(defaults.period.month_starts_on),
        "calendars": "\n".join(map(_calendar, defaults.calendars)),
        "paused": _list(SlaRule.model_fields["paused"].default),
        "headline": _list(ReportSettings().headline),
        "classification": _toml(CLASSIFICATION.get(language, "")),
        **_staffing(defaults.staffing),
        "order_risk": _toml(f"{defaults.capacity.order_risk:.0%}"),
    }
    template = files("itsq_analysis.settings").joinpath("workspace.toml").read_text(encoding="utf-8")
    text = Template(template).substitute(values)
    parse_settings(text, "the new itsq.toml")
    return text


def _calendar(calendar: CalendarSettings) -> str:
    return f"[[calendar]]\nid = {_toml(calendar.id)}\nhours = {_toml(calendar.hours)}\n"


def _staffing(staffing: StaffingSettings) -> dict[str, str]:
    """The defaults of `[staffing]` as people write them."""
    return {
        "shrinkage": _toml(f"{staffing.shrinkage:.0%}"),
        "occupancy": _list(f"{share:.0%}" for share in staffing.occupancy),
        "service_level": _toml(f"{staffing.service_level:.0%}"),
        "answer_within": _toml(f"{staffing.answer_within:g}s"),
        "backlog_days": f"{staffing.backlog_days:g}",
    }


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_toml, values))}]"


def _toml(value: str) -> str:
    """A TOML basic string.

    >>> _toml('a "b"')
    '"a \\\\"b\\\\""'
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SettingsError(f"a setting must be text; found {value!r}; write it again") from error
    return toml_text(value)
