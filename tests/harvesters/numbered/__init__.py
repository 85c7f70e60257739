"""The eighteen faults of upstream harvesters and the hostile inputs, one test each, named after its number.

The table in docs/harvesting.md lists them. Inputs 48 to 53 concern the portal's own API: tests/search/test_hostile.py.
"""
