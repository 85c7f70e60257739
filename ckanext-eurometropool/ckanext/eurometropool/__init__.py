"""The portal for its people: municipalities, search, pages, merged products."""
