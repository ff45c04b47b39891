"""The decorator `fact`: a function of a scope is worked out once per scope and arguments; a dear one is also kept on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial, wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, overload

from itsq_analysis.facts.cache import Cache
from itsq_analysis.facts.scope import Scope

P = ParamSpec("P")
R = TypeVar("R")
Fact = Callable[Concatenate[Scope, P], R]


@overload
def fact(function: Fact[P, R], /) -> Fact[P, R]: ...
@overload
def fact(*, disk: bool = False) -> Callable[[Fact[P, R]], Fact[P, R]]: ...
def fact(function: Any = None, /, *, disk: bool = False) -> Any:
    """Work a fact out once: per scope and arguments in memory, with `disk` also in the workspace's cache.

    The value must not be changed by those who get it. With `disk` it must be made of dataclasses of this package, frames, arrays,
    tuples, lists, dictionaries with text keys, dates and plain values; a fact that was read back equals the one that was computed.

    Args:
        function: takes a `Scope` first, then arguments that can be hashed.
        disk: key: the snapshot, settings, services, period and moment of the scope, the arguments, the package's source, and the
            versions of the libraries that compute.

    >>> calls = []
    >>> @fact
    ... def answer(scope, n):
    ...     calls.append(n)
    ...     return n * 2
    >>> scope = Scope(None, None, None)
    >>> answer(scope, 21), answer(scope, 21), calls
    (42, 42, [21])
    """
    if function is None:
        return lambda decorated: fact_of(decorated, disk)
    return fact_of(function, disk)


def fact_of(function: Fact[P, R], disk: bool) -> Fact[P, R]:
    """The function with its memory."""
    name = f"{function.__module__}.{function.__qualname__}"
    parameters = signature(function)

    @wraps(function)
    def remembered(scope: Scope, *args: P.args, **kwargs: P.kwargs) -> R:
        given = parameters.bind(scope, *args, **kwargs)
        given.apply_defaults()  # a default that is written out is the same question
        key = (name, *list(given.arguments.items())[1:])
        if key not in scope.memory:
            if disk:
                scope.memory[key] = keep(scope.cache, (*key, *origin(scope)), lambda: function(scope, *args, **kwargs))
            else:
                scope.memory[key] = function(scope, *args, **kwargs)
        value: R = scope.memory[key]
        return value

    return cast("Fact[P, R]", remembered)


def keep(cache: Cache | None, parts: tuple[Any, ...], compute: Callable[[], R]) -> R:
    """A value kept on disk under a key of its own.

    Args:
        cache: of the workspace; None computes.
        parts: all that the value depends on, its name first: texts, numbers, dates, frames, arrays, dataclasses, and sequences and
            mappings of these. The package's source and library versions are added.
        compute: works the value out where it is not kept.

    >>> keep(None, ("answer", 42), lambda: 42)
    42
    """
    return compute() if cache is None else cache.get(parts, compute)


def keep_each(cache: Cache | None, parts: Sequence[tuple[Any, ...]], compute: Callable[[list[int]], Sequence[R]]) -> list[R]:
    """Several values, each kept under a key of its own; those that are not kept yet are worked out together.

    Args:
        cache: of the workspace; None computes all.
        parts: of each value, as for `keep`.
        compute: takes the places of the values that are wanted, and gives them in that order.

    >>> keep_each(None, [("square", 2), ("square", 3)], lambda places: [(place + 2) ** 2 for place in places])
    [4, 9]
    """
    missing = [place for place, key in enumerate(parts) if cache is None or not cache.holds(key)]
    computed = dict(zip(missing, compute(missing) if missing else (), strict=True))
    if cache is None:
        return [computed[place] for place in range(len(parts))]

    def value(place: int) -> R:
        return computed[place] if place in computed else compute([place])[0]  # one that was removed meanwhile

    return [cache.get(key, partial(value, place)) for place, key in enumerate(parts)]


def origin(scope: Scope) -> tuple[Any, ...]:
    """What every fact of a scope is made of."""
    settings = json.dumps(scope.settings.model_dump(mode="json"), sort_keys=True)
    snapshot = scope.workspace.snapshot
    recorded = json.dumps([snapshot.resolved.get(key) for key in ("catalogue", "calendar")], sort_keys=True, default=str)
    return (snapshot.hash, sorted(snapshot.versions.items()), settings, recorded, scope.services, scope.period, scope.moment)
