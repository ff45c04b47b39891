"""Exact chances against scipy.stats, over small tables and large ones."""

import numpy as np
import pytest
from scipy import stats

from itsq_analysis.process.exact import binomial, binomial_quantile, fisher, hypergeometric, poisson


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.985, 1.0])
def test_binomial(share: float) -> None:
    for n in (0, 1, 7, 250, 40_000):
        most = np.unique(np.round(np.linspace(-1, n, 9)))
        np.testing.assert_allclose(binomial(most, n, share), stats.binom.cdf(most, n, share), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.985, 1.0])
def test_binomial_quantile(share: float) -> None:
    sizes = np.array([1, 7, 250, 40_000])
    for probability in (0.0015, 0.025, 0.4, 0.975, 0.9985):
        assert binomial_quantile(probability, sizes, share).tolist() == stats.binom.ppf(probability, sizes, share).tolist()


def test_poisson() -> None:
    for mean in (0.0, 0.4, 12.0, 3000.0):
        most = np.unique(np.round(np.linspace(-1, 3 * mean + 2, 9)))
        np.testing.assert_allclose(poisson(most, mean), stats.poisson.cdf(most, mean), rtol=1e-9, atol=1e-300)


def test_hypergeometric_and_fisher() -> None:
    random = np.random.default_rng(3)
    for scale in (4, 30, 400, 20_000):
        for _ in range(40):
            n, other_n = random.integers(1, scale, 2, endpoint=True)
            hits, other_hits = random.integers(0, n, endpoint=True), random.integers(0, other_n, endpoint=True)
            counts, chances = hypergeometric(n + other_n, hits + other_hits, n)
            truth = stats.hypergeom(n + other_n, hits + other_hits, n).pmf(counts)
            np.testing.assert_allclose(chances, truth, rtol=1e-8, atol=1e-300)
            truth = stats.fisher_exact([[hits, n - hits], [other_hits, other_n - other_hits]]).pvalue
            assert fisher(hits, n, other_hits, other_n) == pytest.approx(truth, rel=1e-8, abs=1e-300)
