"""People for work that waits in a queue and is answered at once: calls, chats.

Erlang C (nobody hangs up) and Erlang A (callers lose patience). Both are of a steady state: demand, handling time and the number
of people hold still within the interval, arrivals are Poisson, handling times exponential. They are not for tickets, whose work
spans days: see `backlog`.

Sources: Erlang B and C, ITU-T E.501 and any textbook; Erlang A: Garnett, Mandelbaum & Reiman (2002), Manufacturing & Service
Operations Management 4:208-227; Mandelbaum & Zeltyn (2007), in: Advances in Services Innovations, 17-45.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, isfinite, log

import numpy as np

from itsq_analysis.errors import SettingsError

MOST = 100_000  # people that are tried
NOTHING = 1e-12  # erlangs that need nobody


@dataclass(frozen=True)
class Load:
    """What comes in: contacts an hour, mean seconds to handle one, and mean seconds after which a caller gives up.

    `patience` infinite is Erlang C.
    """

    per_hour: float
    handle_seconds: float
    patience: float = inf

    def __post_init__(self) -> None:
        """Refuse what is no load."""
        for name, amount, lowest in (("per_hour", self.per_hour, 0.0), ("handle_seconds", self.handle_seconds, 1e-6)):
            if not (isfinite(amount) and amount >= lowest):
                raise SettingsError(f"{name} must be a number of at least {lowest:g}; found {amount!r}; correct it")
        if not self.patience > 0:
            raise SettingsError(f"patience must be more than 0 seconds; found {self.patience!r}; leave it out if nobody gives up")

    @property
    def erlangs(self) -> float:
        """People who would be busy on average if nobody waited."""
        return self.per_hour * self.handle_seconds / 3600


@dataclass(frozen=True)
class Service:
    """What callers meet: shares 0 to 1, seconds.

    Attributes:
        waiting: share of callers who wait at all.
        in_target: share of all callers who are answered within the target.
        answer_seconds: mean wait of all callers.
        abandoned: share of callers who give up.
        occupancy: share of their time for which people are busy.
    """

    waiting: float
    in_target: float
    answer_seconds: float
    abandoned: float
    occupancy: float


OVERLOADED = Service(1.0, 0.0, inf, 0.0, 1.0)  # the queue grows without end


def service(load: Load, people: int, target_seconds: float = 20.0) -> Service:
    """What callers meet with so many people.

    >>> met = service(Load(per_hour=200, handle_seconds=180), people=14)
    >>> round(met.waiting, 3), round(met.in_target, 3), round(met.answer_seconds, 1), round(met.occupancy, 3)
    (0.174, 0.888, 7.8, 0.714)
    """
    if load.erlangs < NOTHING:
        return Service(0.0, 1.0, 0.0, 0.0, 0.0)
    if people < 1:
        return OVERLOADED if load.patience == inf else Service(1.0, 0.0, load.patience, 1.0, 0.0)
    return _erlang_c(load, people, target_seconds) if load.patience == inf else _erlang_a(load, people, target_seconds)


def people_needed(
    load: Load,
    *,
    in_target: float = 0.8,
    target_seconds: float = 20.0,
    abandoned: float = 1.0,
    occupancy: float = 1.0,
    shrinkage: float = 0.0,
) -> int:
    """The fewest people on the roster with which the targets are kept.

    Args:
        load: what comes in.
        in_target: share of all callers to be answered within `target_seconds`.
        target_seconds: the target.
        abandoned: share of callers who may give up.
        occupancy: share of their time for which people may be busy.
        shrinkage: share of rostered time that is not spent at the phone (breaks, training, illness); below 1.

    Raises:
        SettingsError: a share is not between 0 and 1.

    >>> people_needed(Load(per_hour=200, handle_seconds=180)), people_needed(Load(200, 180), shrinkage=0.3)
    (14, 20)
    """
    _check_shares(in_target=in_target, abandoned=abandoned, occupancy=occupancy)
    if not 0 <= shrinkage < 1:
        raise SettingsError(f"shrinkage must be at least 0 and below 1; found {shrinkage!r}; write 0.3 for 30 %")
    if load.erlangs < NOTHING:
        return 0

    def keeps(people: int) -> bool:
        met = service(load, people, target_seconds)
        return met.in_target >= in_target and met.abandoned <= abandoned and met.occupancy <= occupancy

    low, high = 0, max(1, int(load.erlangs))
    while not keeps(high):
        if high > MOST:
            raise SettingsError(f"the targets must be possible; found none that {MOST} people keep; lower in_target")
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return _rostered(high, shrinkage)


def _check_shares(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise SettingsError(f"{name} must be between 0 and 1; found {share!r}; write 0.8 for 80 %")


def _rostered(people: int, shrinkage: float) -> int:
    """People on the roster, so that `people` of them are there (rounded up, but not for a rounding error)."""
    exact = people / (1 - shrinkage)
    return int(-(-(exact - 1e-9) // 1))


def erlang_b(erlangs: float, people: int) -> float:
    """Share of callers who find all busy where nobody can wait, by the usual recursion of its inverse.

    >>> round(erlang_b(10, 14), 4)
    0.0568
    """
    return 1 / _inverse_b(erlangs, people)


def _inverse_b(erlangs: float, people: int) -> float:
    """1 / Erlang B: infinite rather than an error where nearly nobody is ever refused."""
    inverse = 1.0
    for size in range(1, people + 1):
        inverse = 1 + size / erlangs * inverse
    return inverse


def _erlang_c(load: Load, people: int, target: float) -> Service:
    busy = load.erlangs / people
    if busy >= 1:
        return OVERLOADED
    lost = erlang_b(load.erlangs, people)
    waiting = lost / (1 - busy * (1 - lost))
    spare = people - load.erlangs
    late = waiting * exp(-spare * target / load.handle_seconds)
    return Service(waiting, 1 - late, waiting * load.handle_seconds / spare, 0.0, busy)


def _erlang_a(load: Load, people: int, target: float) -> Service:
    """Mandelbaum & Zeltyn (2007), by the wait that a caller of endless patience would be offered.

    Its density is proportional to exp(arrivals × H(x) − people × x / handling), H(x) = patience × (1 − exp(−x / patience)). All
    terms are relative to the area under it, so that no load overflows.
    """
    arrivals, patience = load.per_hour / 3600, load.patience
    rate, impatient_rate = people / load.handle_seconds, people / load.handle_seconds + 1 / patience
    whole = _log_area(arrivals, rate, patience)
    free = exp(-whole) / arrivals * _inverse_b(load.erlangs, people - 1)  # weight of the states in which somebody is free
    waiting = 1 / (1 + free)
    answered = exp(_log_area(arrivals, impatient_rate, patience) - whole)
    gone = -expm1(-target / patience)
    beyond = arrivals * patience * gone - impatient_rate * target
    late = exp(beyond + _log_area(arrivals * (1 - gone), impatient_rate, patience) - whole)
    abandoned = max(0.0, waiting * (1 - answered))
    busy = load.erlangs * (1 - abandoned) / people
    return Service(waiting, 1 - waiting + waiting * (answered - late), abandoned * patience, abandoned, busy)


def _log_area(arrivals: float, rate: float, patience: float) -> float:
    """Logarithm of the integral of exp(arrivals × H(x) − rate × x) over all waits x ≥ 0, as a series of positive terms."""
    from scipy.special import logsumexp

    x, y = rate * patience, arrivals * patience
    terms = int(max(y - x, 0) + 40 * y**0.5 + 60)
    logs = np.concatenate([[0.0], np.cumsum(log(y) - np.log(x + np.arange(1, terms)))])
    return float(logsumexp(logs)) - log(rate)
