"""Benchmarks: ours against the stock way, in one run, as ratios. Run by `./portal bench NAME`."""
