"""Deliveries to real local servers: what arrives, how often, and what becomes of what does not."""

from __future__ import annotations

import base64
import hmac
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from itsq_analysis.charts import sparkline
from itsq_analysis.errors import ReportError, SettingsError
from itsq_analysis.jobs import chat
from itsq_analysis.jobs.deliver import ATTEMPTS
from itsq_analysis.jobs.mail import mail
from itsq_analysis.jobs.message import Message
from itsq_analysis.settings.jobs import DeliverySettings
from itsq_analysis.settings.references import looked_up
from tests.jobs.conftest import NOW, Made, Unattended
from tests.jobs.servers import MailServer, Webhook

JOB = '[[job]]\nid = "small"\nreport = "small"\ncron = "30 7 1 * *"\nretries = 0\nto = ["boss"]\nowner = "ops"\n'
BOSS = '[[recipient]]\nid = "boss"\nmail = ["head@example.com"]\n'
OPS = '[[recipient]]\nid = "ops"\nmail = ["ops@example.com"]\n'
ERRCODE = {"errcode": 93000, "errmsg": "invalid webhook url, geheim-4711"}


def body(message: Any, kind: str) -> str:
    return str(message.get_body((kind,)).get_content())


REPORT = [("report", "boss", "head@example.com", "pending")]
CHAT = [("report", "chat", "", "pending")]


def test_a_report_arrives_once_with_verdict_decisions_changes_table_and_page(
    unattended: Unattended, mail_server: MailServer
) -> None:
    unattended.settings(mail_server.settings + BOSS + OPS + JOB + 'period = "newest"\n')
    unattended.write("told.json", {"verdict": "7 of 12 targets met.", "findings": ["late <b>incidents</b>"]})
    ticked = unattended.tick()
    assert ticked.sent == ["sent: small report to boss head@example.com"]
    assert unattended.tick().sent == []
    [(to, mail)] = mail_server.received
    assert to == ["head@example.com"]
    assert mail["Subject"] == "Small report October 2026: 7 of 12 targets met."
    assert "late &lt;b&gt;incidents&lt;/b&gt;" in body(mail, "html")
    assert "CSAT: 95% (met, certain)" in body(mail, "plain")
    assert len(body(mail, "html").encode()) < 100_000
    [page] = mail.iter_attachments()
    assert page.get_filename() == "small-2026-10-en.html"
    assert page.get_payload(decode=True) == (unattended.folder / "reports" / "small-2026-10-en.html").read_bytes()
    for name, content in unattended.files().items():
        assert mail_server.password.encode() not in content, name


def test_the_owner_alone_is_told_of_a_failure(unattended: Unattended, mail_server: MailServer) -> None:
    unattended.settings(mail_server.settings + BOSS + OPS + JOB + 'period = "newest"\nparameters = { fate = "fail" }\n')
    ticked = unattended.tick()
    assert ticked.sent == ["sent: small failure to ops ops@example.com"]
    [(to, mail)] = mail_server.received
    assert to == ["ops@example.com"]
    assert "cell 4: ValueError: no such column: prioritty" in body(mail, "plain")
    assert "failed.log" in body(mail, "plain")


def test_what_has_changed_comes_first_and_a_quiet_recipient_hears_nothing_where_nothing_has(
    made: Made, mail_server: MailServer
) -> None:
    quiet = BOSS + "only_when_changed = true\n"
    made.settings(mail_server.settings + quiet + JOB.replace('owner = "ops"\n', ""))
    old = {"findings": [{"cause": "a", "words": {"en": {"sentence": "A grows."}}}]}
    new = {"findings": [*old["findings"], {"cause": "b", "words": {"en": {"sentence": "B falls."}}}]}
    for number, told in ((9, old), (10, old), (11, new)):
        made.run(number, told, REPORT)
    assert [line for line, _ in made.deliver()] == ["sent: small report to boss head@example.com"] * 2
    assert [(run, state) for run, _, state, *_ in made.deliveries()] == [(9, "sent"), (10, "quiet"), (11, "sent")]
    first, last = (body(mail, "plain") for _, mail in mail_server.received)
    assert "Since" not in first
    assert last.index("Since the report for October 2026") < last.index("New: B falls.") < last.index("Findings")


