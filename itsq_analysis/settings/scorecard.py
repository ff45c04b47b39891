"""`[scorecard]`: how much each indicator, section and chapter weighs, and grades where an organisation wants them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from itsq_analysis.settings.fields import Amount, Name
from itsq_analysis.settings.toml_table import TomlTable

Weight = Annotated[Amount, Field(ge=0)]
Portion = Annotated[Amount, Field(ge=0, le=1)]


class ScorecardSettings(TomlTable):
    """What weighs how much; what is not named weighs 1, and 0 leaves out.

    Attributes:
        weights: of indicators, by id.
        sections: by number, such as {"3.2" = 2}: every indicator of the section weighs twice as much.
        chapters: by number, such as {"4" = 1.5}.
        grades: from which share of the weights met a grade is given, such as {A = "95%", B = "85%", C = "0%"}; none by default.
        false_changes: of the indicators that a scorecard calls changed, at most this share on average where nothing has changed.
    """

    weights: dict[Name, Weight] = Field(default={})
    sections: dict[Name, Weight] = Field(default={})
    chapters: dict[Name, Weight] = Field(default={})
    grades: dict[Name, Portion] = Field(default={})
    false_changes: Annotated[Amount, Field(gt=0, lt=1)] = 0.05

    @field_validator("grades")
    @classmethod
    def _reaches_down(cls, grades: dict[str, float]) -> dict[str, float]:
        if grades and min(grades.values()) > 0:
            raise ValueError('must hold a grade from "0%" on, such as grades = { A = "95%", B = "85%", C = "0%" }')
        return grades

    def weight(self, indicator: str, section: str) -> float:
        """The weight of an indicator of a section.

        >>> ScorecardSettings(weights={"csat": 3}, chapters={"3": 2}).weight("csat", "3.4")
        6.0
        """
        return self.weights.get(indicator, 1.0) * self.sections.get(section, 1.0) * self.chapters.get(section[0], 1.0)

    def grade(self, share: float, critical: bool) -> str | None:
        """The grade of a share of the weights met; the lowest where a critical target is missed, None where there are no grades.

        >>> settings = ScorecardSettings(grades={"A": 0.9, "B": 0})
        >>> settings.grade(0.95, False), settings.grade(0.95, True), settings.grade(float("nan"), False)
        ('A', 'B', None)
        """
        if not self.grades or share != share:
            return None
        ordered = sorted(self.grades, key=self.grades.__getitem__, reverse=True)
        return ordered[-1] if critical else next(name for name in ordered if share >= self.grades[name])
