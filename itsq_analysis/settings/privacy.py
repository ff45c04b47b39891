"""`[privacy]`: what of an export is left out, made a pseudonym or masked before anything is written."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from itsq_analysis.settings.fields import Aliases
from itsq_analysis.settings.toml_table import TomlTable

Pattern = Literal["phone", "identity_card", "mail"]
Reference = Annotated[str, StringConstraints(pattern=r"^(?:env:[A-Za-z_][A-Za-z0-9_]{0,119}|file:[^\x00-\x1f\x7f]{1,500})$")]
FREE_TEXT = (
    *("short_description", "comment", "cause", "cause_en", "action", "action_en", "root_cause", "note", "note_en"),
    *("description", "reason"),
)


class PrivacySettings(TomlTable):
    """Personal data in exports. What is done is done at load: neither store, cache, pages nor logs hold what stood in the file.

    Attributes:
        drop: columns that are left empty, by name ("ci") or of one table ("surveys.comment").
        pseudonymise: columns whose texts become keyed hashes; the same text is the same pseudonym in every column.
        key: of the hashes: "env:NAME", an environment variable, or "file:PATH"; it is never written.
        mask: what is masked in free text.
        names: "file:PATH", a text file outside the store with a name a line, which are masked in free text too.
        free_text: the columns that hold free text; columns that no table takes are treated so too.
    """

    drop: Aliases = ()
    pseudonymise: Aliases = ()
    key: Reference | None = None
    mask: tuple[Pattern, ...] = ("phone", "identity_card", "mail")
    names: Reference | None = None
    free_text: Aliases = Field(default=FREE_TEXT)

    @model_validator(mode="after")
    def _has_a_key(self) -> PrivacySettings:
        if self.pseudonymise and self.key is None:
            raise ValueError('must give key, such as key = "env:ITSQ_PRIVACY_KEY", where pseudonymise names columns')
        return self
