"""What the search index holds of a dataset, and how a question is put to it."""
