"""Benchmarks: ``make bench``. Figures are medians of interleaved rounds; ratios, not verdicts."""
