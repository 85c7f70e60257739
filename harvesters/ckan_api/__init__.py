"""CKAN portals: the action API."""
