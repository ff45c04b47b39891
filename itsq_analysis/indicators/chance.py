"""Many comparisons at once: what remains when even one false alarm among them is to be rare."""

from __future__ import annotations

from collections.abc import Sequence

ALPHA = 0.05


def kept_by_holm(chances: Sequence[float], alpha: float = ALPHA) -> frozenset[int]:
    """Places of the comparisons that remain (Holm 1979, Scandinavian Journal of Statistics 6:65).

    Args:
        chances: p-values, one a comparison.
        alpha: chance of even one false alarm among all of them.

    >>> sorted(kept_by_holm([0.2, 0.012, 0.3, 0.016])), sorted(kept_by_holm([0.2, 0.02, 0.3, 0.016]))
    ([1, 3], [])
    """
    kept: set[int] = set()
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if chances[place] > alpha / (len(chances) - rank):
            break
        kept.add(place)
    return frozenset(kept)
