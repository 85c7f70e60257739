"""The engine that runs a harvest source: identity, difference, batched writes, runs and their reports."""
