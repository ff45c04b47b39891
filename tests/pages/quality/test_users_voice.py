"""Real answers only, with how many spoke."""

from __future__ import annotations

from typing import Any

from itsq_analysis.charts import Chart
from itsq_analysis.pages.quality.users_voice import users_voice
from tests.page.courses import months
from tests.page.made import answer, context, rows_of

COUNTED = (
    "Satisfaction counts the scores given in the period, whenever the questionnaire was sent; the "
    "response rate counts the questionnaires sent in the period. The two numbers of answers therefore "
    "differ."
)


def survey(score: int | None, count: int = 1, **facts: Any) -> list[dict[str, Any]]:
    answered = "2026-10-06" if score else None
    return [
        {"sent_at": "2026-10-05", "answered_at": answered, "score": score, "automatic": False if score else None} | facts
    ] * count


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "number": f"S{place}"} for place, row in enumerate(rows)]


def test_without_surveys_nothing_is_measurable() -> None:
    section = users_voice(context())
    assert (answer(section), section.parts) == ("The data contain no surveys, so users' opinion cannot be measured.", ())


def test_automatic_answers_are_left_out_and_counted() -> None:
    """30 real answers, 24 of them satisfied; 20 automatic ones with 5 stars; 100 sent."""
    rows = survey(5, 20) + survey(4, 4) + survey(3, 2) + survey(1, 4) + survey(5, 20, automatic=True) + survey(None, 50)
    section = users_voice(context(surveys=numbered(rows)))
    assert answer(section) == (
        "Of the users who answered in October 2026, 80.0% (24 of 30) were satisfied. "
        "Of the questionnaires sent in the period, 30.0% (30 of 100) have been answered so far. "
        "20 answers filled in automatically are left out."
    )
    (picture,) = (part for part in section.parts if isinstance(part, Chart))
    assert picture.summary == "4 of 30 answers were dissatisfied, most of them about (not known)."
    assert picture.data.iloc[0].tolist() == ["(not known)", "4", "2", "24", "30"]
    assert rows_of(section)[1][:2] == ["Satisfied users", "80.0% 24 of 30"]


def test_few_answers_are_a_count() -> None:
    section = users_voice(context(surveys=numbered(survey(5, 2) + survey(2))))
    assert answer(section) == (
        "Of the users who answered in October 2026, 2 of 3 were satisfied. "
        "Of the questionnaires sent in the period, 3 of 3 have been answered so far."
    )
    zh = users_voice(context(surveys=numbered(survey(5, 2) + survey(2)), language="zh"))
    assert answer(zh) == "2026年10月参评用户中满意的占 3 份中 2 份。本期发出的问卷目前已回收 3 份中 3 份。"


def test_silence_is_not_satisfaction() -> None:
    silent = users_voice(context(surveys=numbered(survey(None, 40) + survey(5, sent_at="2026-08-01", answered_at="2026-08-02"))))
    assert answer(silent) == (
        "No user gave a score in October 2026. Of the questionnaires sent in the period, 0% (0 of 40) have been answered so far."
    )
    earlier = users_voice(context(surveys=numbered(survey(5, 25, sent_at="2026-09-29"))))
    assert answer(earlier) == "Of the users who answered in October 2026, 100% (25 of 25) were satisfied."


def test_one_automatic_answer() -> None:
    section = users_voice(context(surveys=numbered(survey(5, 1, automatic=True) + survey(4))))
    assert answer(section).endswith("One answer filled in automatically is left out.")


def test_a10_the_picture_counts_the_answers_that_satisfaction_is_a_share_of() -> None:
    """Sent in September and answered in October: in both; sent in October and answered in November: in neither."""
    rows = survey(5, 30) + survey(1, 5, sent_at="2026-09-28") + survey(5, 7, answered_at="2026-11-02")
    made = context(surveys=numbered(rows))
    (picture,) = (part for part in users_voice(made).parts if isinstance(part, Chart))
    assert picture.data.iloc[0].tolist()[-1] == "35"
    assert (made.cube.value("csat").n, made.cube.value("survey_response_rate").numerator) == (35, 37)


def test_a14_a_steady_fall_is_told_although_each_period_alone_could_be_chance() -> None:
    """Eight months from 96 to 82 of 100 satisfied."""
    shares = [90, 91] * 2 + [96, 94, 92, 90, 88, 86, 84, 82]
    rows = []
    for month, share in zip(months(len(shares)), shares, strict=True):
        day = {"sent_at": f"{month.start}", "answered_at": f"{month.start} 12:00"}
        rows += survey(5, share, **day) + survey(1, 100 - share, **day)
    section = users_voice(context(surveys=numbered(rows)))
    assert "Satisfaction has fallen steadily since March 2026, from 96.0% to 82.0% (82 of 100)." in answer(section)
