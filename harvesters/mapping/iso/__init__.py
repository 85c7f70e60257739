"""From records of ISO 19139 and ISO 19115-3 to our dataset dict (the mapping of GeoDCAT-AP, in our words)."""
