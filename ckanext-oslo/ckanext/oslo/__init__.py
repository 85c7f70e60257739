"""What a dataset means: vocabularies, schemas, DCAT profiles, validation; fetching what others serve."""
