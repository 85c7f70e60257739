"""From DCAT in RDF to our dataset dict: shared by every protocol whose records are RDF."""
