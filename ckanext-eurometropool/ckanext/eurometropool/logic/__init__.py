"""Actions, authorisation and validators of the portal."""