def test_a_held_report_goes_out_when_it_is_approved(made: Made, mail_server: MailServer) -> None:
    made.settings(mail_server.settings + BOSS)
    made.run(1, {}, [("report", "boss", "head@example.com", "held")])
    assert made.deliver() == []
    ledger = made.ledger()
    ledger.query("INSERT INTO approvals VALUES (1, '李伟', '2026-11-02')")
    ledger.close()
    assert len(made.deliver()) == len(mail_server.received) == 1


def test_a_server_that_refuses_for_now_is_tried_again_and_one_that_always_does_is_given_up(
    made: Made, mail_server: MailServer
) -> None:
    made.settings(mail_server.settings + BOSS)
    made.run(1, {}, REPORT)
    mail_server.refuse = ["450 later"]
    [(line, well)] = made.deliver()
    assert (well, "450" in line or "later" in line) == (False, True)
    assert made.deliver() == []  # not yet
    assert [well for _, well in made.deliver(NOW + timedelta(minutes=2))] == [True]
    made.run(2, {}, REPORT)
    mail_server.refuse = ["550 no"] * 20
    for hour in range(12):
        made.deliver(NOW + timedelta(hours=hour))
    assert made.deliveries()[1][2:4] == ("failed", ATTEMPTS)
    assert len(mail_server.received) == 1


@pytest.mark.parametrize("wrong", ["password", "certificate", "server", "unset"])
def test_what_is_wrong_with_the_server_is_told_without_the_password(
    made: Made, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    made.settings(mail_server.settings.replace("port = ", "port = 1\n#") if wrong == "server" else mail_server.settings)
    made.settings((made.folder / "itsq.toml").read_text(encoding="utf-8").partition("[delivery]")[2].join(["[delivery]", BOSS]))
    if wrong == "password":
        monkeypatch.setenv("SMTP_PASSWORD", "verkehrt-0815")
    if wrong == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    if wrong == "unset":
        monkeypatch.delenv("SMTP_PASSWORD")
    made.run(1, {}, REPORT)
    [(line, well)] = made.deliver()
    said = {
        "password": "SMTPAuthenticationError",
        "certificate": "CERTIFICATE_VERIFY_FAILED",
        "server": "refused",
        "unset": "SMTP_PASSWORD",
    }
    assert (well, said[wrong] in line) == (False, True), line
    assert "verkehrt-0815" not in line + str(made.deliveries())
    assert mail_server.received == []


def test_a_process_killed_between_server_and_ledger_sends_the_same_mail_again_under_the_same_id(
    made: Made, mail_server: MailServer
) -> None:
    made.settings(mail_server.settings + BOSS)
    made.run(1, {}, REPORT)
    child = os.fork() if hasattr(os, "fork") else pytest.skip("no fork")
    if child == 0:
        mail_server.hook = None
        from itsq_analysis.jobs import deliver as room

        room._record = lambda *_, **changes: (  # type: ignore[assignment]
            os.kill(os.getpid(), signal.SIGKILL) if changes.get("state") == "sent" else None
        )
        made.deliver()
        os._exit(0)
    os.waitpid(child, 0)
    assert len(mail_server.received) == 1
    made.deliver()
    first, second = (mail["Message-ID"] for _, mail in mail_server.received)
    assert first == second
    assert made.deliver() == []


def test_a_dry_run_writes_the_bytes_that_would_be_sent_and_sends_nothing(made: Made, mail_server: MailServer) -> None:
    made.settings(mail_server.settings + BOSS)
    made.run(1, {}, REPORT)
    folder = made.folder / "dry"
    assert made.deliver(dry_run=folder)[0][1]
    assert mail_server.received == []
    [written] = folder.iterdir()
    made.deliver()
    [(_, received)] = mail_server.received
    expected = message_from_bytes(written.read_bytes(), policy=default)
    assert [*expected.items()] == [*received.items()]
    assert body(expected, "html") == body(received, "html")


def test_hostile_names_stay_text_and_subjects_are_one_line() -> None:
    hostile = "E-mail\r\nBcc: all@example.com\x07<script>"
    from itsq_analysis.jobs.message import _message

    content = {"above": hostile, "verdict": hostile, "notes": [hostile], "blocks": [], "rows": [], "last": []}
    told = _message(hostile, "en", content, True, {})
    sent = message_from_bytes(mail(told, "a@b.c", "k", DeliverySettings(sender="x@y.z"), "html", NOW), policy=default)
    assert (sent["Bcc"], sent["Subject"]) == (None, "E-mail Bcc: all@example.com<script>")
    assert "<script>" not in body(sent, "html")


# chats: the forms and answers that their makers document
TAKEN = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "slack": b"ok",
    "teams": b"",
}
REFUSED = {
    "wecom": (200, ERRCODE),
    "dingtalk": (200, {"errcode": 310000, "errmsg": "sign not match"}),
    "feishu": (200, {"code": 19021, "msg": "sign match fail"}),
    "slack": (403, b"invalid_token"),
    "teams": (400, b"bad"),
}
HOSTILE = 'ERP <at user_id="all"></at> <!channel> [x](http://evil) & co'


