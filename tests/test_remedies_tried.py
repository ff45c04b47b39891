"""Every message with a command, an option or a line of TOML that helps is tried, in the rooms that load and answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import python_calamine as calamine
import xlsxwriter

from itsq_analysis import SettingsError, open_workspace
from itsq_analysis.cli.commands import _parameters
from itsq_analysis.errors import ReportError
from tests.cli.running import Ended, itsq
from tests.test_remedies import PACKAGE

ROOMS = ("ingest", "settings", "workspace", "cli", "store")
REMEDY = re.compile(
    r"\bitsq (?!analysis|workspace)[a-z]+\b|(?<!-)--[a-z]+|(?:\b[a-z_]+|\bX|\{0\}) = (?:X|\{|\[|\"|[0-9]|\.\.\.|true|false)"
)
CODE = re.compile(r"\b(?:SELECT|WHERE|JOIN|WHEN)\b|^[\s\[]|\n\[")  # SQL, and the template of itsq.toml
ROOT = Path(__file__).parent
Run = Callable[..., Ended]


def messages() -> list[str]:
    """Every text with a remedy, that is neither a docstring nor an option's help; what is formatted into it stands as X."""
    found = set()
    for file in (path for room in ROOMS for path in (PACKAGE / room).glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        left_out = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        left_out |= {
            id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords if word.arg == "help"
        }
        left_out |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if id(node) in left_out:
                continue
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            else:
                continue
            if REMEDY.search(text) and not CODE.search(text) and len(text.split()) > 3:
                found.add(text)
    return sorted(found)


class Workspace:
    """A workspace in the making, and the command line over it."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self._run = folder, run
        (folder / "exports").mkdir(parents=True)
        self.settings()

    def settings(self, extra: str = "", source: str = "", table: str = "incidents", mapping: str = "register") -> None:
        entry = f'[[source]]\nglob = "exports/*"\nmapping = "{mapping}"\ntable = "{table}"\n{source}\n'
        text = f'[organisation]\ntimezone = "UTC"\nholidays = ""\n{entry}{extra}\n'
        (self.folder / "itsq.toml").write_text(text, encoding="utf-8")

    def put(self, text: str, name: str = "exports/a.csv") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def itsq(self, *arguments: object) -> Ended:
        return self._run(*arguments, "-w", self.folder)


GOOD = "number,opened_at,resolved_at\n1,2026-10-05 09:00,2026-10-05 10:00\n2,2026-10-06 09:00,2026-10-06 10:00\n"


def after_init(ws: Workspace) -> None:
    new = ws.folder / "new"
    told = ws._run("init", new).out
    assert "itsq check, itsq load" in told
    exports = Path(re.search(r"put exports into (.+), adapt", told)[1])
    exports.mkdir(exist_ok=True)
    (exports / "a.csv").write_text(GOOD, encoding="utf-8")
    with (new / "itsq.toml").open("a", encoding="utf-8") as file:
        file.write('[[source]]\nglob = "exports/*.csv"\nmapping = "register"\ntable = "incidents"\n')
    assert ws._run("check", "-w", new).code == ws._run("load", "-w", new).code == 0


def set_of_run(_: Workspace) -> None:
    with pytest.raises(ReportError, match="--set table=requests"):
        _parameters(["x"])
    assert _parameters(["table=requests"]) == {"table": "requests"}


def see_quarantine(ws: Workspace) -> None:
    ws.put(GOOD + "3,never,\n")
    assert "itsq quarantine" in ws.itsq("load").out
    told = ws.itsq("quarantine")
    assert "itsq quarantine --rule RULE" in told.out
    assert "never" in ws.itsq("quarantine", "--rule", "unreadable_time").out


def all_of_quarantine(ws: Workspace) -> None:
    ws.put(GOOD + "".join(f"{number},never,\n" for number in range(10, 310)))
    ws.itsq("load")
    assert "all of them with: --format csv" in ws.itsq("quarantine", "--rule", "unreadable_time").out
    assert len(ws.itsq("quarantine", "--rule", "unreadable_time", "--format", "csv").out.splitlines()) == 301


def keep_less(ws: Workspace) -> None:
    ws.put("number,opened_at\n1,2026-10-05\n2,never\n3,never\n")
    told = ws.itsq("load")
    [line] = re.findall(r"\[load\] of itsq.toml: (keep_at_least = 0)", told.err)
    assert told.code == 1
    ws.settings(f"[load]\n{line}")
    assert ws.itsq("load").code == 0


def order_of_days(ws: Workspace) -> None:
    for rows in ("1,03/04/2026\n", "1,13/04/2026\n2,04/13/2026\n"):
        ws.settings()
        ws.put("number,opened_at\n" + rows)
        told = ws.itsq("load")
        assert told.code == 2
        assert "day_first = true or false in the source's entry" in told.err
        ws.settings(source="day_first = true")
        ws.itsq("load")
        found = open_workspace(ws.folder).table("incidents").set_index("number").loc["1", "opened_at"]
        assert f"{found:%m-%d}" in ("04-03", "04-13")


def other_order_of_days(ws: Workspace) -> None:
    ws.settings(source="day_first = true")
    ws.put("number,opened_at\n1,04/13/2026\n")
    told = ws.itsq("load")
    [line] = re.findall(r"; set (day_first = \w+)", told.err)
    ws.settings(source=line)
    assert ws.itsq("load").code == 0


def refused_share(ws: Workspace) -> None:
    good = "".join(f"{number},2026-10-05 09:00,\n" for number in range(300))
    ws.put("number,opened_at,resolved_at\n" + good)
    ws.itsq("load")
    ws.put(
        "number,opened_at,resolved_at\n" + good + "".join(f"x{number},2026-10-05 09:00,never\n" for number in range(100)),
        "exports/b.csv",
    )
    assert re.search("were refused, .* see: itsq quarantine", ws.itsq("load").out)
    assert "100" in ws.itsq("quarantine").out


def repair(ws: Workspace) -> None:
    file = ws.folder / "refused.xlsx"
    assert "itsq quarantine export refused.xlsx" in ws.itsq("quarantine", "export").err
    with xlsxwriter.Workbook(ws.folder / "exports/a.xlsx") as book:
        sheet = book.add_worksheet("a")
        for place, row in enumerate((["number", "opened_at"], ["1", "2026-10-05 09:00"], ["2", "never"])):
            sheet.write_row(place, 0, row)
    assert (
        "sheet 1, B3 opened_at: unreadable_time never: rows refused: 1; repair them with: itsq quarantine export"
        in ws.itsq("load").out
    )
    assert f"next: repair the marked cells there, then: itsq quarantine reload {file}" in ws.itsq("quarantine", "export", file).out
    assert "found none in refused.xlsx" in ws.itsq("quarantine", "reload", file).err
    assert "must begin with the columns file, place" in ws.itsq("quarantine", "reload", ws.folder / "exports/a.xlsx").err
    head, row = calamine.load_workbook(file).get_sheet_by_index(0).to_python()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("a")
        sheet.write_row(0, 0, head)
        sheet.write_row(1, 0, ["2026-10-06 09:00" if cell == "never" else cell for cell in row])
    assert "1 read = 1 inserted" in ws.itsq("quarantine", "reload", file).out
    assert "no row is in quarantine" in ws.itsq("quarantine").out


def two_sources(ws: Workspace) -> None:
    ws.settings(extra='[[source]]\nglob = "b.csv"\nmapping = "register"\ntable = "incidents"\n')
    ws.put(GOOD.replace("10:00\n2", "11:00\n2"), "b.csv")
    ws.put(GOOD)
    assert "itsq quarantine --rule conflict" in ws.itsq("load").out
    assert "2026-10-05 10:00" in ws.itsq("quarantine", "--rule", "conflict").out


def rule_of_quarantine(ws: Workspace) -> None:
    wrong = "".join(f"x{number},2026-10-05 09:00,2026-10-04 09:00\n" for number in range(20))
    ws.put(GOOD + wrong + "f,2046-10-05 09:00,\n")
    ws.settings("[load]\nkeep_at_least = 0")
    told = ws.itsq("load").out
    for rule in ("resolved_before_opened", "after_the_load"):
        assert f"itsq quarantine --rule {rule}" in told
        assert ws.itsq("quarantine", "--rule", rule).out.count("exports/a.csv") > 0


def promise(ws: Workspace) -> None:
    rule = '[[sla]]\ncalendar = "5x8"\n'
    calendar = '[[calendar]]\nid = "5x8"\nhours = "Mon-Fri 09:00-17:00"\n'
    ws.settings(calendar + rule)
    told = ws.itsq("check")
    [line] = re.findall(r'such as (resolution = "4h")', told.out)
    ws.put(GOOD)
    ws.settings(calendar + rule + line)
    assert (told.code, ws.itsq("check").code) == (1, 0)


def edition(ws: Workspace) -> None:
    ws.put(GOOD)
    reason = 'reason = "x"\n'
    for status, given in (("issued", ""), ("corrected", reason), ("corrected", 'version = "V1.0"\n' + reason)):
        ws.settings(f'[report]\nstatus = "{status}"\n{given}')
        told = ws.itsq("check")
        [line] = re.findall(r'such as (version = "V1\.\d")', told.out)
        line = line if status == "issued" else line.replace("V1.0", "V1.1")  # which a second message asks for
        ws.settings(f'[report]\nstatus = "{status}"\n{line}\n{reason if status == "corrected" else ""}')
        assert (told.code, ws.itsq("check").code) == (1, 0)


def lists_of_values(ws: Workspace) -> None:
    ws.put(GOOD)
    ws.itsq("load")
    ws.settings('[report]\nheadline = ["zzzzzz"]\n')
    assert "itsq values lists them" in ws.itsq("check").out
    [name, *_] = re.findall(r"\bincidents_\w+", ws.itsq("values").out)
    ws.settings(f'[report]\nheadline = ["{name}"]\n')
    assert ws.itsq("check").code == 0


def must_be_given(ws: Workspace) -> None:
    ws.put(GOOD)
    ws.settings('[[calendar]]\nid = "5x8"\n')
    told = ws.itsq("check")
    assert "must be given; add hours = ..." in told.out
    ws.settings('[[calendar]]\nid = "5x8"\nhours = "Mon-Fri 09:00-17:00"\n')
    assert (told.code, ws.itsq("check").code) == (1, 0)


def make_one(ws: Workspace) -> None:
    elsewhere = ws.folder / "elsewhere"
    elsewhere.mkdir()
    told = ws._run("load", "-w", elsewhere)
    [folder] = re.findall(r"itsq init (\S+)", told.err)
    with pytest.raises(SettingsError, match="itsq init"):
        open_workspace(elsewhere)
    assert Path(folder) == elsewhere
    assert ws._run("init", folder).code == 0
    assert ws._run("check", "-w", elsewhere).code == 0


def find_one(ws: Workspace) -> None:
    from itsq_analysis.settings import find_workspace

    with pytest.raises(SettingsError, match="itsq init DIR"):
        find_workspace()
    assert ws._run("init", ws.folder / "made").code == 0
    assert ws._run("check", "-w", ws.folder / "made").code == 0


def which_snapshot(ws: Workspace) -> None:
    ws.put(GOOD)
    ws.itsq("load")
    assert "run: itsq snapshots" in ws.itsq("values", "--snapshot", "9").err
    assert ws.itsq("snapshots").code == ws.itsq("values", "--snapshot", "1").code == 0


def load_first(ws: Workspace) -> None:
    ws.put(GOOD)
    assert "run: itsq load" in ws.itsq("values").err
    assert ws.itsq("load").code == ws.itsq("values").code == 0


def load_what_happened(ws: Workspace) -> None:
    ws.settings(table="services")
    ws.put("service\nERP\n")
    ws.itsq("load")
    assert "load an export with: itsq load" in ws.itsq("values").err
    ws.settings()
    ws.put(GOOD)
    assert ws.itsq("load").code == ws.itsq("values").code == 0


def check_sources(ws: Workspace) -> None:
    told = ws.itsq("load")
    assert "run: itsq check" in told.err
    assert "exports/*" in ws.itsq("check").out
    ws.put(GOOD)
    assert ws.itsq("load").code == 0


def name_the_mapping(ws: Workspace) -> None:
    ws.put(GOOD, "other.csv")
    assert "add --mapping NAME" in ws.itsq("load", ws.folder / "other.csv").err
    told = ws.itsq("load", ws.folder / "other.csv", "--mapping", "register")
    assert "add --table, one of" in told.err
    assert ws.itsq("load", ws.folder / "other.csv", "--mapping", "register", "--table", "incidents").code == 0


def answer_the_question(ws: Workspace) -> None:
    ws.put("Ticket;Angelegt\n1;03/04/2026 10:00\n2;05/06/2026 10:00\n")
    file = ws.folder / "exports/a.csv"
    [told] = re.findall(r"write for example --answer (\S+)", ws.itsq("map", file, "--answer", "x").err)
    assert told == "opened_at=Created"
    for more in ((), ("--yes",)):
        asked = ws.itsq("map", file, *more)
        assert (asked.code, "--yes" in asked.err) == (1, False)
        assert "--answer day_first=true, or false" in asked.out
    assert ws.itsq("map", file, "--answer", "day_first=true").code == 0
    assert ws.itsq("load").code == 0


def make_it_yourself(ws: Workspace) -> None:
    ws.put(GOOD)
    new = ws.folder / "new"
    told = ws._run("map", ws.folder / "exports/a.csv", "--yes", "-w", new)
    assert "make it yourself with: itsq init" in told.err
    assert ws._run("load", "-w", new).code == ws._run("init", ws.folder / "own").code == 0


JOB = '[[job]]\nid = "a"\ncron = "30 7 1 * *"\n'


def jobs_of_settings(ws: Workspace) -> None:
    report, chat = 'report = "quality"\n', '[[recipient]]\nid = "b"\nchat = "slack"\n'
    mail, server = '[[recipient]]\nid = "b"\nmail = ["it@example.com"]\n', '[delivery]\nsmtp = "mail.example.com"\n'
    load = '[[job]]\nid = "data"\nload = true\ncron = "0 6 * * *"\n'
    for wrong, said, right in (
        (JOB, 'report = "..." or load = true', JOB + report),
        (JOB + 'load = true\nfor_each = "language"\n', "must not give for_each where load = true", JOB + "load = true\n"),
        (JOB + report + 'after = "dat"\n' + load, "a [[job]] with load = true", JOB + report + 'after = "data"\n' + load),
        ('[[recipient]]\nid = "b"\n', 'mail = [...] or chat = "..."', chat + 'address = "env:HOOK"\n'),
        (chat, 'address = "env:NAME"', chat + 'address = "env:HOOK"\n'),
        (server, 'sender = "reports@example.com"', server + 'sender = "reports@example.com"\n'),
        (
            server + 'sender = "a@example.com"\nuser = "a"\n',
            'password = "env:NAME"',
            server + 'sender = "a@example.com"\nuser = "a"\npassword = "env:PASS"\n',
        ),
        (
            JOB + report + 'to = ["b"]\n' + mail,
            "add [delivery]",
            JOB + report + 'to = ["b"]\n' + mail + server + 'sender = "a@example.com"\n',
        ),
    ):
        ws.settings(wrong)
        told = ws.itsq("check")
        assert said in told.out + told.err, (wrong, told)
        ws.settings(right)
        told = ws.itsq("check")
        assert said not in told.out + told.err, (right, told)


def first_job(ws: Workspace) -> None:
    new = ws.folder / "new"
    ws._run("init", new)
    assert "the commented one that itsq init writes" in ws._run("jobs", "-w", new).out
    file = new / "itsq.toml"
    text = file.read_text(encoding="utf-8")
    start = text.index("#[[job]]")
    end = text.index("\n\n", start) if "\n\n" in text[start:] else len(text)
    block = "\n".join(line[1:] if re.match(r"#[\[a-z]", line) else line for line in text[start:end].splitlines())
    file.write_text(text[:start] + block + text[end:], encoding="utf-8")
    assert "quality-monthly" in ws._run("jobs", "--next", "60", "-w", new).out  # whatever day it is, one lies among 60


SCENARIOS: dict[str, Callable[[Workspace], None] | str] = {
    "next: put exports into": after_init,
    "next: itsq load -w": "cli/test_demo.py",
    "--set takes NAME=VALUE": set_of_run,
    "rows in quarantine are counted by rule": see_quarantine,
    "rows; one by one with": see_quarantine,
    "export and reload need a workbook": repair,
    "next: repair the marked cells there": repair,
    "a workbook of refused rows must begin with": repair,
    "must have a changed row that is still in quarantine": repair,
    "rows refused: {rows:,}; repair them with": repair,
    "under the same key, such as": two_sources,
    "rows; all of them with": all_of_quarantine,
    "less than X; see: itsq quarantine": keep_less,
    "an export of X must have the columns": "ingest/test_cases.py::test_B2_the_remedies_for_headers_work",
    "one header must mean": "ingest/test_cases.py::test_B2_the_remedy_for_a_header_that_stands_twice_works",
    "dates of a file must be written in one order": order_of_days,
    "the order of day and month must be known": order_of_days,
    "dates must be written X, as day_first": other_order_of_days,
    "load the other files alone": "ingest/test_cases.py::test_B10_one_bad_file_stops_all_and_is_named_with_its_remedy",
    "if the file is right, raise {0} in [load]": "ingest/test_cases.py::test_B2_the_remedies_for_limits_work",
    "state {word!r} is not known": "ingest/test_cases.py::test_B2_remedies_of_a_source_work",
    "of its rows were refused": refused_share,
    "tell of an end before the beginning": rule_of_quarantine,
    "tell of times after the load": rule_of_quarantine,
    "numbers stand for tickets": "ingest/test_cases.py::test_B12_the_remedy_keeps_both_tickets",
    "must give response, resolution or both": promise,
    "must give version, such as": edition,
    "must give a version after": edition,
    "must be given; add": must_be_given,
    "; itsq values lists them": lists_of_values,
    "make one with: itsq init X": make_one,
    "make one with: itsq init DIR": find_one,
    "must hold itsq.toml; found none in": make_one,
    "a snapshot must be one of": which_snapshot,
    "which Delta Lake cannot name": "ingest/test_cases.py::test_E4_a_folder_that_the_store_cannot_name_is_refused_in_one_line",
    "must have been loaded before it is read": load_first,
    "must hold a table that tells when something happened": load_what_happened,
    "a load must find at least one file": check_sources,
    "a query must take at most": "test_query_limits.py::test_E10_the_remedy_works",
    "a query must end within": "test_query_limits.py::test_E10_the_remedy_works",
    "needs a mapping; found": name_the_mapping,
    "has several tables; found no table": name_the_mapping,
    'encoding = "X" reads': "ingest/test_read.py::test_an_encoding_that_nothing_decides_is_asked_with_what_each_would_read",
    "--answer takes COLUMN": answer_the_question,
    "which holds? --answer day_first": answer_the_question,
    "make it yourself with: itsq init": make_it_yourself,
    "its cron must meet a day of on": "jobs/test_commands.py::test_a_job_whose_cron_and_working_day_never_meet_is_told",
    "--by must name who approves": "jobs/test_commands.py::test_runs_rerun_and_approve",
    "a run must be done before it is approved": "jobs/test_commands.py::test_runs_rerun_and_approve",
    "--to must not lie before --from": "jobs/test_commands.py::test_a_backfill_is_made_by_the_next_tick_and_not_made_twice",
    "; next: itsq run-due": "jobs/test_commands.py::test_a_backfill_is_made_by_the_next_tick_and_not_made_twice",
    "a [[job]] with load = true": jobs_of_settings,
    "mail needs a server": jobs_of_settings,
    'must give address = "env:NAME"': jobs_of_settings,
    "must give mail = [...] or chat": jobs_of_settings,
    'must give report = "..." or load = true': jobs_of_settings,
    "must give sender, such as sender": jobs_of_settings,
    "must give user and password": jobs_of_settings,
    "must not give X where load = true": jobs_of_settings,
    "no jobs yet; add a [[job]]": first_job,
    "a pull needs an entry [[pull]]": "ingest/test_pulling_apis.py::test_the_command_says_what_to_do_next",
    "next: no [[source]] names X": "ingest/test_pulling_apis.py::test_the_command_says_what_to_do_next",
    "refers to the environment variable": "ingest/test_pulling_apis.py::test_credentials_are_references",
    "must give query and since": "ingest/test_pulling_apis.py::test_a_wrong_pull_put_right_is_taken",
    'must give table = "incident"': "ingest/test_pulling_apis.py::test_a_wrong_pull_put_right_is_taken",
    "must not give watermark": "ingest/test_pulling_apis.py::test_a_wrong_pull_put_right_is_taken",
    "must not hold a password": "ingest/test_pulling_apis.py::test_a_wrong_pull_put_right_is_taken",
    "or change, such as change": "indicators/test_relative_targets.py::test_what_cannot_be_read_is_refused_with_an_example",
    'must hold a grade from "0%" on': "indicators/test_scorecard.py::test_weights_are_summed_and_percentages_not_averaged",
    "must give key, such as key": "ingest/test_privacy.py::test_pseudonyms_need_their_key",
    "must give spark, such as spark": "indicators/test_spark.py::test_files_and_token_belong_to_a_spark",
    "must give indicator, such as indicator": "indicators/test_slo.py::test_what_cannot_be_counted_is_refused",
    "no objectives yet; write an [[slo]]": "cli/test_evidence.py::test_objectives_are_told_or_asked_for",
    "--rows takes a file that ends in": "cli/test_evidence.py::test_rows_are_written_without_formulas_and_give_the_value",
}
NO_REMEDY = (
    "must give the reason of the correction",  # says where it must stand, not what
    "X read = X",  # the ledger's sum
    ", or accept the proposal with --yes",  # a part of a message
)


@pytest.mark.parametrize("text", messages())
def test_every_message_with_a_remedy_is_tried(text):
    assert any(fragment in text for fragment in (*SCENARIOS, *NO_REMEDY)), f"say in SCENARIOS which test tries: {text}"


@pytest.mark.parametrize("fragment", SCENARIOS)
def test_what_is_tried_is_a_message(fragment):
    assert any(fragment in text for text in messages())


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS.values() if isinstance(one, str)])
def test_the_test_that_tries_a_remedy_exists(scenario):
    file, _, name = scenario.partition("::")
    assert (f"def {name}(" if name else "itsq load -w") in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "scenario", dict.fromkeys(one for one in SCENARIOS.values() if callable(one)), ids=lambda one: one.__name__
)
def test_the_remedy_helps(tmp_path, capsys, monkeypatch, scenario):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ITSQ_WORKSPACE", raising=False)
    scenario(Workspace(tmp_path / "ws", lambda *arguments: itsq(capsys, *arguments)))
