"""Finding and reading a workspace's itsq.toml."""

from __future__ import annotations

import os
from pathlib import Path

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings.findings import examine
from itsq_analysis.settings.model import Settings

FILE = "itsq.toml"
VARIABLE = "ITSQ_WORKSPACE"


def settings_file(path: Path) -> Path:
    """The itsq.toml of a workspace, given as the file or its folder.

    Raises:
        SettingsError: there is no such file.
    """
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise SettingsError(f"a workspace must hold {FILE}; found none at {file}; make one with: itsq init {path}")
    return file


def read_text(file: Path) -> str:
    """The text of a settings file, with or without a byte order mark.

    Raises:
        SettingsError: the file cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{file} must be readable; found: {error.strerror}; correct its permissions") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(
            f"{file} must be saved as UTF-8; found another encoding in line {line}; in the editor choose Save as, encoding UTF-8"
        ) from error


def load_settings(path: Path) -> Settings:
    """Read a workspace's settings.

    Args:
        path: itsq.toml or its folder.

    Raises:
        SettingsError: the file is missing or wrong; the message lists every problem, one a line.
    """
    file = settings_file(Path(path))
    return parse_settings(read_text(file), str(file))


def parse_settings(text: str, where: str = FILE) -> Settings:
    """Settings from the text of an itsq.toml; `where` names it in messages.

    Raises:
        SettingsError: the text is wrong; the message lists every problem, one a line.

    >>> parse_settings('[organisation]\\ntimezone = "America/Sao_Paulo"\\nholidays = "BR"').organisation.zone.key
    'America/Sao_Paulo'
    >>> parse_settings('[organisation]\\ntimezon = "UTC"')
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: itsq.toml, line 2, organisation.timezon: found an unknown key; write "timezone"
    """
    examined = examine(text, where)
    errors = [finding for finding in examined.findings if finding.level == "error"]
    if errors:
        raise SettingsError("\n".join(str(finding) for finding in errors))
    return examined.settings


def find_workspace(start: Path | None = None) -> Path:
    """The folder of the nearest itsq.toml in `start` (the working directory) or above it, else the one of ITSQ_WORKSPACE.

    Raises:
        SettingsError: there is neither.
    """
    start = Path(start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    named = os.environ.get(VARIABLE, "")
    if not named:
        raise SettingsError(
            f"a workspace must be known; found no {FILE} in {start} or above it, and {VARIABLE} is not set; "
            f"go to the workspace's folder, give -w DIR, or make one with: itsq init DIR"
        )
    return settings_file(Path(named)).resolve().parent
