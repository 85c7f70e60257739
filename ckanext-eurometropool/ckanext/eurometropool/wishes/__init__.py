"""Wishes: data that readers looked for and nobody shares yet. They are told when it is there, and nobody else is."""
