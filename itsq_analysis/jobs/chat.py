"""A message as a post to a chat: its kind's own form, sent to its webhook, and the answer read.

WeCom, DingTalk and Feishu answer 200 also to what they refuse, and say so in the body; the library apprise, which knows a hundred
other services, does not read it. So these five are written here, as plain text in which no name of a service can become a link or
call a whole group, and apprise is used for all others.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import urllib.request
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit

from itsq_analysis.errors import ReportError
from itsq_analysis.jobs.message import Message
from itsq_analysis.reports.failure import one_line
from itsq_analysis.reports.secrets import SHORTEST, hidden
from itsq_analysis.settings.jobs import ChatKind

TIME_LIMIT = 30.0  # seconds for the answer
LIMITS = {"wecom": 2048, "dingtalk": 18_000, "feishu": 18_000, "slack": 30_000, "teams": 20_000, "apprise": 20_000}  # bytes of text
SHOWN = 200  # characters of an answer


def body(message: Message, kind: ChatKind) -> dict[str, Any]:
    """What is posted of a message to a kind of chat, without its signature."""
    said = cut(f"{message.subject}\n\n{message.text}".replace("<", "\N{FULLWIDTH LESS-THAN SIGN}"), LIMITS[kind])
    if kind in ("wecom", "dingtalk"):
        return {"msgtype": "text", "text": {"content": said}}
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": said}}
    if kind == "slack":
        return {"text": said.replace("&", "&amp;").replace(">", "&gt;"), "mrkdwn": False}
    if kind == "teams":
        runs = [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in said.splitlines() if line]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": runs,
        }
        content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [content]}
    return {"title": message.subject, "body": cut(message.text, LIMITS[kind])}


def cut(text: str, limit: int) -> str:
    """A text of at most so many bytes, ended at the end of a line where it is too long.

    >>> cut("要点\\n二", 9), cut("要点\\n二", 10)
    ('要点…', '要点\\n二')
    """
    if len(text.encode("utf-8")) <= limit:
        return text
    kept = text.encode("utf-8")[: limit - 3].decode("utf-8", "ignore")
    return (kept.rpartition("\n")[0] or kept).rstrip() + "…"


def _signed(body: dict[str, Any], kind: ChatKind, address: str, secret: str, now: datetime) -> tuple[dict[str, Any], str]:
    """Body and address with the signature that DingTalk wants in the address and Feishu in the body."""
    if not secret or kind not in ("dingtalk", "feishu"):
        return body, address
    stamp = str(int(now.timestamp() * (1000 if kind == "dingtalk" else 1)))
    key, text = (secret, f"{stamp}\n{secret}") if kind == "dingtalk" else (f"{stamp}\n{secret}", "")
    sign = base64.b64encode(hmac.digest(key.encode("utf-8"), text.encode("utf-8"), "sha256")).decode("ascii")
    if kind == "feishu":
        return {"timestamp": stamp, "sign": sign, **body}, address
    return body, f"{address}{'&' if '?' in address else '?'}{urlencode({'timestamp': stamp, 'sign': sign})}"


def send(body: dict[str, Any], kind: ChatKind, address: str, secret: str, now: datetime) -> None:
    """Post to a chat and read its answer.

    Args:
        body: as `body` makes it.
        kind: of chat.
        address: its webhook.
        secret: with which DingTalk and Feishu want posts signed; "" for none.
        now: the moment of the signature.

    Raises:
        ReportError: the chat refuses it, or cannot be reached; the message holds nothing of the address.
    """
    try:
        if kind == "apprise":
            _by_apprise(body, address)
            return
        signed, where = _signed(body, kind, address, secret, now)
        answer = _posted(json.dumps(signed, ensure_ascii=False).encode("utf-8"), "application/json; charset=utf-8", where)
    except (HTTPError, URLError, OSError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
    else:
        if _taken(kind, answer):
            return
        reason = f"the answer {answer.decode('utf-8', 'replace')}"
    raise ReportError(
        f"the chat {kind} must take the post; found {one_line(hidden(reason, _keys(address, secret)), SHOWN)}"
    ) from None


def send_file(name: str, content: bytes, address: str, now: datetime) -> None:
    """Hand a file to a group of WeCom: it is uploaded beside the webhook, then posted by the name that it got there.

    Source: WeCom's documentation of group robots (upload_media with type=file; 20 MB at most, kept for three days).

    Args:
        name: of the file, as readers see it.
        content: of the file.
        address: the webhook.
        now: the present moment.

    Raises:
        ReportError: WeCom refuses it, or cannot be reached; the message holds nothing of the address.
    """
    try:
        where = urlsplit(address)
        upload = where._replace(path=where.path.removesuffix("send") + "upload_media", query=f"{where.query}&type=file").geturl()
        answer = _posted(*_form(name, content), upload)
        if _taken("wecom", answer):
            send({"msgtype": "file", "file": {"media_id": json.loads(answer)["media_id"]}}, "wecom", address, "", now)
            return
        reason = f"the answer {answer.decode('utf-8', 'replace')}"
    except (HTTPError, URLError, OSError, ValueError, KeyError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise ReportError(f"WeCom must take the file {name}; found {one_line(hidden(reason, _keys(address, '')), SHOWN)}") from None


def _form(name: str, content: bytes) -> tuple[bytes, str]:
    """A file as the field `media` of a form: the bytes, and their type."""
    boundary = f"itsq-{sha256(content).hexdigest()[:32]}"
    field = f'Content-Disposition: form-data; name="media"; filename="{name}"; filelength={len(content)}'
    head = f"--{boundary}\r\n{field}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return head.encode("utf-8") + content + f"\r\n--{boundary}--\r\n".encode("ascii"), f"multipart/form-data; boundary={boundary}"


def _keys(address: str, secret: str) -> list[str]:
    """What of an address is not told: the whole of it, and each part that can be a key."""
    where = urlsplit(address)
    public = {where.hostname, where.scheme} if where.scheme in ("http", "https") else {where.scheme}
    parts = sorted(re.split(r"[/?&=#@:]", address), key=len, reverse=True)
    return [part for part in (address, secret, *parts) if len(part) >= SHORTEST and part.lower() not in public]


def _posted(data: bytes, kind: str, address: str) -> bytes:
    if urlsplit(address).scheme not in ("http", "https"):
        raise ValueError("its webhook must begin with https://")
    request = urllib.request.Request(address, data, {"Content-Type": kind})  # noqa: S310 - checked above
    with urllib.request.urlopen(request, timeout=TIME_LIMIT) as answer:  # noqa: S310 - checked above
        content: bytes = answer.read(65536)
        return content


def _taken(kind: ChatKind, answer: bytes) -> bool:
    """Whether the answer says that the post was taken."""
    if kind == "slack":
        return answer.strip() == b"ok"
    if kind == "teams":  # a workflow answers 202 without a body
        return True
    try:
        content = json.loads(answer)
        return bool((content["errcode"] if kind in ("wecom", "dingtalk") else content.get("code", content.get("StatusCode"))) == 0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _by_apprise(body: dict[str, Any], address: str) -> None:
    try:
        from apprise import Apprise, NotifyFormat
    except ImportError:
        raise ReportError('a chat of kind "apprise" needs the library; found it not installed; pip install apprise') from None
    service = Apprise()
    if not service.add(address) or not service.notify(title=body["title"], body=body["body"], body_format=NotifyFormat.TEXT):
        raise ValueError("apprise could not send it")
