"""What has changed since the earlier report, in at most five lines."""

from __future__ import annotations

from itsq_analysis.briefing.since import Since
from itsq_analysis.text import Language, say, term

LINES = 5


def lines(since: Since, language: Language) -> list[str]:
    """One line a change, the weightiest first; what does not fit is counted, and so are the findings that continue."""
    told = [
        say(
            "since_turned",
            language,
            title=now["words"][language]["title"],
            now=now["words"][language]["value"],
            before=before["words"][language]["value"],
            status=term(now["status"].replace(" ", "_"), language),
            status_before=term(before["status"].replace(" ", "_"), language),
        )
        for before, now in since.turned
    ]
    told += [say("since_asked", language, what=decision["words"][language]["what"]) for decision in since.asked]
    told += [say("since_new", language, sentence=finding["words"][language]["sentence"]) for finding in since.new]
    told += [say("since_cleared", language, sentence=finding["words"][language]["sentence"]) for finding in since.cleared]
    told += [say("since_settled", language, what=decision["words"][language]["what"]) for decision in since.settled]
    last = [say("since_continuing", language, n=str(len(since.continuing)))] if since.continuing else []
    if not told:
        return [term("since_nothing", language), *last]
    room = LINES - len(last)
    if len(told) > room:
        told = [*told[: room - 1], say("since_more", language, n=str(len(told) - room + 1))]
    return told + last
