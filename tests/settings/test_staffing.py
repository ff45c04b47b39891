"""[staffing]: how people are planned."""

import re

import pytest

from itsq_analysis.errors import SettingsError
from itsq_analysis.settings import Settings, check_settings, parse_settings, write_workspace
from itsq_analysis.settings.init import settings_text

FULL = """
[staffing]
calendar = "5x8"
handling = { contacts = "6m", incidents = "45m", requests = 1800 }
shrinkage = "30%"
occupancy = ["55%", 0.9]
service_level = "90%"
answer_within = "15s"
patience = "2.5m"
backlog_limit = 200
demand = 1.3
[[staffing.team]]
team = "Service Desk"
handling = { contacts = "5m" }
people = 0.9
"""


def test_a_file_and_what_holds_for_a_team():
    staffing = parse_settings(FULL).staffing
    assert staffing.handling == {"contacts": 360.0, "incidents": 2700.0, "requests": 1800.0}
    assert (staffing.shrinkage, staffing.occupancy, staffing.service_level) == (0.3, (0.55, 0.9), 0.9)
    assert (staffing.answer_within, staffing.patience, staffing.backlog_limit) == (15.0, 150.0, 200)
    desk = staffing.of("Service Desk")
    assert desk.handling == {"contacts": 300.0, "incidents": 2700.0, "requests": 1800.0}
    assert (desk.people, desk.demand, desk.calendar) == (0.9, 1.3, "5x8")
    assert staffing.of("Network") == staffing


def test_the_defaults_are_those_of_a_new_workspace(tmp_path):
    assert parse_settings(settings_text("A")).staffing == Settings().staffing
    assert not [one for one in check_settings(write_workspace(tmp_path)) if one.key.startswith("staffing")]


def test_settings_survive_a_snapshot():
    settings = parse_settings(FULL)
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("line", "key", "remedy"),
    [
        ('shrinkage = "100%"', "staffing.shrinkage", 'must be less than "100%"'),
        ('shrinkage = "30"', "staffing.shrinkage", 'must be a share such as "80%"'),
        ("service_level = true", "staffing.service_level", "must be a share"),
        ('occupancy = ["85%", "60%"]', "staffing.occupancy", "must be the lower share first"),
        ('occupancy = "85%"', "staffing.occupancy", "must be the lowest and the highest share"),
        ('answer_within = "0s"', "staffing.answer_within", 'must be a time such as "20s"'),
        ('patience = "1d"', "staffing.patience", "must be a time"),
        ('handling = { calls = "6m" }', "staffing.handling.calls", "contacts"),
        ("demand = 0", "staffing.demand", "greater than 0"),
        ('calendar = "5x9"', "staffing.calendar", 'write "5x8"'),
        ('[[staffing.team]]\nteam = "A"\ncalendar = "5x9"', "staffing.team[1].calendar", 'write "5x8"'),
        ('[[staffing.team]]\nteam = "A"\n[[staffing.team]]\nteam = "A"', "staffing.team[2].team", "must be given once"),
        ('[[staffing.team]]\nteam = "A"\npeaple = 2', "staffing.team[1].peaple", 'write "people"'),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, key: str, remedy: str):
    with pytest.raises(SettingsError) as caught:
        parse_settings(f"[staffing]\n{line}\n")
    message = str(caught.value)
    assert re.search(rf", {re.escape(key)}(\.\[key\])?: ", message), message
    assert remedy in message


def test_the_line_of_a_team_is_its_own():
    with pytest.raises(SettingsError, match=re.escape("line 6, staffing.team[2].shrinkage")):
        parse_settings('[staffing]\n[[staffing.team]]\nteam = "A"\n[[staffing.team]]\nteam = "B"\nshrinkage = "200%"\n')
