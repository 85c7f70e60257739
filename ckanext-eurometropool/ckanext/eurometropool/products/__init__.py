"""Merged products: data of several sources and countries in one table with one set of fields, kept fresh."""