def message(subject: str = HOSTILE, said: str = "一" * 20_000) -> Message:
    return Message(subject, "<p>", said, True, {})


@pytest.mark.parametrize("kind", TAKEN)
def test_a_post_has_the_documented_form_and_its_answer_is_read(kind: Any, webhook: Callable[..., Webhook]) -> None:
    server = webhook((200, TAKEN[kind]))
    chat.send(chat.body(message(), kind), kind, server.address, "", NOW)
    [(path, posted)] = server.posts
    assert path.endswith("?key=geheim-4711")
    said = json.dumps(posted, ensure_ascii=False)
    assert "<at" not in said
    assert "<!channel" not in said
    if kind == "wecom":
        assert posted["msgtype"] == "text"
        assert len(posted["text"]["content"].encode()) <= 2048
    elif kind == "dingtalk":
        assert (posted["msgtype"], len(posted["text"]["content"].encode()) < 20_000) == ("text", True)
    elif kind == "feishu":
        assert (posted["msg_type"], len(said.encode()) < 20_480) == ("text", True)
    elif kind == "slack":
        assert "&amp; co" in posted["text"]
    else:
        [attachment] = posted["attachments"]
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert attachment["content"]["type"] == "AdaptiveCard"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_is_a_failure_also_where_it_comes_with_200(kind: Any, webhook: Callable[..., Webhook]) -> None:
    server = webhook(REFUSED[kind])
    with pytest.raises(ReportError, match=f"the chat {kind} must take the post") as raised:
        chat.send(chat.body(message(), kind), kind, server.address, "", NOW)
    assert "geheim-4711" not in str(raised.value)


def test_dingtalk_is_signed_in_the_address_and_feishu_in_the_body(webhook: Callable[..., Webhook]) -> None:
    secret = "SEC-2962"  # noqa: S105 - of this test
    ding, fei = webhook((200, TAKEN["dingtalk"])), webhook((200, TAKEN["feishu"]))
    chat.send(chat.body(message(), "dingtalk"), "dingtalk", ding.address, secret, NOW)
    query = parse_qs(urlsplit(ding.posts[0][0]).query)
    stamp = query["timestamp"][0]
    assert stamp == str(int(NOW.timestamp() * 1000))
    assert base64.b64decode(query["sign"][0]) == hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    chat.send(chat.body(message(), "feishu"), "feishu", fei.address, secret, NOW)
    posted = fei.posts[0][1]
    key = f"{posted['timestamp']}\n{secret}".encode()
    assert base64.b64decode(posted["sign"]) == hmac.digest(key, b"", "sha256")


