"""Invented records of three regions (YAML) and the small files some of them lead to (CSV)."""
