"""Personal data: columns left empty, made pseudonyms, or masked in free text, before a file's texts go any further.

This is done to the raw texts of a file, so that the tables, the quarantine and the ledger all see what is left.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from itsq_analysis.errors import IngestError
from itsq_analysis.ingest.read import RawTable
from itsq_analysis.settings.privacy import PrivacySettings
from itsq_analysis.store import literal, quoted

DIGIT, EDGE = "[0-9０-９]", "(^|[^0-9０-９])"
END = "($|[^0-9０-９])"
# Patterns of RE2 and of Python alike. Neighbours that are digits make a longer number, which is none of these.
PATTERNS: dict[str, tuple[str, ...]] = {
    "mail": (r"()[A-Za-z0-9._%+\-]+[@＠][A-Za-z0-9.\-]+\.[A-Za-z]{2,}()",),
    "identity_card": (
        rf"{EDGE}{DIGIT}{{6}}(?:18|19|20|１８|１９|２０){DIGIT}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２]){DIGIT}{{5}}[0-9０-９XxＸ]{END}",
    ),
    "phone": (
        rf"{EDGE}(?:(?:[+＋]|00)?86[ \-]?)?[1１][3-9３-９]{DIGIT}[ \-]?{DIGIT}{{4}}[ \-]?{DIGIT}{{4}}{END}",
        rf"{EDGE}[(（]?0{DIGIT}{{2,3}}[)）]?[ \-－]{DIGIT}{{7,8}}{END}",
        rf"{EDGE}[+＋]{DIGIT}{{1,3}}(?:[ \-]?{DIGIT}){{7,12}}{END}",
    ),
}
KNOWN = re.compile("p-[0-9a-f]{16}")
PSEUDONYM = "p-"  # before a pseudonym, so that nobody takes it for a name


@dataclass(frozen=True)
class Privacy:
    """What is done with a workspace's exports.

    Attributes:
        settings: `[privacy]` of itsq.toml.
        key: of pseudonyms; b"" where there are none.
        names: that are masked, longest first.
    """

    settings: PrivacySettings = field(default_factory=PrivacySettings)
    key: bytes = b""
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: PrivacySettings, folder: Path) -> Privacy:
        """With the key and the names that the settings refer to; files relative to the workspace's folder.

        Raises:
            IngestError: a variable is not set, or a file cannot be read or is empty.
        """
        key = _referred(settings.key, folder).strip().encode() if settings.key else b""
        names = {line.strip() for line in _referred(settings.names, folder).splitlines()} if settings.names else set()
        return cls(settings, key, tuple(sorted(names - {""}, key=lambda name: (-len(name), name))))

    def masks(self) -> list[tuple[str, str]]:
        """Patterns with what stands in their place, in the order in which they are applied."""
        found = [(pattern, rf"\1[{name}]\2") for name in PATTERNS if name in self.settings.mask for pattern in PATTERNS[name]]
        if self.names:
            found.append((f"(?i)()(?:{'|'.join(re.escape(name) for name in self.names)})()", r"\1[name]\2"))
        return found

    def masked(self, text: str) -> str:
        """A free text without what is masked.

        >>> Privacy().masked("电话13812345678,13912345678 or zhang@example.com, INC0012345")
        '电话[phone],[phone] or [mail], INC0012345'
        """
        for pattern, instead in self.masks():
            text = re.sub(pattern, instead, re.sub(pattern, instead, text))  # twice: neighbours share the sign between them
        return text

    def pseudonym(self, text: str) -> str:
        """The keyed hash (HMAC-SHA256, 16 hexadecimal digits) that stands for a text."""
        return PSEUDONYM + hmac.new(self.key, " ".join(text.split()).encode(), sha256).hexdigest()[:16]


def private(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: Mapping[str, int], table: str, privacy: Privacy
) -> RawTable:
    """The raw table with its texts dropped, made pseudonyms or masked in place; also the lines that are no sound records.

    Args:
        raw: as read.
        columns: canonical column -> position in the file.
        table: that the file fills.
        privacy: what is done.
    """
    kinds = {position: _kind(name, table, privacy.settings) for name, position in columns.items()}
    hidden = {f"c{place}": kinds.get(place, "free") for place in range(len(raw.headers))}  # what no table takes may be anything
    masks = privacy.masks()
    pseudonyms = _pseudonyms(connection, raw, [column for column, kind in hidden.items() if kind == "pseudonym"], privacy)
    text = {"drop": "CAST(NULL AS VARCHAR)", "pseudonym": f"(SELECT p.pseudonym FROM {pseudonyms} p WHERE p.text = {{0}})"}
    made = {column: text[kind].format(column) for column, kind in hidden.items() if kind in text}
    made |= {column: _masked_sql(column, masks) for column, kind in hidden.items() if kind == "free" and masks}
    if made:
        raw = raw.replaced(connection, made)
    hides = bool({"drop", "pseudonym"} & set(hidden.values()))  # a line without sound fields may hold what is hidden anywhere
    return replace(raw, malformed=tuple((line, "" if hides else privacy.masked(told)) for line, told in raw.malformed))


def _kind(name: str, table: str, settings: PrivacySettings) -> str:
    def named(columns: Sequence[str]) -> bool:
        return name in columns or f"{table}.{name}" in columns

    if named(settings.drop):
        return "drop"
    return "pseudonym" if named(settings.pseudonymise) else "free" if named(settings.free_text) else "kept"


def _masked_sql(column: str, masks: Sequence[tuple[str, str]]) -> str:
    """A column's text without what is masked; most texts hold nothing of the kind, and are looked at once."""
    text = column
    for pattern, instead in masks:
        for _ in range(2):  # neighbours share the sign between them
            text = f"regexp_replace({text}, {literal(pattern)}, {literal(instead)}, 'g')"
    found = literal("|".join(f"(?:{pattern})" for pattern, _ in masks))
    return f"CASE WHEN regexp_matches({column}, {found}) THEN {text} ELSE {column} END"


def _pseudonyms(connection: duckdb.DuckDBPyConnection, raw: RawTable, columns: Sequence[str], privacy: Privacy) -> str:
    """A table of the columns' different texts, each with its pseudonym; its name."""
    name = quoted(raw.relation + "_pseudonyms")
    union = " UNION ".join(f"SELECT DISTINCT {column} FROM {quoted(raw.relation)}" for column in columns)
    texts = [text for (text,) in connection.execute(union).fetchall() if text and text.strip()] if columns else []
    made = [text if KNOWN.fullmatch(text) else privacy.pseudonym(text) for text in texts]  # a repaired row has them already
    known = {"text": pa.array(texts, pa.string()), "pseudonym": pa.array(made, pa.string())}
    connection.register("_known_pseudonyms", pa.table(known))
    connection.execute(f"CREATE TABLE {name} AS FROM _known_pseudonyms")
    connection.unregister("_known_pseudonyms")
    return name


def _referred(reference: str, folder: Path) -> str:
    """What stands in the variable or file that a reference names."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = os.environ.get(name, "")
        if not value:
            raise IngestError(
                f"[privacy] needs the environment variable {name}; found it not set; set it where the load is started"
            )
        return value
    try:
        value = (folder / name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise IngestError(f"[privacy] needs the file {name} in UTF-8; found: {type(error).__name__}; correct the path") from None
    if not value.strip():
        raise IngestError(f"[privacy] needs a text in the file {name}; found it empty; write the key or the names into it")
    return value
