"""The same dataset in several portals: found by rules that explain themselves, joined under one master, split again.

`rules` says which datasets are the same and why, `groups` makes groups of them with a master; both are pure. `reading`
takes out of CKAN's tables what the rules look at, `search` finds what a changed dataset is the same as, `decisions`
keeps what stewards said, `standing` tells of a dataset where else it is, `refresh` brings all of it, the index and the
feeds up to date.
"""
