"""Secrets are references: where the value stands, never the value. It is looked up when it is used."""

from __future__ import annotations

import os

from itsq_analysis.errors import SettingsError


def looked_up(reference: str | None) -> str:
    """The value that a reference stands for: "env:NAME" an environment variable, "keyring:SERVICE/NAME" an entry of the keyring.

    The keyring is the operating system's: the credential store of Windows, the keychain of macOS, the Secret Service of Linux.

    Args:
        reference: as in itsq.toml; None is no reference, whose value is "".

    Raises:
        SettingsError: there is no such variable or entry.

    >>> os.environ["ITSQ_EXAMPLE"] = "korrekt"
    >>> looked_up("env:ITSQ_EXAMPLE"), looked_up(None)
    ('korrekt', '')
    """
    if reference is None:
        return ""
    kind, _, name = reference.partition(":")
    value = _of_keyring(name) if kind == "keyring" else os.environ.get(name, "")
    if value:
        return value
    if kind == "keyring":
        service, _, entry = name.partition("/")
        raise SettingsError(
            f"itsq.toml refers to the entry {name} of the keyring; found none; run: python -m keyring set {service} {entry}"
        )
    raise SettingsError(
        f"itsq.toml refers to the environment variable {name}; found it not set; set it where "
        "the command is started, for unattended runs where itsq run-due is"
    )


def _of_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SettingsError(
            f"the reference keyring:{name} needs the library keyring; found it not installed; pip install keyring"
        ) from None
    service, _, entry = name.partition("/")
    try:
        return keyring.get_password(service, entry) or ""
    except KeyringError as error:
        raise SettingsError(f"the keyring must open for {name}; found {type(error).__name__}; unlock it, or use env:NAME") from None
