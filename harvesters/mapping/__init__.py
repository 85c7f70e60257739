"""From what portals write to what our dataset fields mean: pure functions shared by the protocols."""