def test_a_chat_that_is_slow_or_down_is_tried_again(
    made: Made, webhook: Callable[..., Webhook], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = webhook(1.5, (500, b"down"), (200, ERRCODE), (200, TAKEN["wecom"]))
    monkeypatch.setattr(chat, "TIME_LIMIT", 0.5)
    monkeypatch.setenv("WECOM", server.address)
    made.settings('[[recipient]]\nid = "chat"\nchat = "wecom"\naddress = "env:WECOM"\n')
    made.run(1, {}, CHAT)
    told = [made.deliver(NOW + timedelta(hours=hour)) for hour in range(5)]
    assert [[well for _, well in one] for one in told] == [[False], [False], [False], [True], []]
    said = " ".join(line for one in told for line, _ in one)
    assert "geheim-4711" not in said
    assert "93000" in said
    assert made.deliveries()[0][2:4] == ("sent", 4)
    assert len(server.posts) == 4


def test_wecom_is_given_the_page_as_a_file_once_beside_the_post(
    made: Made, webhook: Callable[..., Webhook], monkeypatch: pytest.MonkeyPatch
) -> None:
    uploaded = (200, {"errcode": 0, "errmsg": "ok", "type": "file", "media_id": "3a8asd", "created_at": "1380000000"})
    taken, busy = (200, TAKEN["wecom"]), (200, {"errcode": 45009, "errmsg": "api freq out of limit geheim-4711"})
    server = webhook(taken, busy, uploaded, taken)
    monkeypatch.setenv("WECOM", server.address)
    made.settings('[[recipient]]\nid = "chat"\nchat = "wecom"\naddress = "env:WECOM"\nattach = "pdf"\n')
    made.run(1, {}, [*CHAT, ("file", "chat", "", "pending")])
    pdf = (made.folder / "reports" / "small-2026-01-en.pdf").resolve()
    pdf.write_bytes(b"%PDF-1.7 \r\n--itsq")
    [(_, post), (refused, file)] = made.deliver()
    assert (post, file, "45009" in refused, "geheim-4711" in refused) == (True, False, True, False)
    assert made.deliver(NOW + timedelta(hours=1)) == [("sent: small file to chat", True)]
    assert made.deliver(NOW + timedelta(hours=2)) == []
    paths = [urlsplit(path) for path, _ in server.posts]
    assert [path.path.rpartition("/")[2] for path in paths] == ["send", "upload_media", "upload_media", "send"]
    assert parse_qs(paths[2].query) == {"key": ["geheim-4711"], "type": ["file"]}
    kind, content = server.posts[2][1]
    form = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content, policy=default)
    [part] = form.iter_parts()
    assert part.get_payload(decode=True) == pdf.read_bytes()
    assert part["Content-Disposition"].params == {"name": "media", "filename": pdf.name, "filelength": str(len(pdf.read_bytes()))}
    assert server.posts[3][1] == {"msgtype": "file", "file": {"media_id": "3a8asd"}}


def test_a_mail_shows_the_first_two_charts(made: Made, mail_server: MailServer) -> None:
    made.settings(mail_server.settings + BOSS)
    made.run(1, {}, REPORT)
    frame = pd.DataFrame({"period": ["2026-09", "2026-10"], "value": [0.9, 0.95]})
    charts = [sparkline(frame, title="On time", summary=f"Rising <b>{n}</b>.") for n in range(3)]
    cells = [{"cell_type": "code", "outputs": [{"data": chart._repr_mimebundle_()}]} for chart in charts]
    made.write("small.json", {"nbformat": 4, "cells": cells})
    kept = made.folder / "reports" / "runs" / "small" / "notebook.ipynb"
    kept.parent.mkdir(parents=True)
    (made.folder / "small.json").rename(kept)
    assert made.deliver() == [("sent: small report to boss head@example.com", True)]
    [(_, mail)] = mail_server.received
    shown = body(mail, "html")
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    for number, picture in enumerate(pictures):
        assert f'src="cid:{picture["Content-ID"][1:-1]}" alt="Rising &lt;b&gt;{number}&lt;/b&gt;."' in shown
    assert len(pictures) == 2
    assert all(part.get_payload(decode=True).startswith(b"\x89PNG") for part in pictures)
    assert len([*mail.iter_attachments()]) == 1  # the page


def test_a_secret_may_stand_in_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SettingsError, match="pip install keyring"):
        looked_up("keyring:itsq/smtp")
    entries = {("itsq", "smtp"): "korrekt"}
    errors = SimpleNamespace(KeyringError=RuntimeError)
    library = SimpleNamespace(get_password=lambda *entry: entries.get(entry), errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert looked_up("keyring:itsq/smtp") == "korrekt"
    with pytest.raises(SettingsError, match="python -m keyring set itsq wecom"):
        looked_up("keyring:itsq/wecom")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # apprise imports what Python 3.13 lacks
def test_other_services_go_through_apprise(made: Made, webhook: Callable[..., Webhook], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("apprise")
    server = webhook((200, {}))
    monkeypatch.setenv("OTHER", server.address.replace("http://", "json://").partition("?")[0])
    made.settings('[[recipient]]\nid = "chat"\nchat = "apprise"\naddress = "env:OTHER"\n')
    made.run(1, {}, CHAT)
    assert made.deliver() == [("sent: small report to chat", True)]
    [(_, posted)] = server.posts
    assert posted["title"] == "Small report January 2026: All is well."
