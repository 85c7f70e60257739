"""What CKAN calls: validators."""
