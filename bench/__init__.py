"""Speed and memory against peers, measured in one run: `make bench`. Figures are ratios; results stand in RESULTS.md."""
