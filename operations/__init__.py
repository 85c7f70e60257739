"""What ``./portal`` does: set up, run, watch and test the whole stack on one machine.

Only the standard library is imported here, because this code runs before anything is installed.
"""
