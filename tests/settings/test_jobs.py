"""[[job]], [[recipient]] and [delivery]: what is accepted, and what is refused with which remedy."""

from pathlib import Path

import pytest

from itsq_analysis.settings import Settings, check_settings, parse_settings
from itsq_analysis.settings.findings import examine

JOB = '[[job]]\nid = "monthly"\nreport = "quality"\ncron = "30 7 * * *"\n'
MAIL = '[delivery]\nsmtp = "mail.example.com"\nsender = "it@example.com"\n'


def remedies(text: str) -> list[tuple[str, str, int | None]]:
    return [(one.key, one.remedy, one.line) for one in examine(text, "itsq.toml").findings]


def test_a_job_says_little_and_means_much() -> None:
    [job] = parse_settings(JOB).jobs
    assert (job.on, job.period, job.catch_up, job.late, job.wait, job.retries) == (
        "any day",
        "last-month",
        "last",
        "mark",
        86400,
        2,
    )


def test_jobs_are_no_part_of_what_a_snapshot_records() -> None:
    text = MAIL + JOB + '[[recipient]]\nid = "boss"\nmail = ["a@example.com"]\n'
    assert parse_settings(text).model_dump(mode="json") == Settings().model_dump(mode="json")
    assert parse_settings(text).fingerprint() == Settings().fingerprint()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('cron = "30 7 * *"', "five fields"),
        ('cron = "61 7 * * *"', "bad minute"),
        ('on = "first monday"', "working day 3"),
        ('timezone = "Beijing"', "Asia/Shanghai"),
        ('calendar = "5x9"', '"5x8"'),
        ('to = "boss"', "there is none yet"),
        ('after = ["data"]', "load = true"),
        ('parameters = { period = { a = 1 } }', "a text, a number"),
        ('load = true', "not both"),
        ('catch_up = "some"', "'none', 'last' or 'all'"),
        ('retries = 99', "20"),
        ('wait = "2 days"', "1.5h"),
        ('reciever = "x"', "use one of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_a_remedy(line: str, said: str) -> None:
    key = line.split(" ")[0]
    rest = "\n".join(given for given in JOB.splitlines() if not given.startswith(key + " "))
    [(_, remedy, number)] = remedies(f"{rest}\n{line}\n")
    assert said in remedy
    assert number


def test_a_password_in_the_file_is_refused_and_not_repeated_as_right() -> None:
    findings = examine(MAIL + 'user = "it"\npassword = "hunter2"\n', "itsq.toml").findings
    [finding] = [one for one in findings if one.key == "delivery.password"]
    assert finding.line == 5
    assert "env:SMTP_PASSWORD" in finding.remedy
    assert "hunter2" not in "".join(map(str, findings))


def test_a_recipient_is_mail_or_chat_and_mail_needs_a_server() -> None:
    both = '[[recipient]]\nid = "a"\nmail = ["a@b.c"]\nchat = "slack"\naddress = "env:SLACK"\n'
    assert "not both" in remedies(MAIL + both)[0][1]
    assert "env:NAME" in remedies('[[recipient]]\nid = "a"\nchat = "slack"\n')[0][1]
    assert "must be addresses" in remedies(MAIL + '[[recipient]]\nid = "a"\nmail = ["Boss <a@b.c>"]\n')[0][1]
    assert "a server" in remedies('[[recipient]]\nid = "a"\nmail = ["a@b.c"]\n')[0][1]


def test_two_jobs_of_one_name_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "itsq.toml").write_text(JOB + JOB.replace("quality", "capacity"), encoding="utf-8")
    [finding] = [one for one in check_settings(tmp_path) if one.key.startswith("job")]
    assert (finding.key, finding.line) == ("job[2].id", 6)
