"""The harvest pages: all sources, one source with its runs, one run with its report."""
