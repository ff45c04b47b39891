"""What people write: topics, planted causes that keep coming back, the storm of the big outage, and the greetings around it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.demo.draws import Draws, Ints
from tools.demo.intake import CHANNELS
from tools.demo.organisation import organisation
from tools.demo.planted import moment

if TYPE_CHECKING:
    from tools.demo.incidents import Incidents

TOPIC, STORM = -1, -2


@cache
def written() -> dict[str, Any]:
    """Content of recurring.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("recurring.toml").read_text(encoding="utf-8"))


def causes(found: Incidents, seed: int) -> Ints:
    """Of each incident: the position of its planted cause in recurring.toml, STORM in the big outage, else TOPIC."""
    arrived = found.arrived
    cause = np.where(arrived.planted < 0, STORM, TOPIC)
    for position, planted in enumerate(written()["cause"]):
        taken = Draws(seed, f"recurring {planted['id']}").below(1000, arrived.opened.size)
        permille = np.zeros(arrived.opened.size, dtype=np.int64)
        for start, share in planted["permille"]:
            permille[arrived.opened >= moment(start)] = share
        free = (arrived.planted == 0) & (found.problem < 0) & (cause == TOPIC)
        cause[(arrived.service == organisation().service(planted["service"])) & free & (taken < permille)] = position
    return cause


def texts(found: Incidents, seed: int) -> list[str]:
    """What the reporter said of each incident, with greetings where a mail or a chat has them."""
    draws, size, services = Draws(seed, "wording"), found.arrived.opened.size, organisation().services
    pick, polite, form = draws.below(1000, size).tolist(), draws.below(1000, size), draws.below(2, size).tolist()
    known = written()
    said = [[*planted["texts"]] for planted in known["cause"]]
    channels = [CHANNELS.index(channel) for channel in known["greetings"]["channels"]]
    greeted = (np.isin(found.taken.channel, channels) & (polite < known["greetings"]["permille"])).tolist()
    lines = []
    for place, cause in enumerate(causes(found, seed).tolist()):
        topic = services[int(found.arrived.service[place])].topics[int(found.taken.topic[place])][2]
        of_cause = [topic] if cause == TOPIC else known["storm"]["texts"] if cause == STORM else said[cause]
        text = of_cause[pick[place] % len(of_cause)]
        if greeted[place]:
            first, last = known["greetings"]["en" if text.isascii() else "zh"][form[place]]
            text = f"{first}{text}{last}"
        lines.append(text)
    return lines


def planted_truth(found: Incidents, seed: int, month: str) -> dict[str, Any]:
    """The numbers of one month's tickets by planted cause, and those of the storm."""
    first, end = moment(f"{month}-01 00:00"), moment(f"{month}-01 00:00") + 31 * 86400
    now, cause = (found.arrived.opened >= first) & (found.arrived.opened < end), causes(found, seed)
    number = np.array(found.number, dtype=object)
    of_month = [
        {"id": planted["id"], "service": planted["service"], "month": month, "tickets": number[now & (cause == position)].tolist()}
        for position, planted in enumerate(written()["cause"])
    ]
    return {"causes": of_month, "storm": number[cause == STORM].tolist()}
