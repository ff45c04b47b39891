"""How a scorecard shows itself in a notebook and in a terminal."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from itsq_analysis.indicators.scorecard.scorecard import Scorecard
    from itsq_analysis.indicators.scorecard.scores import Score

HEADER = ("", "", "weights met", "measurable", "status", "grade", "changed", "needed")


def rows(card: Scorecard) -> list[tuple[str, ...]]:
    """One line a score: key, title, weights met, coverage, status, grade, what has changed, what is needed.

    A score without an indicator that is met, measured or needed says so; nothing is left blank that could be a 0.
    """
    return [
        (
            part.key if part.level in ("chapter", "section") else "",
            card.title(part),
            met(part),
            f"{part.known} of {part.indicators} ({part.coverage:.0%})" if part.indicators else "no indicator",
            part.status,
            card.grades.get((part.level, part.key)) or "",
            ", ".join(part.changed),
            ", ".join(part.needs),
        )
        for part in card.scores
    ]


def met(part: Score) -> str:
    """The share of the weights met, with the sums that it is made of."""
    return "no target" if isnan(part.share) else f"{part.share:.1%} ({part.met:.4g} of {part.with_target:.4g})"


def as_text(card: Scorecard) -> str:
    """Lines for a terminal."""
    lines = [f"Scorecard {card.period}"]
    for key, title, share, coverage, status, grade, changed, needed in rows(card):
        said = [f"{share}, {status}", f"measurable {coverage}", grade and f"grade {grade}", changed and f"changed: {changed}"]
        lines.append(f"  {f'{key} ' if key else ''}{title}: " + "; ".join(filter(None, [*said, needed and f"needed: {needed}"])))
    return "\n".join(lines)


def as_html(card: Scorecard) -> str:
    """A table for a notebook."""
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in HEADER)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)) for row in rows(card)
    )
    return str(Markup("<table><caption>Scorecard {}</caption><tr>{}</tr>{}</table>").format(card.period, head, body))
