"""Catalogue services of the web (CSW 2.0.2) with records of ISO 19115."""
