"""Stand-in portals: real HTTP servers that speak the portals' protocols from samples or recorded snapshots."""
