"""A message as a mail, and its way to the server."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from itsq_analysis.errors import ReportError
from itsq_analysis.jobs.message import Message, attached
from itsq_analysis.settings.jobs import DeliverySettings

TIME_LIMIT = 60.0  # seconds for one answer of the server
TYPES = {".html": ("text", "html"), ".pdf": ("application", "pdf")}


def mail(message: Message, address: str, key: str, delivery: DeliverySettings, attach: str, now: datetime) -> bytes:
    """The mail, as it is sent.

    Args:
        message: what is told.
        address: of the recipient.
        key: of the delivery: the same delivery has the same Message-ID, so that a second copy is known for what it is.
        delivery: as in itsq.toml.
        attach: html, pdf or nothing; without a PDF the page itself.
        now: the date that it bears.
    """
    digest = sha256(key.encode("utf-8")).hexdigest()[:24]
    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["From"], made["To"], made["Subject"] = delivery.sender, address, message.subject
    made["Date"], made["Message-ID"] = format_datetime(now), f"<itsq-{digest}@{delivery.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.text)
    made.add_alternative(message.html, subtype="html")
    body = made.get_body(("html",))
    assert isinstance(body, EmailMessage)  # noqa: S101 - it was added above
    for picture in message.pictures:
        body.add_related(picture.content, "image", "png", cid=f"<{picture.cid}>", disposition="inline")
    if message.files and attach != "nothing":
        ending, (name, content) = attached(message, attach)
        kind, subtype = TYPES[ending]
        parameters = {"charset": "utf-8"} if kind == "text" else {}
        made.add_attachment(content, maintype=kind, subtype=subtype, filename=name, params=parameters)
    for place, part in enumerate(made.walk()):
        if part.is_multipart():
            part.set_boundary(f"itsq-{digest}-{place}")
    return made.as_bytes()


def send(content: bytes, address: str, delivery: DeliverySettings, password: str | None) -> None:
    """Hand a mail to the server.

    Raises:
        ReportError: the server refuses it, or cannot be reached.
    """
    try:
        if delivery.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                delivery.smtp, delivery.port, timeout=TIME_LIMIT, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(delivery.smtp, delivery.port, timeout=TIME_LIMIT)
        with server:
            if delivery.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if delivery.user is not None:
                server.login(delivery.user, password or "")
            server.sendmail(delivery.sender, [address], content)
    except (smtplib.SMTPException, OSError) as error:
        raise ReportError(f"the mail server {delivery.smtp} must take the mail; found {type(error).__name__}: {error}") from None
